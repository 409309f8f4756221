"""What a grid of scores holds on both sides of a course, compiled: see `voicekernels.reference.ridge`."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.ridge import check


def around(scores: NDArray[np.float32], course: NDArray[np.float32], reach: int, outside: float) -> NDArray[np.float32]:
    """See `reference.ridge.around`; equal to it within 1e-4."""
    check(scores, course, reach)
    found = np.empty((len(scores), 2 * reach + 1), np.float32)
    _around(np.ascontiguousarray(scores, np.float32), course, reach, np.float32(outside), found)
    return found


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _around(
    scores: NDArray[np.float32],
    course: NDArray[np.float32],
    reach: int,
    outside: np.float32,
    found: NDArray[np.float32],
) -> None:
    columns = scores.shape[1]
    for t in range(len(found)):
        left = int(np.floor(course[t]))
        share = course[t] - np.float32(left)
        first = left - reach
        here = scores[t, first] if 0 <= first < columns else outside
        for j in range(2 * reach + 1):
            at = first + j + 1
            following = scores[t, at] if 0 <= at < columns else outside
            found[t, j] = here + share * (following - here)
            here = following
