"""The newest picture that a worker shows, in shared memory: what a window draws of a screen, a camera or a video."""

from typing import ClassVar, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from studio.ipc.segment import Segment, fence
from studio.ipc.shared import Shared

_SLOTS: Final = 3
_HEADER_BYTES: Final = 256
_PIXELS_AT, _WRITTEN_AT, _SIZES_AT = 1, 8, 16
_BYTES_A_PIXEL: Final = 4

Bgra = NDArray[np.uint8]


class Shown(NamedTuple):
    """A picture of one's own: BGRA of shape (height, width, 4). `number` counts the pictures from 1."""

    number: int
    picture: Bgra


class Preview(Shared):
    """Three slots of BGRA pictures between one writer and any number of readers, of whom nobody waits.

    The writer fills the slot after the newest and then sets the counter. A reader copies the newest and looks at the
    counter again: two pictures later its slot may have been written over, and the copy is thrown away.
    """

    magic: ClassVar = 0x315645525052454D  # "MERPREV1"
    header_bytes: ClassVar = _HEADER_BYTES
    holds: ClassVar = "pictures"

    def __init__(self, segment: Segment) -> None:
        super().__init__(segment)
        self.most_pixels: int = self._words[_PIXELS_AT]
        pixels = np.frombuffer(segment.memory, np.uint8, _SLOTS * self.most_pixels * _BYTES_A_PIXEL, _HEADER_BYTES)
        self._slots = list(pixels.reshape(_SLOTS, -1))

    @classmethod
    def create(cls, most_pixels: int) -> Self:
        """Make one for pictures of at most so many pixels; StudioError when there is no shared memory for it."""
        if most_pixels <= 0:
            raise ValueError(f"not a preview: {most_pixels} pixels")
        return cls._made(_SLOTS * most_pixels * _BYTES_A_PIXEL, {_PIXELS_AT: most_pixels})

    def put(self, picture: Bgra) -> int:
        """Show a picture (height, width, 4) from now on, and return its number. One thread only.

        ValueError when it has too many pixels.
        """
        height, width = picture.shape[:2]
        if height * width > self.most_pixels:
            raise ValueError(f"{width} × {height} does not fit into {self.most_pixels} pixels")
        words = self._words
        slot = words[_WRITTEN_AT] % _SLOTS
        fence()
        self._slots[slot][: picture.size].reshape(picture.shape)[...] = picture
        words[_SIZES_AT + slot] = height << 32 | width
        fence()
        words[_WRITTEN_AT] += 1
        return words[_WRITTEN_AT]

    def newer_than(self, number: int) -> Shown | None:
        """The newest picture, as a copy; None when there is none after picture `number`."""
        words = self._words
        newest = words[_WRITTEN_AT]
        if newest <= number:
            return None
        fence()
        slot = (newest - 1) % _SLOTS
        height, width = words[_SIZES_AT + slot] >> 32, words[_SIZES_AT + slot] & 0xFFFFFFFF
        if height * width > self.most_pixels:  # the writer is two pictures ahead and writes a new size
            return None
        copied = self._slots[slot][: height * width * _BYTES_A_PIXEL].copy()
        fence()
        return Shown(newest, copied.reshape(height, width, 4)) if words[_WRITTEN_AT] < newest + _SLOTS - 1 else None

    def close(self) -> None:
        self._slots = []
        super().close()
