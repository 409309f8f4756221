"""Floats as whole numbers, rounded fairly or hidden behind dither.

TPDF dither of ±1 step (Lipshitz, Wannamaker & Vanderkooy 1992) turns the error of 16 bits into steady hiss, also
below the last bit. Seeded: the same sound gives the same file.
"""

import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames


class Quantiser:
    """Turns blocks of floats into integers of `bits`, clipped at full scale; `clipped` counts the samples that were."""

    def __init__(self, bits: int, *, dither: bool, seed: int = 0) -> None:
        self._scale = 2.0 ** (bits - 1)
        self._random = np.random.default_rng(seed) if dither else None
        self.clipped = 0

    def quantise(self, block: Frames) -> NDArray[np.int32]:
        """Return the block in steps of the last bit, shape as given."""
        steps = block.astype(np.float64) * self._scale
        self.clipped += int(np.count_nonzero((steps > self._scale - 0.5) | (steps < -self._scale - 0.5)))
        if self._random is not None:
            pairs = self._random.random((*block.shape, 2))  # in the order of the samples, however they are cut
            steps += pairs[..., 0] - pairs[..., 1]
        return np.clip(np.floor(steps + 0.5), -self._scale, self._scale - 1).astype(np.int32)
