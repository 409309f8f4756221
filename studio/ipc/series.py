"""Points that views draw (playhead, levels, live pitch): a shared-memory log of rows of float64 numbers."""

import struct
import sys
from typing import ClassVar, Final, Self

import numpy as np
from numpy.typing import NDArray

from studio.ipc.segment import Segment, fence
from studio.ipc.shared import Shared

Rows = NDArray[np.float64]
"""Points, oldest first, shape (points, fields)."""

_HEADER_BYTES: Final = 1024
_NAMES_FROM: Final = 128
_FIELDS_AT, _CAPACITY_AT, _WRITTEN_AT = 1, 2, 8


class Series(Shared):
    """The last `capacity` points that one writer appended; any number of readers, none of whom can disturb it.

    A point has a number, counted from 0. The writer fills the slot of point n and then sets the counter to
    n + 1. A reader copies, looks at the counter again, and throws away every point whose slot may have been
    written over meanwhile; a torn point is therefore never returned.
    """

    magic: ClassVar = 0x315245534C454D00  # "MELSER1"
    header_bytes: ClassVar = _HEADER_BYTES
    holds: ClassVar = "points"

    def __init__(self, segment: Segment) -> None:
        super().__init__(segment)
        memory = segment.memory
        count, self.capacity = self._words[_FIELDS_AT], self._words[_CAPACITY_AT]
        names = memory[_NAMES_FROM:_HEADER_BYTES].rstrip(b"\0").decode()
        self.fields: tuple[str, ...] = tuple(names.split("\n"))
        self._row = struct.Struct(f"={count}d")
        self._rows: Rows = np.frombuffer(memory, np.float64, count * self.capacity, _HEADER_BYTES).reshape(-1, count)

    @classmethod
    def create(cls, fields: tuple[str, ...], capacity: int) -> Self:
        """Make an empty series; StudioError when there is no shared memory for it."""
        names = "\n".join(fields).encode()
        if not fields or capacity < 2 or len(names) > _HEADER_BYTES - _NAMES_FROM:
            raise ValueError(f"not a series: {capacity} points of {fields}")
        words = {_FIELDS_AT: len(fields), _CAPACITY_AT: capacity}
        return cls._made(8 * len(fields) * capacity, words, (_NAMES_FROM, names))

    @property
    def counter(self) -> int:
        """Points appended since the beginning."""
        return int(self._words[_WRITTEN_AT])

    def append(self, *values: float) -> None:
        """Add a point, one value for each field. Called by one thread only."""
        written = self._words[_WRITTEN_AT]
        fence()
        self._row.pack_into(self._segment.memory, _HEADER_BYTES + written % self.capacity * self._row.size, *values)
        fence()
        self._words[_WRITTEN_AT] = written + 1

    def since(self, counter: int) -> tuple[int, Rows]:
        """Return the points from number `counter` on that are still there, and the number to ask for next time."""
        stop = self._words[_WRITTEN_AT]
        fence()
        start = min(max(counter, stop - self.capacity + 1, 0), stop)
        wanted = np.arange(start, stop) % self.capacity
        rows = self._rows[wanted]
        fence()
        whole = self._words[_WRITTEN_AT] - self.capacity + 1  # the slot of the one before may be half overwritten
        return stop, rows[max(whole - start, 0) :]

    def latest(self) -> NDArray[np.float64] | None:
        """Return the newest point, shape (fields,), or None before the first."""
        for _ in range(sys.maxsize):
            stop, rows = self.since(self._words[_WRITTEN_AT] - 1)
            if stop == 0:
                return None
            if len(rows):
                newest: NDArray[np.float64] = rows[-1]
                return newest
        raise AssertionError("unreachable: the writer would have to lap every look")

    def close(self) -> None:
        self._rows = np.empty((0, len(self.fields)))
        super().close()
