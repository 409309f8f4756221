"""Each kernel of the pitch tracker gives what its reference gives, for any shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.helpers.voices import buzz, noise
from voicekernels.cpu import comb as cpu_comb
from voicekernels.cpu import contour as cpu_contour
from voicekernels.cpu import harmonics as cpu_harmonics
from voicekernels.cpu import likeness as cpu_likeness
from voicekernels.cpu import path as cpu_path
from voicekernels.cpu import periods as cpu_periods
from voicekernels.cpu import summits as cpu_summits
from voicekernels.cpu import voicing as cpu_voicing
from voicekernels.reference import comb, contour, harmonics, likeness, path, periods, summits, voicing

seeds = st.integers(0, 2**31)
compiled = settings(deadline=None, max_examples=25)


def random(seed: int, *shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random(shape, np.float32)


def worth(scores: NDArray[np.float32], way: NDArray[np.int32], step: float, leap: float) -> float:
    """The sum that a path reaches."""
    steps = np.minimum(step * np.abs(np.diff(way.astype(float))), leap)
    return float(scores[np.arange(len(way)), way].sum(dtype=np.float64) - steps.sum())


def windows(seed: int, frames: int) -> NDArray[np.float32]:
    sound = buzz(150.0, 8000, 4000) + noise(4000, 0.05, seed)
    centres = np.linspace(500, 3500, frames).astype(np.int64)
    length = np.full(frames, 8000 / 150, np.float32)
    return periods.unroll(sound, centres, length, np.zeros(frames, np.float32), harmonics.HALF, harmonics.POINTS)


@compiled
@given(frames=st.integers(0, 7), bins=st.integers(1, 260), pitches=st.integers(1, 70), seed=seeds)
def test_a_comb_is_as_strong_as_the_reference_says(frames: int, bins: int, pitches: int, seed: int) -> None:
    power, floor = random(seed, frames, bins), random(seed + 1, bins) * np.float32(0.01)
    weights, teeth = random(seed + 2, bins) + np.float32(0.1), random(seed + 3, bins, pitches) - np.float32(0.5)

    found = cpu_comb.strengths(power, floor, weights, teeth)

    np.testing.assert_allclose(found, comb.strengths(power, floor, weights, teeth), atol=1e-4, rtol=1e-4)


@compiled
@given(frames=st.integers(0, 30), columns=st.integers(1, 60), step=st.floats(0, 0.3), leap=st.floats(0, 2), seed=seeds)
def test_a_path_is_worth_as_much_as_the_best(frames: int, columns: int, step: float, leap: float, seed: int) -> None:
    scores = random(seed, frames, columns)

    found, best = cpu_path.likeliest(scores, step, leap), path.likeliest(scores, step, leap)

    assert worth(scores, found, step, leap) == pytest.approx(worth(scores, best, step, leap), abs=1e-3)


def test_a_path_leaps_only_where_it_pays() -> None:
    scores = np.zeros((6, 40), np.float32)
    scores[:3, 5] = 1
    scores[3:, 30] = 1

    assert path.likeliest(scores, 0.1, 1.5).tolist() == [5, 5, 5, 30, 30, 30]
    assert path.likeliest(scores, 0.2, 9.0).tolist() in ([5] * 6, [30] * 6)


@compiled
@given(frames=st.integers(0, 9), samples=st.integers(0, 900), seed=seeds)
def test_periods_unroll_alike(frames: int, samples: int, seed: int) -> None:
    sound = random(seed, samples) - np.float32(0.5)
    centres = np.random.default_rng(seed).integers(-100, samples + 100, frames)
    length, glide = 6 + 180 * random(seed + 1, frames), (random(seed + 2, frames) - np.float32(0.5)) / np.float32(300)

    found = cpu_periods.unroll(sound, centres, length, glide, 2.5, 160)

    np.testing.assert_allclose(found, periods.unroll(sound, centres, length, glide, 2.5, 160), atol=2e-3)


@compiled
@given(frames=st.integers(0, 6), seed=seeds)
def test_harmonics_and_likeness_measure_alike(frames: int, seed: int) -> None:
    unrolled = windows(seed, frames)
    count = np.random.default_rng(seed).integers(1, harmonics.HARMONICS + 1, frames).astype(np.int32)

    for found, wanted in zip(cpu_harmonics.measure(unrolled, count), harmonics.measure(unrolled, count), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=2e-2, atol=1e-4)
    np.testing.assert_allclose(cpu_likeness.compare(unrolled), likeness.compare(unrolled), atol=1e-4)


@pytest.mark.parametrize("off", [-0.01, -0.003, 0.0, 0.003, 0.01])
def test_a_guess_that_is_off_is_found_to_be_off(off: float) -> None:
    sound = buzz(200.0, 8000, 4000)
    length = np.full(1, 8000 / 200 * (1 + off), np.float32)
    unrolled = periods.unroll(
        sound, np.array([2000]), length, np.zeros(1, np.float32), harmonics.HALF, harmonics.POINTS
    )

    found = harmonics.measure(unrolled, np.array([12], np.int32))

    assert found.offset[0] == pytest.approx(off, rel=0.15, abs=2e-4)
    assert found.clear[0] > 0.9


@compiled
@given(frames=st.integers(1, 60), stiffness=st.floats(0, 100), jump=st.floats(0.01, 2), seed=seeds)
def test_contours_are_smoothed_alike(frames: int, stiffness: float, jump: float, seed: int) -> None:
    values, weights = random(seed, frames) * 2, random(seed + 1, frames) + np.float32(0.01)

    found = cpu_contour.smooth(values, weights, stiffness, jump)

    np.testing.assert_allclose(found, contour.smooth(values, weights, stiffness, jump), rtol=1e-3, atol=1e-4)


@compiled
@given(frames=st.integers(0, 6), columns=st.integers(1, 50), count=st.integers(1, 5), seed=seeds)
def test_summits_are_the_same(frames: int, columns: int, count: int, seed: int) -> None:
    scores = np.round(random(seed, frames, columns) * 20 - 5).astype(np.float32)

    for found, wanted in zip(cpu_summits.highest(scores, count), summits.highest(scores, count), strict=True):
        np.testing.assert_array_equal(found, wanted)


@compiled
@given(frames=st.integers(0, 40), price=st.floats(0, 5), seed=seeds)
def test_voicing_is_decided_alike(frames: int, price: float, seed: int) -> None:
    odds = random(seed, frames) * 8 - 4

    np.testing.assert_array_equal(cpu_voicing.decide(odds, price), voicing.decide(odds, price))
