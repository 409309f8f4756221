"""Frames of any engine end up on the one grid, in time, without inventing a note."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.engines.grid import RATE_HZ, at_16k, blocks_at_16k, frame_count, onto_grid, peak, stretch
from tests.helpers.voices import buzz, noise


def quiet(fraction: float, stage: str) -> None:
    del fraction, stage


@given(
    hz=st.lists(st.one_of(st.floats(50, 1500), st.just(float("nan"))), min_size=1, max_size=60),
    step=st.sampled_from([0.003, 0.005, 0.01, 0.016]),
    first=st.floats(-0.02, 0.02),
    frames=st.integers(0, 300),
)
def test_the_grid_holds_no_pitch_that_the_engine_did_not_give(
    hz: list[float], step: float, first: float, frames: int
) -> None:
    given_hz = np.array(hz)
    times = np.asarray(first + np.arange(len(hz)) * step, np.float64)

    curve = onto_grid(times, given_hz, np.linspace(0, 1, len(hz)), frames)

    assert len(curve.hz) == len(curve.confidence) == frames
    assert ((curve.confidence >= 0) & (curve.confidence <= 1)).all()
    for i in np.flatnonzero(~np.isnan(curve.hz)):
        near = np.abs(times - i / 200) < step + 1e-6
        around = given_hz[near & ~np.isnan(given_hz)]
        assert len(around)
        assert around.min() * 0.9999 <= curve.hz[i] <= around.max() * 1.0001


def test_a_note_and_the_next_are_not_joined_across_a_breath() -> None:
    hz = np.array([200.0, 200, np.nan, np.nan, 400, 400])

    times = np.asarray(np.arange(6) * 0.016, np.float64)

    curve = onto_grid(times, hz, np.ones(6), 17)

    assert set(np.round(curve.hz[~np.isnan(curve.hz)])) == {200.0, 400.0}
    assert np.isnan(curve.hz[5:12]).all()


def test_frames_that_lie_on_the_grid_are_kept_as_they_are() -> None:
    hz = np.array([220.0, np.nan, 233.0, 240.0])

    curve = onto_grid(np.arange(4) / 200, hz, np.array([0.9, 0.1, 0.8, 0.7]), 4)

    np.testing.assert_array_equal(curve.hz, hz.astype(np.float32))
    np.testing.assert_allclose(curve.confidence, [0.9, 0.1, 0.8, 0.7], rtol=1e-6)


def test_between_two_frames_lies_their_geometric_mean() -> None:
    curve = onto_grid(np.array([0.0, 0.01]), np.array([200.0, 400.0]), np.ones(2), 3)

    assert curve.hz[1] == pytest.approx(200 * 2**0.5)


@given(length=st.integers(0, 100_000), rate_hz=st.sampled_from([8000, 11025, 16000, 22050, 44100, 48000, 96000]))
def test_a_sound_has_as_many_frames_at_16_khz_as_at_its_own_rate(length: int, rate_hz: int) -> None:
    sound = np.zeros(length, np.float32)

    assert frame_count(len(at_16k(sound, rate_hz, quiet)), RATE_HZ) == frame_count(length, rate_hz)


def test_resampling_in_blocks_is_resampling_at_once() -> None:
    sound = buzz(220.0, 44100, 44100 * 25)

    blocks = list(blocks_at_16k(lambda start, stop: sound[start:stop], len(sound), 44100, quiet))

    assert len(blocks) == 3
    np.testing.assert_array_equal(np.concatenate(blocks), at_16k(sound, 44100, quiet))


@given(start=st.integers(-50, 150), length=st.integers(0, 200))
def test_a_stretch_is_zero_beyond_the_ends(start: int, length: int) -> None:
    sound = np.arange(1, 101, dtype=np.float32)

    heard = stretch(sound, start, start + length)

    wanted = [sound[i] if 0 <= i < 100 else 0 for i in range(start, start + length)]
    np.testing.assert_array_equal(heard, np.array(wanted, np.float32))


def test_what_is_no_number_is_not_the_loudest_moment() -> None:
    sound = noise(1000)
    sound[5:8] = np.nan, np.inf, -np.inf

    assert peak(sound) == pytest.approx(np.abs(np.delete(sound, [5, 6, 7])).max())
