"""The beat of a recording: when each picture is due, on CLOCK_MONOTONIC, without drift."""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple


class Tick(NamedTuple):
    """Picture number `number` was due at `due_s`; `skipped` before it were due while we were busy."""

    number: int
    due_s: float
    skipped: int


class Beat:
    """Due times start + n / fps. A late caller is given the newest due tick, so that the rate holds by itself."""

    def __init__(
        self, fps: float, ending: threading.Event, clock: Callable[[], float] = time.monotonic, start_s: float = 0.0
    ) -> None:
        self._fps = fps
        self._ending = ending
        self._clock = clock
        self.start_s = start_s or clock()
        self._next = 0

    def wait(self) -> Tick | None:
        """Return when the next picture is due, or None at the end."""
        left_s = self._due_s(self._next) - self._clock()
        if left_s > 0 and self._ending.wait(left_s):
            return None
        if self._ending.is_set():
            return None
        late = int((self._clock() - self._due_s(self._next)) * self._fps)
        skipped = max(0, late)
        number = self._next + skipped
        self._next = number + 1
        return Tick(number, self._due_s(number), skipped)

    def _due_s(self, number: int) -> float:
        return self.start_s + number / self._fps
