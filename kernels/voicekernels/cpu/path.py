"""The likeliest path, in time proportional to the grid: see `voicekernels.reference.path`.

The best way to each column is found by one pass up and one down, as in Felzenszwalb & Huttenlocher, "Distance
transforms of sampled functions", Theory of Computing 8, 2012.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.path import check


def likeliest(scores: NDArray[np.float32], step: float, leap: float) -> NDArray[np.int32]:
    """See `reference.path.likeliest`; a path as good as its, within single precision."""
    check(scores, step, leap)
    path = np.zeros(len(scores), np.int32)
    if len(scores):
        _likeliest(np.ascontiguousarray(scores, np.float32), np.float32(step), np.float32(leap), path)
    return path


def onward(scores: NDArray[np.float32], step: float, leap: float) -> NDArray[np.float32]:
    """See `reference.path.onward`; equal to it within 1e-4."""
    check(scores, step, leap)
    if not len(scores):
        raise ValueError("no frames to go on from")
    with_next = np.concatenate((scores, np.zeros((1, scores.shape[1]), np.float32)), dtype=np.float32)
    best = with_next[0].copy()
    _forward(with_next, np.float32(step), np.float32(leap), best, np.empty(with_next.shape, np.int16))
    gained: NDArray[np.float32] = best - best.max()
    return gained


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _likeliest(scores: NDArray[np.float32], step: np.float32, leap: np.float32, path: NDArray[np.int32]) -> None:
    frames, columns = scores.shape
    back = np.empty((frames, columns), np.int16)
    best = scores[0].copy()
    _forward(scores, step, leap, best, back)
    at = 0
    for c in range(columns):
        if best[c] > best[at]:
            at = c
    path[frames - 1] = at
    for t in range(frames - 1, 0, -1):
        path[t - 1] = back[t, path[t]]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _forward(
    scores: NDArray[np.float32], step: np.float32, leap: np.float32, best: NDArray[np.float32], back: NDArray[np.int16]
) -> None:
    frames, columns = scores.shape
    reached = np.empty(columns, np.float32)
    price = step * np.arange(columns).astype(np.float32)
    for t in range(1, frames):
        top = 0
        for c in range(1, columns):
            if best[c] > best[top]:
                top = c
        highest = best[top]
        floor = highest - leap
        # What a way up or down costs grows evenly: with that taken off, the best origin is the highest so far.
        most, origin = best[0], np.int16(0)
        for c in range(columns):
            here = best[c] + price[c]
            if here > most:
                most, origin = here, np.int16(c)
            reached[c] = most - price[c]
            back[t, c] = origin
        most, origin = best[columns - 1] - price[columns - 1], np.int16(columns - 1)
        for c in range(columns - 1, -1, -1):
            here = best[c] - price[c]
            if here > most:
                most, origin = here, np.int16(c)
            way = most + price[c]
            if way > reached[c]:
                reached[c] = way
                back[t, c] = origin
        for c in range(columns):
            if floor > reached[c]:
                reached[c] = floor
                back[t, c] = top
        for c in range(columns):
            best[c] = reached[c] - highest + scores[t, c]  # the highest is taken off, so that sums stay small
