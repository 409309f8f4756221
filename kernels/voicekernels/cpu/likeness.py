"""How alike neighbouring periods are, compiled: see `voicekernels.reference.likeness`."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.harmonics import POINTS, POINTS_A_PERIOD
from voicekernels.reference.likeness import check


def compare(periods: NDArray[np.float32]) -> NDArray[np.float32]:
    """See `reference.likeness.compare`; equal to it within 1e-4."""
    check(periods)
    out = np.empty((len(periods), 4), np.float32)
    _compare(np.ascontiguousarray(periods, np.float32), out)
    return out


@njit(cache=True, fastmath={"reassoc", "contract", "arcp", "nsz"}, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _compare(periods: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    half = POINTS_A_PERIOD // 2
    middle = POINTS // 2
    for t in range(len(periods)):
        for pair in range(3):
            one = middle - (3 * half, half, 2 * half)[pair]
            together = first = second = np.float32(0)
            for j in range(one, one + 2 * half):
                a, b = periods[t, j], periods[t, j + 2 * half]
                together += a * b
                first += a * a
                second += b * b
            out[t, pair] = together / np.sqrt(np.float64(first) * np.float64(second) + 1e-18)
        energy = np.float32(0)
        for j in range(middle - half, middle + half):
            energy += periods[t, j] * periods[t, j]
        out[t, 3] = energy / np.float32(2 * half)
