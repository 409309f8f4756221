"""A voice that was changed in one channel, back where it was heard between the two of its source."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.audio.stretch import Stretch
from studio.media.wav import Frames

Mono = NDArray[np.float32]

_HOP_S: Final = 0.05
_SLOW: Final = 20
_MOST: Final = 2.0
_FLOOR: Final = 1e-9


def mixed_down(sound: Stretch) -> Mono:
    """The mean of the channels, all of it."""
    made = np.empty(sound.length, np.float32)
    for first, last in sound.blocks():
        made[first:last] = sound.read(first, last).mean(axis=1, dtype=np.float32)
    return made


class Placing:
    """How loud each channel of a sound is beside the mean of both, as it changes over a second.

    A voice in the middle keeps its level in both; one at a side goes to that side.
    """

    def __init__(self, sound: Stretch) -> None:
        self._hop = round(_HOP_S * sound.rate_hz)
        count = -(-sound.length // self._hop)
        energies = np.zeros((count, sound.channels + 1))
        for first in range(0, sound.length, self._hop * 256):
            frames = sound.read(first, min(first + self._hop * 256, sound.length)).astype(np.float64)
            both = np.column_stack([frames, frames.mean(axis=1)]) ** 2
            at = first // self._hop
            starts = np.arange(0, len(frames), self._hop)
            energies[at : at + len(starts)] = np.add.reduceat(both, starts, axis=0)
        slow = _smoothed(energies) + _FLOOR
        self._gains = np.minimum(np.sqrt(slow[:, :-1] / slow[:, -1:]), _MOST)

    def placed(self, voice: Mono, first: int) -> Frames:
        """A stretch of the changed voice that begins at frame `first`, shape (frames, channels)."""
        at = (np.arange(first, first + len(voice)) / self._hop) - 0.5
        hops = np.arange(len(self._gains))
        gains = np.stack([np.interp(at, hops, column) for column in self._gains.T], axis=1)
        made: Frames = (voice[:, None] * gains).astype(np.float32)
        return made


def _smoothed(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over a second."""
    reach = _SLOW // 2
    sums = np.cumsum(np.pad(rows, ((reach + 1, reach), (0, 0))), axis=0)
    made: NDArray[np.float64] = (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)
    return made
