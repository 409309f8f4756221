"""The Triton kernels give what their references give; without a GPU in Triton's interpreter."""

import os

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

os.environ.setdefault("TRITON_INTERPRET", "0" if torch.cuda.is_available() else "1")
pytest.importorskip("triton", reason="Triton has no build for this system")

from tests.kernels.test_pitch_kernels import contour_of, random, windows, worth
from voicekernels.gpu import comb as gpu_comb
from voicekernels.gpu import contour as gpu_contour
from voicekernels.gpu import harmonics as gpu_harmonics
from voicekernels.gpu import likeness as gpu_likeness
from voicekernels.gpu import path as gpu_path
from voicekernels.gpu import periods as gpu_periods
from voicekernels.gpu import ridge as gpu_ridge
from voicekernels.gpu import summits as gpu_summits
from voicekernels.gpu import voicing as gpu_voicing
from voicekernels.reference import comb, contour, harmonics, likeness, path, periods, ridge, summits, voicing

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
SHAPES = np.random.default_rng(6).integers(1, 40, (4, 3)).tolist()


def there(array: NDArray[np.generic]) -> "torch.Tensor":
    return torch.from_numpy(np.ascontiguousarray(array)).to(DEVICE)


@pytest.mark.parametrize(("frames", "bins", "pitches"), [*SHAPES, (0, 5, 5), (3, 257, 33)])
def test_combs_equal_the_reference(frames: int, bins: int, pitches: int) -> None:
    power, floor = random(1, frames, bins), random(2, bins) * np.float32(0.01)
    weights, teeth = random(3, bins) + np.float32(0.1), random(4, bins, pitches) - np.float32(0.5)

    found = gpu_comb.strengths(there(power), there(floor), there(weights), there(teeth)).cpu().numpy()

    np.testing.assert_allclose(found, comb.strengths(power, floor, weights, teeth), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("frames", "columns"), [(1, 1), (2, 7), (9, 33), (12, 64), (0, 4)])
def test_paths_are_worth_as_much_as_the_best(frames: int, columns: int) -> None:
    scores = random(frames, frames, columns)

    found = gpu_path.likeliest(there(scores), 0.05, 0.8).cpu().numpy()

    best = worth(scores, path.likeliest(scores, 0.05, 0.8), 0.05, 0.8)
    assert worth(scores, found, 0.05, 0.8) == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize(("frames", "columns"), [(1, 1), (2, 7), (9, 33), (5, 64)])
def test_a_way_goes_on_as_in_the_reference(frames: int, columns: int) -> None:
    scores = random(frames, frames, columns)

    found = gpu_path.onward(there(scores), 0.05, 0.8).cpu().numpy()

    np.testing.assert_allclose(found, path.onward(scores, 0.05, 0.8), atol=1e-4)


def test_a_way_that_never_began_does_not_go_on() -> None:
    with pytest.raises(ValueError, match="no frames"):
        gpu_path.onward(there(random(0, 0, 4)), 0.05, 0.8)


@pytest.mark.parametrize(("frames", "columns", "reach"), [(0, 4, 2), (3, 0, 1), *SHAPES])
def test_what_lies_around_a_course_is_seen_as_in_the_reference(frames: int, columns: int, reach: int) -> None:
    scores, course = random(1, frames, columns), random(2, frames) * 60 - 10

    found = gpu_ridge.around(there(scores), there(course), reach, -0.3).cpu().numpy()

    np.testing.assert_allclose(found, ridge.around(scores, course, reach, -0.3), atol=1e-4)


@pytest.mark.parametrize(
    ("frames", "samples", "points"), [(1, 50, 16), (5, 700, 160), (3, 0, 8), (0, 9, 8), (9, 400, 320)]
)
def test_periods_equal_the_reference(frames: int, samples: int, points: int) -> None:
    sound = random(1, samples) - np.float32(0.5)
    pitch = contour_of(2, frames)

    found = gpu_periods.unroll(there(sound), there(pitch), 40, 2.5, points, 0.2).cpu().numpy()

    np.testing.assert_allclose(found, periods.unroll(sound, pitch, 40, 2.5, points, 0.2), atol=3e-3)


@pytest.mark.parametrize("frames", [0, 1, *SHAPES[0]])
def test_harmonics_and_likeness_equal_the_reference(frames: int) -> None:
    unrolled = windows(frames, frames)
    count = np.random.default_rng(frames).integers(1, harmonics.HARMONICS + 1, frames).astype(np.int32)

    found = gpu_harmonics.measure(there(unrolled), there(count), 4.0).cpu().numpy()

    for mine, wanted in zip(found, harmonics.measure(unrolled, count, 4.0), strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=2e-2, atol=1e-4)
    alike = gpu_likeness.compare(there(unrolled)).cpu().numpy()
    np.testing.assert_allclose(alike, likeness.compare(unrolled), atol=1e-4)


@pytest.mark.parametrize("frames", [0, 1, 2, 3, *SHAPES[1]])
def test_contours_are_smoothed_alike(frames: int) -> None:
    values, weights = random(1, frames) * 2, random(2, frames) + np.float32(0.01)

    found = gpu_contour.smooth(there(values), there(weights), 3.0, 0.7).cpu().numpy()

    np.testing.assert_allclose(found, contour.smooth(values, weights, 3.0, 0.7), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("frames", "columns", "count"), [(0, 3, 1), (2, 1, 2), *SHAPES])
def test_summits_are_the_same(frames: int, columns: int, count: int) -> None:
    scores = np.round(random(frames, frames, columns) * 20 - 5).astype(np.float32)

    for found, wanted in zip(gpu_summits.highest(there(scores), count), summits.highest(scores, count), strict=True):
        np.testing.assert_array_equal(found.cpu().numpy(), wanted)


@pytest.mark.parametrize("frames", [0, 1, *SHAPES[2]])
def test_voicing_is_decided_alike(frames: int) -> None:
    odds = random(frames, frames) * 8 - 4

    np.testing.assert_array_equal(gpu_voicing.decide(there(odds), 1.3).cpu().numpy(), voicing.decide(odds, 1.3))
