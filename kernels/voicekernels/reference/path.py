"""The likeliest path through a grid of scores, one column a pitch.

Viterbi, "Error bounds for convolutional codes", IEEE Transactions on Information Theory 13(2), 1967. A step costs in
proportion to its width, up to a limit: a new note may begin anywhere.
"""

import numpy as np
from numpy.typing import NDArray


def likeliest(scores: NDArray[np.float32], step: float, leap: float) -> NDArray[np.int32]:
    """Return the column of each frame on the path with the highest sum of scores less the cost of its steps.

    `scores` is float32 of shape (frames, columns); a step to a column `d` away costs `min(step * d, leap)`, both
    >= 0. The result is int32 of shape (frames,). Raises ValueError when there are frames but no columns.
    """
    check(scores, step, leap)
    frames, columns = scores.shape
    if not frames:
        return np.zeros(0, np.int32)
    away = np.abs(np.arange(columns)[:, None] - np.arange(columns))
    cost = np.minimum(step * away, leap)
    best = scores[0].astype(np.float64)
    back = np.zeros((frames, columns), np.intp)
    for t in range(1, frames):
        reached = best - cost
        back[t] = reached.argmax(axis=1)
        best = reached.max(axis=1) + scores[t]
    path = np.zeros(frames, np.int32)
    path[-1] = best.argmax()
    for t in range(frames - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path


def onward(scores: NDArray[np.float32], step: float, leap: float) -> NDArray[np.float32]:
    """Return what the best path through all frames to each column of the next one gains, less that of the best of them.

    Added to the scores of the first frame of what follows, it lets `likeliest` go on where it was. `scores` has one
    frame at least, and everything else is as there; the result is float32 of shape (columns,), none above 0.
    """
    check(scores, step, leap)
    if not len(scores):
        raise ValueError("no frames to go on from")
    columns = scores.shape[1]
    cost = np.minimum(step * np.abs(np.arange(columns)[:, None] - np.arange(columns)), leap)
    reached = (scores[0] - cost).max(axis=1)
    for score in scores[1:]:
        reached = (reached + score - cost).max(axis=1)
    gained: NDArray[np.float32] = (reached - reached.max()).astype(np.float32)
    return gained


def check(scores: NDArray[np.float32], step: float, leap: float) -> None:
    """Raise ValueError for what is no grid of scores, or a negative cost."""
    if scores.ndim != 2 or (len(scores) and not scores.shape[1]):
        raise ValueError(f"scores must be (frames, columns), not {scores.shape}")
    if step < 0 or leap < 0:
        raise ValueError(f"a step cannot cost {step}, nor a leap {leap}")
