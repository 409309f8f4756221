"""When a frame passes the converter: the clock of a device, told from the times of its callbacks."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

KNOWN_WELL_S: Final = 0.8
"""A stream that has run for so long tells its clock to within a millisecond or two; the first words of it are wild."""
_ROWS: Final = 512
_NEWEST: Final = 64


class Stamps:
    """The last callbacks of a stream: for each the number of its first frame, its time at the converter, and more.

    Written by the callback without allocating, read by any thread. Times are CLOCK_MONOTONIC seconds. Columns:
    frame, time_s, queue (number of the first frame in the queue), filled (frames that came from the queue), called_s.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.count = 0
        self.epoch = 0
        self._first = 0
        self._rows = np.zeros((_ROWS, 5))

    def restart(self) -> None:
        """A stream was opened anew: what came before says nothing about its clock."""
        self._first = self.count
        self.epoch += 1

    def add(self, frame: int, time_s: float, queue: int, filled: int, called_s: float) -> None:
        """Note one callback, or one part of it."""
        row = self._rows[self.count % _ROWS]
        row[0] = frame
        row[1] = time_s
        row[2] = queue
        row[3] = filled
        row[4] = called_s
        self.count += 1

    def rows(self, since: int = 0) -> NDArray[np.float64]:
        """Return the callbacks from number `since` on that are still known, oldest first, shape (n, 5)."""
        count = self.count
        first = max(since, self._first, count - _ROWS + 32)  # the oldest ones are being written over meanwhile
        return self._rows[np.arange(first, count) % _ROWS]

    def offset_s(self, since: int = 0, least_s: float = 0.0) -> float | None:
        """Return the time of frame 0, were the device to have run evenly since: the median over the newest callbacks.

        None where the callbacks from number `since` on do not cover `least_s` seconds.
        """
        rows = self.rows(since)
        if not len(rows) or rows[-1, 0] - rows[0, 0] < least_s * self.rate_hz:
            return None
        newest = rows[-_NEWEST:]
        return float(np.median(newest[:, 1] - newest[:, 0] / self.rate_hz))

    def earliest_s(self, since: int = 0) -> float | None:
        """Return by what time at the earliest frame 0 would have been handed over, judged by the newest callbacks.

        Later than `offset_s` by the way from the converter to us, which is unknown but stays the same. For a moment
        after a sound server woke up, only this can be trusted: the way that the server states is then a guess.
        """
        newest = self.rows(since)[-_NEWEST:]
        return float(np.min(newest[:, 4] - newest[:, 0] / self.rate_hz)) if len(newest) else None
