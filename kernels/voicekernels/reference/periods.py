"""A few periods around each frame, stretched so that each has the same number of points.

Where the pitch glides, the periods are straightened as well, so that harmonics stay lines; after Kawahara et al.,
"Fixed point analysis of frequency to instantaneous frequency mapping", Eurospeech 1999, which warps time likewise.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

STEEPEST: Final = 0.3  # of a window's half: a glide beyond it is straightened only so far


def unroll(
    sound: NDArray[np.float32],
    centres: NDArray[np.int64],
    period: NDArray[np.float32],
    glide: NDArray[np.float32],
    half: float,
    points: int,
) -> NDArray[np.float32]:
    """Return the sound around each centre at even steps of its phase.

    Parameters
    ----------
    sound : float32 (samples,)
        Beyond its ends it counts as zero.
    centres, period : (frames,), samples
        Where each window is centred, and how long a period is there.
    glide : (frames,), 1 / samples
        Relative change of the frequency with each sample.
    half : periods
        How far a window reaches to either side.
    points : int
        How many points a window has.

    Returns
    -------
    float32 (frames, points)
        Catmull-Rom interpolation, point `j` at phase `(j + 0.5) * 2 * half / points - half`.
    """
    check(centres, period, glide, points)
    phase = (np.arange(points) + 0.5) * (2 * half / points) - half
    length = period.astype(np.float64)[:, None]
    bend = -0.5 * glide.astype(np.float64)[:, None] * length**2
    limit = STEEPEST * length / half
    bend = np.clip(bend, -limit, limit)
    place = centres[:, None] + phase * (length + bend * phase)
    left = np.floor(place).astype(np.int64)
    share = place - left
    a, b, c, d = (_at(sound, left + i) for i in (-1, 0, 1, 2))
    found = b + 0.5 * share * (c - a + share * (2 * a - 5 * b + 4 * c - d + share * (3 * (b - c) + d - a)))
    return found.astype(np.float32)


def check(centres: NDArray[np.int64], period: NDArray[np.float32], glide: NDArray[np.float32], points: int) -> None:
    """Raise ValueError unless each frame has a period and a glide."""
    if centres.ndim != 1 or not centres.shape == period.shape == glide.shape or points < 1:
        raise ValueError(f"not windows: {centres.shape}, {period.shape}, {glide.shape}, {points} points")


def _at(sound: NDArray[np.float32], index: NDArray[np.int64]) -> NDArray[np.float64]:
    inside = (index >= 0) & (index < len(sound))
    if not len(sound):
        return np.zeros(index.shape)
    return np.where(inside, sound[np.clip(index, 0, len(sound) - 1)], 0.0).astype(np.float64)
