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
from voicekernels.cpu import ridge as cpu_ridge
from voicekernels.cpu import summits as cpu_summits
from voicekernels.cpu import voicing as cpu_voicing
from voicekernels.reference import comb, contour, harmonics, likeness, path, periods, ridge, summits, voicing

seeds = st.integers(0, 2**31)
compiled = settings(deadline=None, max_examples=25)


def random(seed: int, *shape: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random(shape, np.float32)


def worth(scores: NDArray[np.float32], way: NDArray[np.int32], step: float, leap: float) -> float:
    """The sum that a path reaches."""
    steps = np.minimum(step * np.abs(np.diff(way.astype(float))), leap)
    return float(scores[np.arange(len(way)), way].sum(dtype=np.float64) - steps.sum())


def windows(seed: int, frames: int, length: int = round(2 * harmonics.HALF)) -> NDArray[np.float32]:
    sound = buzz(150.0, 8000, 4000) + noise(4000, 0.05, seed)
    pitch = np.full(frames, 150 / 8000, np.float32)
    return periods.unroll(sound, pitch, 40, length / 2, length * harmonics.POINTS_A_PERIOD, 0.2)


def contour_of(seed: int, frames: int) -> NDArray[np.float32]:
    """A pitch in periods a sample that glides, and leaps now and then."""
    steps = np.random.default_rng(seed).normal(0, 0.12, frames)
    return (0.02 * np.exp(np.cumsum(steps))).clip(0.005, 0.15).astype(np.float32)


@compiled
@given(frames=st.integers(0, 7), bins=st.integers(1, 260), pitches=st.integers(1, 70), seed=seeds)
def test_a_comb_is_as_strong_as_the_reference_says(frames: int, bins: int, pitches: int, seed: int) -> None:
    power, floor = random(seed, frames, bins), random(seed + 1, bins) * np.float32(0.01)
    weights, teeth = random(seed + 2, bins) + np.float32(0.1), random(seed + 3, bins, pitches) - np.float32(0.5)

    found = cpu_comb.strengths(power, floor, weights, teeth)

    np.testing.assert_allclose(found, comb.strengths(power, floor, weights, teeth), atol=1e-4, rtol=1e-4)


def test_a_frame_that_is_little_but_noise_counts_less() -> None:
    floor = np.full(129, 1e-3, np.float32)
    pitches = np.array([200.0])
    weights, teeth = comb.density(129, 31.25), comb.teeth(129, 31.25, pitches)
    voice = np.maximum(teeth[:, 0], 0) ** 2
    power = np.stack([voice / voice.max() * loud + floor for loud in (1e3, 1.0, 1e-2)]).astype(np.float32)

    clear, fair, drowned = cpu_comb.strengths(power, floor, weights, teeth)[:, 0]

    assert clear > fair > 2 * drowned


@compiled
@given(frames=st.integers(0, 30), columns=st.integers(1, 60), step=st.floats(0, 0.3), leap=st.floats(0, 2), seed=seeds)
def test_a_path_is_worth_as_much_as_the_best(frames: int, columns: int, step: float, leap: float, seed: int) -> None:
    scores = random(seed, frames, columns)

    found, best = cpu_path.likeliest(scores, step, leap), path.likeliest(scores, step, leap)

    assert worth(scores, found, step, leap) == pytest.approx(worth(scores, best, step, leap), abs=1e-3)


@compiled
@given(frames=st.integers(1, 20), columns=st.integers(1, 60), step=st.floats(0, 0.3), leap=st.floats(0, 2), seed=seeds)
def test_a_path_goes_on_alike(frames: int, columns: int, step: float, leap: float, seed: int) -> None:
    scores = random(seed, frames, columns)

    found = cpu_path.onward(scores, step, leap)

    np.testing.assert_allclose(found, path.onward(scores, step, leap), atol=1e-4)


@given(before=st.integers(1, 8), after=st.integers(1, 8), seed=seeds)
def test_a_path_found_in_two_parts_ends_as_in_one(before: int, after: int, seed: int) -> None:
    scores = random(seed, before + after, 20)
    rest = scores[before:].copy()
    rest[0] += path.onward(scores[:before], 0.05, 0.8)

    np.testing.assert_array_equal(path.likeliest(rest, 0.05, 0.8), path.likeliest(scores, 0.05, 0.8)[before:])


def test_a_path_leaps_only_where_it_pays() -> None:
    scores = np.zeros((6, 40), np.float32)
    scores[:3, 5] = 1
    scores[3:, 30] = 1

    assert path.likeliest(scores, 0.1, 1.5).tolist() == [5, 5, 5, 30, 30, 30]
    assert path.likeliest(scores, 0.2, 9.0).tolist() in ([5] * 6, [30] * 6)


@compiled
@given(frames=st.integers(0, 9), columns=st.integers(0, 30), reach=st.integers(0, 12), seed=seeds)
def test_what_lies_around_a_course_is_seen_alike(frames: int, columns: int, reach: int, seed: int) -> None:
    scores, course = random(seed, frames, columns), random(seed + 1, frames) * 50 - 10

    found = cpu_ridge.around(scores, course, reach, -0.3)

    np.testing.assert_allclose(found, ridge.around(scores, course, reach, -0.3), atol=1e-4)


def test_a_ridge_along_its_own_course_stands_upright() -> None:
    course = np.array([3.0, 4.5, 6.0], np.float32)
    scores = np.maximum(0, 1 - np.abs(np.arange(10) - course[:, None])).astype(np.float32)

    seen = ridge.around(scores, course, 2, 0.0)

    assert seen.argmax(axis=1).tolist() == [2, 2, 2]
    with pytest.raises(ValueError, match="place"):
        ridge.around(scores, course[:2], 2, 0.0)


@compiled
@given(frames=st.integers(0, 9), samples=st.integers(0, 900), seed=seeds)
def test_periods_unroll_alike(frames: int, samples: int, seed: int) -> None:
    sound = random(seed, samples) - np.float32(0.5)
    pitch = contour_of(seed, frames)

    found = cpu_periods.unroll(sound, pitch, 40, 2.5, 160, 0.2)

    np.testing.assert_allclose(found, periods.unroll(sound, pitch, 40, 2.5, 160, 0.2), atol=1e-3)


def test_along_its_own_pitch_a_glide_is_a_steady_tone() -> None:
    hz = 200 * 2 ** (0.3 * np.sin(np.arange(8000) / 8000 * 2 * np.pi * 5))
    pitch = (hz[::40] / 8000).astype(np.float32)

    unrolled = periods.unroll(buzz(hz, 8000, 8000), pitch, 40, harmonics.HALF, harmonics.POINTS, 0.2)[20:-20]

    assert likeness.compare(unrolled)[:, :3].min() > 0.995
    assert np.abs(harmonics.measure(unrolled, np.full(len(unrolled), 8, np.int32), 4.0).offset).max() < 1e-3


@pytest.mark.parametrize("pitch", [np.zeros(3, np.float32), np.full((2, 2), 0.1, np.float32)])
def test_what_is_no_pitch_is_refused(pitch: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match="pitch"):
        cpu_periods.unroll(np.zeros(100, np.float32), pitch, 40, 2.5, 160, 0.2)


@compiled
@given(frames=st.integers(0, 6), seed=seeds)
def test_harmonics_and_likeness_measure_alike(frames: int, seed: int) -> None:
    unrolled = windows(seed, frames)
    count = np.random.default_rng(seed).integers(1, harmonics.HARMONICS + 1, frames).astype(np.int32)

    for found, wanted in zip(
        cpu_harmonics.measure(unrolled, count, 4.0), harmonics.measure(unrolled, count, 4.0), strict=True
    ):
        np.testing.assert_allclose(found, wanted, rtol=2e-2, atol=1e-4)
    np.testing.assert_allclose(cpu_likeness.compare(unrolled), likeness.compare(unrolled), atol=1e-4)


@compiled
@given(frames=st.integers(1, 4), length=st.integers(5, 40), seed=seeds)
def test_harmonics_of_longer_windows_measure_alike(frames: int, length: int, seed: int) -> None:
    unrolled = windows(seed, frames, length)
    count = np.full(frames, 12, np.int32)

    found, wanted = (kernel.measure(unrolled, count, 4.0) for kernel in (cpu_harmonics, harmonics))

    np.testing.assert_allclose(found.offset, wanted.offset, atol=1e-5)
    np.testing.assert_allclose(found.clear, wanted.clear, atol=1e-3)


@pytest.mark.parametrize("points", [harmonics.POINTS - harmonics.POINTS_A_PERIOD, harmonics.POINTS + 1])
def test_windows_too_short_or_of_part_of_a_period_are_refused(points: int) -> None:
    with pytest.raises(ValueError, match="periods"):
        cpu_harmonics.measure(np.zeros((1, points), np.float32), np.ones(1, np.int32), 4.0)


@pytest.mark.parametrize("off", [-0.01, -0.003, 0.0, 0.003, 0.01])
def test_a_guess_that_is_off_is_found_to_be_off(off: float) -> None:
    sound = buzz(200.0, 8000, 4000)
    guess = np.full(101, 200 / (1 + off) / 8000, np.float32)
    unrolled = periods.unroll(sound, guess, 40, harmonics.HALF, harmonics.POINTS, 0.2)[50:51]

    found = harmonics.measure(unrolled, np.array([12], np.int32), 4.0)

    assert found.offset[0] == pytest.approx(off, rel=0.15, abs=2e-4)
    assert found.clear[0] > 0.9


@pytest.mark.parametrize("harmonics_sung", [1, 3, 5, 11])
@pytest.mark.parametrize("hz", [96.0, 125.0, 148.0, 158.0, 180.0, 220.0, 263.0, 310.0, 440.0])
def test_harmonics_that_nobody_sings_say_nothing(hz: float, harmonics_sung: int) -> None:
    sung_hz = hz * 2 ** (40 / 1200 * np.sin(2 * np.pi * 5.5 * np.arange(8000) / 8000))
    phase = 2 * np.pi * np.cumsum(sung_hz) / 8000
    count = min(harmonics_sung, int(3400 / sung_hz.max()))
    sound = np.sum([np.sin(k * phase) / k for k in range(1, count + 1)], axis=0).astype(np.float32)
    in_band = np.minimum(3400 / sung_hz[::40], harmonics.HARMONICS).astype(np.int32)
    unrolled = periods.unroll(
        sound, (sung_hz[::40] / 8000).astype(np.float32), 40, harmonics.HALF, harmonics.POINTS, 0.2
    )
    inner = slice(20, -20)

    for kernel in (harmonics, cpu_harmonics):
        offset = kernel.measure(unrolled[inner], in_band[inner], 2.0).offset
        assert np.abs(1200 * np.log2(1 + offset)).max() < 1.1


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
