"""A few periods around each frame, compiled: see `voicekernels.reference.periods`."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.periods import STEEPEST, check


def unroll(
    sound: NDArray[np.float32],
    centres: NDArray[np.int64],
    period: NDArray[np.float32],
    glide: NDArray[np.float32],
    half: float,
    points: int,
) -> NDArray[np.float32]:
    """See `reference.periods.unroll`; equal to it within 1e-3 of the loudest sample."""
    check(centres, period, glide, points)
    out = np.empty((len(centres), points), np.float32)
    _unroll(np.ascontiguousarray(sound, np.float32), centres, period, glide, np.float32(half), out)
    return out


@njit(cache=True, fastmath={"reassoc", "contract", "arcp", "nsz"}, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _unroll(
    sound: NDArray[np.float32],
    centres: NDArray[np.int64],
    period: NDArray[np.float32],
    glide: NDArray[np.float32],
    half: np.float32,
    out: NDArray[np.float32],
) -> None:
    frames, points = out.shape
    step = np.float32(2) * half / np.float32(points)
    last = len(sound) - 3
    for t in range(frames):
        length = period[t]
        bend = np.float32(-0.5) * glide[t] * length * length
        limit = np.float32(STEEPEST) * length / half
        bend = min(max(bend, -limit), limit)
        reach = int(half * (length + abs(bend) * half)) + 2
        centre = centres[t]
        inside = centre - reach >= 1 and centre + reach <= last
        for j in range(points):
            phase = (np.float32(j) + np.float32(0.5)) * step - half
            way = phase * (length + bend * phase) + np.float32(4096)
            left = int(way)
            share = way - np.float32(left)
            i = centre + left - 4096
            if inside:
                a, b, c, d = sound[i - 1], sound[i], sound[i + 1], sound[i + 2]
            else:
                a, b, c, d = _at(sound, i - 1), _at(sound, i), _at(sound, i + 1), _at(sound, i + 2)
            bow = np.float32(2) * a - np.float32(5) * b + np.float32(4) * c - d
            twist = np.float32(3) * (b - c) + d - a
            out[t, j] = b + np.float32(0.5) * share * (c - a + share * (bow + share * twist))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _at(sound: NDArray[np.float32], i: int) -> np.float32:
    return sound[i] if 0 <= i < len(sound) else np.float32(0)
