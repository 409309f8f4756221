"""A contour as smooth as its exactness asks for, compiled: see `voicekernels.reference.contour`."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.contour import check


def smooth(
    values: NDArray[np.float32], weights: NDArray[np.float32], stiffness: float, jump: float
) -> NDArray[np.float32]:
    """See `reference.contour.smooth`; equal to it within 1e-4 relative."""
    check(values, weights)
    return _smooth(values, weights, stiffness, jump)  # type: ignore[no-any-return]


@njit(cache=True, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _smooth(
    values: NDArray[np.float32], weights: NDArray[np.float32], stiffness: float, jump: float
) -> NDArray[np.float32]:
    # The system has five diagonals: LDL' in one pass down, then back.
    n = len(values)
    main = weights.astype(np.float64)
    near, far = np.zeros(n), np.zeros(n)
    found = np.empty(n)
    for t in range(n):
        found[t] = main[t] * values[t]
    for t in range(1, n - 1):
        if abs(values[t] - values[t - 1]) < jump and abs(values[t + 1] - values[t]) < jump:
            main[t - 1] += stiffness
            main[t] += 4 * stiffness
            main[t + 1] += stiffness
            near[t - 1] -= 2 * stiffness
            near[t] -= 2 * stiffness
            far[t - 1] += stiffness
    for t in range(n):
        if t >= 1:
            main[t] -= near[t - 1] * near[t - 1] * main[t - 1]
            near[t] -= far[t - 1] * near[t - 1] * main[t - 1]
            found[t] -= near[t - 1] * found[t - 1]
        if t >= 2:
            main[t] -= far[t - 2] * far[t - 2] * main[t - 2]
            found[t] -= far[t - 2] * found[t - 2]
        near[t] /= main[t]
        far[t] /= main[t]
    for t in range(n):
        found[t] /= main[t]
    for t in range(n - 1, -1, -1):
        if t + 1 < n:
            found[t] -= near[t] * found[t + 1]
        if t + 2 < n:
            found[t] -= far[t] * found[t + 2]
    return found.astype(np.float32)
