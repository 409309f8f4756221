"""Pitch as values: the curve of a melody."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False, kw_only=True)
class PitchCurve:
    """The melody of a stretch of sound on an even grid of frames.

    `hz` is F0, NaN where unvoiced; `confidence` lies in 0 to 1. Both float32 of shape (frames,). Frame `i` is
    centred `i / frames_per_s` seconds after the start of the stretch.
    """

    frames_per_s: int
    hz: NDArray[np.float32]
    confidence: NDArray[np.float32]
