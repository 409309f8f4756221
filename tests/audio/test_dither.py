"""Floats as whole numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.audio.dither import Quantiser
from tests.helpers.sounds import noise


@given(values=st.lists(st.integers(-(2**15), 2**15 - 1), min_size=1, max_size=200))
def test_sixteen_bit_sound_goes_through_untouched(values: list[int]) -> None:
    sound = (np.array(values, np.float32) / np.float32(2**15))[:, None]

    assert Quantiser(16, dither=False).quantise(sound)[:, 0].tolist() == values


def test_rounding_is_off_by_half_a_step_at_most() -> None:
    sound = noise(10_000, 2)

    steps = Quantiser(24, dither=False).quantise(sound)

    assert np.abs(steps / 2.0**23 - sound).max() <= 0.5 / 2**23


@given(cuts=st.lists(st.integers(0, 500), max_size=6))
def test_dither_is_the_same_however_the_sound_is_cut(cuts: list[int]) -> None:
    sound = noise(500, 2)
    whole, pieces = Quantiser(16, dither=True), Quantiser(16, dither=True)

    cut = np.concatenate([pieces.quantise(block) for block in np.split(sound, sorted(cuts))])

    assert np.array_equal(cut, whole.quantise(sound))


def test_dither_frees_the_error_from_the_sound() -> None:
    tone = (0.4 / 2**15 * np.sin(2 * np.pi * 1000 * np.arange(480_000) / 48000)).astype(np.float32)[:, None]

    plain = Quantiser(16, dither=False).quantise(tone)
    dithered = Quantiser(16, dither=True).quantise(tone)

    assert not plain.any()  # a tone below half a step is lost without dither
    assert np.corrcoef(dithered[:, 0], tone[:, 0])[0, 1] > 0.2
    error = dithered[:, 0] - tone[:, 0].astype(np.float64) * 2**15
    assert np.var(error) == pytest.approx(0.25, rel=0.02)  # 1/12 of rounding and 1/6 of the triangle
    assert abs(np.corrcoef(error, tone[:, 0])[0, 1]) < 0.01


def test_beyond_full_scale_is_clipped_and_counted() -> None:
    sound = np.array([[1.0], [1.5], [-1.0], [-1.2], [0.999]], np.float32)
    quantiser = Quantiser(16, dither=False)

    assert quantiser.quantise(sound)[:, 0].tolist() == [32767, 32767, -32768, -32768, 32735]
    assert quantiser.clipped == 3
