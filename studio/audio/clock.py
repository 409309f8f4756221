"""When a frame passes the converter: the clock of a device, told from the times of its callbacks."""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

KNOWN_WELL_S: Final = 0.8
"""A stream that has run for so long tells its clock to within a millisecond or two; the first words of it are wild."""
_ROWS: Final = 1024
_WILD: Final = 30
_JUMP_S: Final = 0.006
_LEARNED: Final = 512
_STREAMS: Final = 2
_CALM_S: Final = 0.003
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
        self._learned = 0
        self._delays_s: dict[str, deque[tuple[int, float]]] = {}
        self._setup = ""
        self._rows = np.zeros((_ROWS, 5))

    def restart(self, setup: str = "") -> None:
        """A stream was opened anew: what came before says nothing about its clock. `setup` names device and buffer."""
        self._first = self.count
        self._setup = setup
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

    def rows(self, since: int = 0, until: int | None = None) -> NDArray[np.float64]:
        """Return the callbacks from number `since` on, before `until`, that are still known, oldest first, (n, 5)."""
        count = self.count
        first = max(since, self._first, count - _ROWS + 32)  # the oldest ones are being written over meanwhile
        return self._rows[np.arange(first, count if until is None else min(until, count)) % _ROWS]

    def offset_s(self, since: int = 0, least_s: float = 0.0, *, until: int | None = None) -> float | None:
        """Return the time of frame 0, were the device to have run evenly since: the median over the newest callbacks.

        Those from number `since` on, before `until`, count. None where they do not cover `least_s` seconds.
        """
        rows = self.rows(since, until)
        if not len(rows) or rows[-1, 0] - rows[0, 0] < least_s * self.rate_hz:
            return None
        newest = rows[-_NEWEST:]
        return float(np.median(newest[:, 1] - newest[:, 0] / self.rate_hz))

    def calm_rows(self, since: int) -> NDArray[np.float64]:
        """Return the callbacks from number `since` on, without the first of a stream, which come in a rush."""
        return self.rows(max(since, self._first + _WILD))

    def jumped(self, since: int) -> bool:
        """Whether the clock jumped from one callback to the next since number `since`: sound dropped out."""
        rows = self.calm_rows(since - 1)
        return len(rows) > 1 and bool(np.abs(np.diff(rows[:, 1] - rows[:, 0] / self.rate_hz)).max() > _JUMP_S)

    def learn(self) -> None:
        """Note how far the callbacks since the last time were from the converter, for `usual_delay_s`."""
        rows = self.calm_rows(self._learned)
        if len(rows) < _WILD:
            return
        if not self.jumped(self._learned):
            known = self._delays_s.setdefault(self._setup, deque(maxlen=_LEARNED))
            known.append((self.epoch, float(np.mean(rows[:, 1] - rows[:, 4]))))
        self._learned = self.count

    def usual_delay_s(self) -> tuple[float, bool] | None:
        """Return how far callbacks are from the converter on this device, and whether that is known well, or None.

        What a server says of one stream may be wrong all the time; it is known well where several streams agree.
        """
        known = self._delays_s.get(self._setup)
        if not known:
            return None
        low, usual, high = np.quantile([delay_s for _epoch, delay_s in known], (0.25, 0.5, 0.75))
        streams = len({epoch for epoch, _delay_s in known})
        return float(usual), streams >= _STREAMS and bool(high - low < _CALM_S)

    def earliest_s(self, since: int = 0, *, until: int | None = None) -> float | None:
        """Return by what time at the earliest frame 0 would have been handed over, judged by the newest callbacks.

        Later than `offset_s` by the way from the converter to us, which is unknown but stays the same. For a moment
        after a sound server woke up, only this can be trusted: the way that the server states is then a guess.
        """
        newest = self.rows(since, until)[-_NEWEST:]
        return float(np.min(newest[:, 4] - newest[:, 0] / self.rate_hz)) if len(newest) else None
