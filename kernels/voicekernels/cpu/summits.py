"""The highest peaks of each row of a grid, compiled: see `voicekernels.reference.summits`."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.summits import Summits, check


def highest(scores: NDArray[np.float32], count: int) -> Summits:
    """See `reference.summits.highest`; equal to it."""
    check(scores, count)
    column = np.full((len(scores), count), -1, np.int32)
    height = np.zeros((len(scores), count), np.float32)
    _highest(np.ascontiguousarray(scores, np.float32), column, height)
    return Summits(column, height)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _highest(scores: NDArray[np.float32], column: NDArray[np.int32], height: NDArray[np.float32]) -> None:
    frames, columns = scores.shape
    count = column.shape[1]
    for t in range(frames):
        for c in range(1, columns - 1):
            here = scores[t, c]
            if here <= height[t, count - 1] or here <= scores[t, c - 1] or here < scores[t, c + 1]:
                continue
            at = count - 1
            while at > 0 and height[t, at - 1] < here:
                height[t, at] = height[t, at - 1]
                column[t, at] = column[t, at - 1]
                at -= 1
            height[t, at] = here
            column[t, at] = c
