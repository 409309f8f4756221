"""The Triton kernels give what their references give; without a GPU in Triton's interpreter."""

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch
else:
    torch = pytest.importorskip("torch")
os.environ.setdefault("TRITON_INTERPRET", "0" if torch.cuda.is_available() else "1")
pytest.importorskip("triton")

from tests.kernels.test_pitch_kernels import random, worth
from voicekernels.gpu import comb as gpu_comb
from voicekernels.gpu import path as gpu_path
from voicekernels.gpu import periods as gpu_periods
from voicekernels.reference import comb, path, periods

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


@pytest.mark.parametrize(("frames", "samples", "points"), [(1, 50, 16), (5, 700, 160), (3, 0, 8), (0, 9, 8)])
def test_periods_equal_the_reference(frames: int, samples: int, points: int) -> None:
    sound = random(1, samples) - np.float32(0.5)
    centres = np.random.default_rng(2).integers(-50, samples + 50, frames)
    length, glide = 6 + 100 * random(3, frames), (random(4, frames) - np.float32(0.5)) / np.float32(300)

    found = gpu_periods.unroll(there(sound), there(centres), there(length), there(glide), 2.5, points).cpu().numpy()

    np.testing.assert_allclose(found, periods.unroll(sound, centres, length, glide, 2.5, points), atol=2e-3)
