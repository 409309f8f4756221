"""A stretch of a WAV of any length, read piece by piece."""

from pathlib import Path
from typing import Final

import numpy as np

from studio.media.wav import Frames, read_layout

_BLOCK_FRAMES: Final = 1 << 18


class Stretch:
    """Frames `start` to `start + length` of a float32 WAV, numbered from 0. What is no number is silent.

    The file is read and not mapped: what is mapped counts as memory in use, as soon as it has been looked at.
    """

    def __init__(self, path: Path, start: int = 0, length: int | None = None) -> None:
        """`length` None is the rest of the file. A `StudioError` says why a file cannot be read."""
        self._path = path
        self._layout = read_layout(path)
        self._start = start
        self.length = self._layout.length - start if length is None else length
        self.rate_hz = self._layout.rate_hz
        self.channels = self._layout.channels

    @property
    def is_inside(self) -> bool:
        """Whether it holds any sound, and no more than the file does."""
        return self.length > 0 <= self._start and self._start + self.length <= self._layout.length

    def read(self, first: int, last: int) -> Frames:
        """Return frames `first` to `last`, shape (frames, channels)."""
        frame_bytes = 4 * self.channels
        offset = self._layout.offset + (self._start + first) * frame_bytes
        flat = np.fromfile(self._path, "<f4", (last - first) * self.channels, offset=offset)
        frames: Frames = flat.reshape(-1, self.channels)
        return frames if np.isfinite(frames).all() else np.nan_to_num(frames, nan=0.0, posinf=0.0, neginf=0.0)

    def blocks(self) -> list[tuple[int, int]]:
        """The stretch as pieces that are small enough to be in memory, from and to."""
        starts = range(0, self.length, _BLOCK_FRAMES)
        return [(start, min(start + _BLOCK_FRAMES, self.length)) for start in starts]
