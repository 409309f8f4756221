"""The curves of fades."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.model.fades import gain_in, gain_out, rise
from studio.model.project import Fade, FadeShape

shapes = st.sampled_from(["linear", "equal_power", "smooth"])


@given(shape=shapes, length=st.integers(1, 5000))
def test_a_fade_rises_from_nothing_to_all_and_never_falls(shape: FadeShape, length: int) -> None:
    gain = gain_in(Fade(length=length, shape=shape), 0, length + 3)

    assert 0 <= gain[0] <= 0.8 / length + 1e-6 or length == 1
    assert np.all(np.diff(gain) >= 0)
    assert np.all(gain[length:] == 1)


@given(shape=shapes, length=st.integers(1, 3000))
def test_a_fade_out_is_the_mirror_of_a_fade_in(shape: FadeShape, length: int) -> None:
    fade = Fade(length=length, shape=shape)

    assert np.array_equal(gain_in(fade, 0, length)[::-1], gain_out(fade, length, 0, length))


@given(length=st.integers(1, 3000))
def test_fades_that_cross_keep_the_level(length: int) -> None:
    for shape in ("linear", "smooth"):
        fade = Fade(length=length, shape=shape)
        total = gain_in(fade, 0, length) + gain_out(fade, length, 0, length)
        assert np.allclose(total, 1, atol=1e-6)
    power = Fade(length=length, shape="equal_power")
    total = gain_in(power, 0, length) ** 2 + gain_out(power, length, 0, length) ** 2
    assert np.allclose(total, 1, atol=1e-6)


@pytest.mark.parametrize(
    ("shape", "exact"),
    [
        ("linear", lambda part: part),
        ("equal_power", lambda part: np.sin(part * np.pi / 2)),
        ("smooth", lambda part: part * part * (3 - 2 * part)),
    ],
)
def test_the_table_is_the_curve(shape: FadeShape, exact: np.ufunc) -> None:
    part = np.random.default_rng(1).uniform(0, 1, 100_000)

    assert np.abs(rise(shape, part) - exact(part)).max() < 1e-7


@given(shape=shapes, length=st.integers(0, 400), cut=st.integers(0, 500), stop=st.integers(0, 500))
def test_a_piece_of_a_fade_is_that_piece_of_the_whole(shape: FadeShape, length: int, cut: int, stop: int) -> None:
    fade = Fade(length=length, shape=shape)
    cut = min(cut, stop)

    assert np.array_equal(gain_in(fade, cut, stop), gain_in(fade, 0, 500)[cut:stop])
    assert np.array_equal(gain_out(fade, 500, cut, stop), gain_out(fade, 500, 0, 500)[cut:stop])
