"""When a frame passes the converter: the clock of a device, told from the times of its callbacks."""

import numpy as np
from numpy.typing import NDArray

_ROWS = 512
_NEWEST = 64


class Stamps:
    """The last callbacks of a stream: for each the number of its first frame, its time at the converter, and more.

    Written by the callback without allocating, read by any thread. Times are CLOCK_MONOTONIC seconds. Columns:
    frame, time_s, queue (number of the first frame in the queue), filled (frames that came from the queue).
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.count = 0
        self._rows = np.zeros((_ROWS, 4))

    def add(self, frame: int, time_s: float, queue: int, filled: int) -> None:
        """Note one callback, or one part of it."""
        row = self._rows[self.count % _ROWS]
        row[0] = frame
        row[1] = time_s
        row[2] = queue
        row[3] = filled
        self.count += 1

    def rows(self, since: int = 0) -> NDArray[np.float64]:
        """Return the callbacks from number `since` on that are still known, oldest first, shape (n, 4)."""
        count = self.count
        first = max(since, count - _ROWS + 32, 0)  # the oldest ones are being written over meanwhile
        return self._rows[np.arange(first, count) % _ROWS]

    def offset_s(self, since: int = 0, until: int | None = None) -> float | None:
        """Return the time of frame 0, were the device to have run evenly since: the median over the newest callbacks.

        `since` and `until` number callbacks. None where there was none.
        """
        rows = self.rows(since)
        if until is not None:
            rows = rows[: max(0, len(rows) - (self.count - until))]
        if not len(rows):
            return None
        newest = rows[-_NEWEST:]
        return float(np.median(newest[:, 1] - newest[:, 0] / self.rate_hz))
