"""Sound that is happening now: a wait-free ring of float32 frames between one writer and one reader."""

import time
from typing import ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray

from studio.ipc.segment import Segment, fence
from studio.ipc.shared import Shared

Block = NDArray[np.float32]
"""Frames of sound, shape (frames, channels)."""

_HEADER_BYTES: Final = 256
# Places in the header, in 8-byte words. The writer's words and the reader's lie in cache lines of their own.
_CHANNELS_AT, _FRAMES_AT, _WRITTEN_AT, _OVERRUNS_AT, _NEWEST_AT, _READ_AT = 1, 2, 8, 9, 10, 16


class Ring(Shared):
    """A single-producer single-consumer ring in shared memory.

    One thread of one process writes, one thread of one process reads; neither ever waits for the other. The
    counters count frames since the beginning in 64 bits and are published after the data. When the ring is
    full the newest frames are dropped and counted in `overruns`, so that a reader never sees a torn block.
    """

    magic: ClassVar = 0x31474E49524C454D  # "MELRING1"
    header_bytes: ClassVar = _HEADER_BYTES
    holds: ClassVar = "sound"

    def __init__(self, segment: Segment) -> None:
        super().__init__(segment)
        self._times = memoryview(segment.memory)[:_HEADER_BYTES].cast("d")
        self.channels: int = self._words[_CHANNELS_AT]
        self.capacity: int = self._words[_FRAMES_AT]
        samples = np.frombuffer(segment.memory, np.float32, self.capacity * self.channels, _HEADER_BYTES)
        self._frames: Block = samples.reshape(self.capacity, self.channels)

    @classmethod
    def create(cls, channels: int, frames: int) -> Self:
        """Make an empty ring that holds `frames` frames; StudioError when there is no shared memory for it."""
        if channels <= 0 or frames <= 0:
            raise ValueError(f"not a ring: {frames} frames of {channels} channels")
        return cls._made(4 * channels * frames, {_CHANNELS_AT: channels, _FRAMES_AT: frames})

    @property
    def available(self) -> int:
        """Frames that can be read now."""
        return int(self._words[_WRITTEN_AT] - self._words[_READ_AT])

    @property
    def overruns(self) -> int:
        """Frames dropped so far because the reader was late."""
        return int(self._words[_OVERRUNS_AT])

    @property
    def newest_monotonic_s(self) -> float:
        """When the newest frame was written, on CLOCK_MONOTONIC, which all processes share; 0 before the first."""
        return float(self._times[_NEWEST_AT])

    def write(self, block: Block) -> int:
        """Copy a (frames, channels) block in and return how many frames fitted; the rest is dropped and counted."""
        words = self._words
        written = words[_WRITTEN_AT]
        wanted = len(block)
        count = min(wanted, self.capacity - (written - words[_READ_AT]))
        if count < wanted:
            words[_OVERRUNS_AT] += wanted - count
        if count <= 0:
            return 0
        at = written % self.capacity
        first = min(count, self.capacity - at)
        self._frames[at : at + first] = block[:first]
        if first < count:
            self._frames[: count - first] = block[first:count]
        self._times[_NEWEST_AT] = time.monotonic()
        fence()
        words[_WRITTEN_AT] = written + count
        return count

    def read_into(self, out: Block) -> int:
        """Fill `out` (frames, channels) with the oldest unread frames and return how many there were."""
        words = self._words
        read = words[_READ_AT]
        count = min(len(out), words[_WRITTEN_AT] - read)
        if count <= 0:
            return 0
        fence()
        at = read % self.capacity
        first = min(count, self.capacity - at)
        out[:first] = self._frames[at : at + first]
        if first < count:
            out[first:count] = self._frames[: count - first]
        fence()
        words[_READ_AT] = read + count
        return count

    def close(self) -> None:
        self._times.release()
        self._frames = np.empty((0, self.channels), np.float32)
        super().close()
