"""The highest peaks of each row of a grid: what else the pitch may be."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Summits(NamedTuple):
    """The peaks of each row, the highest first."""

    column: NDArray[np.int32]
    """Where they are, shape (frames, count); -1 where there are no more."""
    height: NDArray[np.float32]
    """How high they are, shape (frames, count); 0 where there are no more."""


def highest(scores: NDArray[np.float32], count: int) -> Summits:
    """Return the `count` highest peaks above 0 of each row of `scores`, float32 (frames, columns).

    A peak is higher than what lies to its left and no lower than what lies to its right; of two as high, the left
    one comes first. Raises ValueError for what is no grid, or a count below 1.
    """
    check(scores, count)
    column = np.full((len(scores), count), -1, np.int32)
    height = np.zeros((len(scores), count), np.float32)
    for t, row in enumerate(scores):
        inner = row[1:-1]
        peaks = 1 + np.flatnonzero((inner > row[:-2]) & (inner >= row[2:]) & (inner > 0))
        ranked = peaks[np.argsort(-row[peaks], kind="stable")][:count]
        column[t, : len(ranked)] = ranked
        height[t, : len(ranked)] = row[ranked]
    return Summits(column, height)


def check(scores: NDArray[np.float32], count: int) -> None:
    """Raise ValueError for what is no grid, or a count below 1."""
    if scores.ndim != 2 or count < 1:
        raise ValueError(f"cannot look for {count} peaks in {scores.shape}")
