"""What a grid of scores holds on both sides of a course through it: the picture of a melody, pulled straight."""

import numpy as np
from numpy.typing import NDArray


def around(scores: NDArray[np.float32], course: NDArray[np.float32], reach: int, outside: float) -> NDArray[np.float32]:
    """Return the scores `-reach` to `reach` columns away from a course, float32 (frames, 2 * reach + 1).

    `scores` is float32 (frames, columns); `course` float32 (frames,), a place among the columns for each frame, and
    between two of them a straight line is read. What lies beyond the grid is `outside`. Raises ValueError for a course
    of another length, or a negative reach.
    """
    check(scores, course, reach)
    columns = scores.shape[1]
    place = course.astype(np.float64)[:, None] + np.arange(-reach, reach + 1)
    left = np.floor(place).astype(np.intp)
    share = place - left
    here, following = (
        np.where(
            (at >= 0) & (at < columns), np.take_along_axis(scores, np.clip(at, 0, columns - 1), 1), np.float32(outside)
        )
        if columns
        else np.full(at.shape, outside)
        for at in (left, left + 1)
    )
    found: NDArray[np.float32] = (here * (1 - share) + following * share).astype(np.float32)
    return found


def check(scores: NDArray[np.float32], course: NDArray[np.float32], reach: int) -> None:
    """Raise ValueError unless each frame has its place."""
    if scores.ndim != 2 or course.shape != scores.shape[:1]:
        raise ValueError(f"each frame needs a place: {scores.shape}, {course.shape}")
    if reach < 0:
        raise ValueError(f"nothing lies {reach} columns around a course")
