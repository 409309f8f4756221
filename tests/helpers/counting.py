"""A project in which every sample says its own number, so that one lost, doubled or moved is seen."""

import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames

SCALE = np.float32(2**22)


def numbered(start: int, frames: int) -> Frames:
    """Numbers as they are, on two channels."""
    return np.repeat(np.arange(start, start + frames).astype(np.float32)[:, None], 2, axis=1)


def numbers_in(sound: Frames) -> NDArray[np.int64]:
    """The numbers that samples say, of the same shape."""
    return np.asarray(np.rint(sound * SCALE), np.int64)


class Numbers:
    """A project whose sample n sounds like n."""

    def __init__(self, length: int, rate_hz: int = 48000) -> None:
        self.length = length
        self.rate_hz = rate_hz

    def render(self, start: int, frames: int) -> Frames:
        return numbered(start, frames) / SCALE
