"""Ctrl+C and friends, made into something that a running event loop notices."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted(Exception):
    """The person pressed Ctrl+C, or the system asked the program to end. `status` is what shells expect then."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.status = 128 + number


class Watch:
    """Remembers the first signal that asked us to stop; the second one ends the program at once."""

    def __init__(self) -> None:
        self.number = 0
        self._forgotten = False

    def check(self) -> None:
        """Raise `Interrupted` when somebody asked us to stop."""
        if self.number and not self._forgotten:
            raise Interrupted(self.number)

    def forget(self) -> None:
        """What was asked is being done; the next signal still ends the program at once."""
        self._forgotten = True

    def _note(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.number:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.number = number


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch for Ctrl+C, SIGTERM and SIGHUP as long as this lasts."""
    watch = Watch()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, watch._note) for number in numbers}
    try:
        yield watch
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
