"""How long a job still takes: the median of its latest speeds, so that one slow second does not frighten anybody."""

import statistics
from collections import deque
from typing import Final

_REMEMBERED: Final = 15
_LEAST_SPEEDS: Final = 3
_LEAST_ELAPSED_S: Final = 0.8


class TimeLeft:
    """Fed with the fraction done and the time; the clock is the caller's."""

    def __init__(self) -> None:
        self._speeds: deque[float] = deque(maxlen=_REMEMBERED)
        self._began_s = 0.0
        self._last: tuple[float, float] | None = None

    def add(self, fraction: float, now_s: float) -> float | None:
        """Take note of progress; return the seconds left, or None while nothing sensible can be said."""
        if self._last is None or fraction < self._last[0]:  # a new stage that counts from the beginning again
            self._speeds.clear()
            self._began_s = now_s
            self._last = (fraction, now_s)
            return None
        gained, took_s = fraction - self._last[0], now_s - self._last[1]
        if gained > 0 and took_s > 0:
            self._speeds.append(gained / took_s)
            self._last = (fraction, now_s)
        if len(self._speeds) < _LEAST_SPEEDS or now_s - self._began_s < _LEAST_ELAPSED_S:
            return None
        return max(0.0, 1.0 - fraction) / statistics.median(self._speeds)
