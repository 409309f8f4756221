"""How alike neighbouring periods are: the normalised cross-correlation that RAPT and Praat judge voicing by.

Talkin, "A robust algorithm for pitch tracking (RAPT)", in Speech Coding and Synthesis, 1995.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voicekernels.reference.harmonics import POINTS, POINTS_A_PERIOD

_TINY: Final = 1e-9
_MIDDLE: Final = POINTS // 2
_HALF: Final = POINTS_A_PERIOD // 2


def compare(periods: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return, for windows that `periods.unroll` made, float32 (frames, 4).

    The likeness (-1 to 1) of the middle period to the one before it, to the one after it, of those that meet in the
    middle, and the mean square of the middle period. Raises ValueError for windows of another length.
    """
    check(periods)
    exact = periods.astype(np.float64)
    before, middle, after, left, right = (
        exact[:, start : start + POINTS_A_PERIOD]
        for start in (
            _MIDDLE - 3 * _HALF,
            _MIDDLE - _HALF,
            _MIDDLE + _HALF,
            _MIDDLE - 2 * _HALF,
            _MIDDLE,
        )
    )
    alike = (_alike(before, middle), _alike(middle, after), _alike(left, right))
    return np.stack((*alike, np.mean(middle * middle, axis=1)), axis=1).astype(np.float32)


def check(periods: NDArray[np.float32]) -> None:
    """Raise ValueError for windows of another length."""
    if periods.ndim != 2 or periods.shape[1] != POINTS:
        raise ValueError(f"windows have {POINTS} points, not {periods.shape}")


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    energy = np.sum(one * one, axis=1) * np.sum(other * other, axis=1)
    alike: NDArray[np.float64] = np.sum(one * other, axis=1) / np.sqrt(energy + _TINY * _TINY)
    return alike
