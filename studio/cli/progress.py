"""How far a job is, on one line of a terminal that keeps rewriting itself."""

import sys
import time
from typing import Final, TextIO

_EVERY_S: Final = 0.1
_WORTH_ESTIMATING_S: Final = 2.0


class Progress:
    """Shows a stage, a percentage and the time left on stderr; says nothing where that is no terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._began_s = 0.0
        self._last_s = 0.0
        self._width = 0

    def show(self, stage: str, fraction: float) -> None:
        """Rewrite the line; called as often as one likes."""
        now_s = time.monotonic()
        if not self._is_terminal or now_s - self._last_s < _EVERY_S:
            return
        if not self._width:
            self._began_s = now_s
        self._last_s = now_s
        line = f"{stage or 'Working'}, {fraction:.0%}{_left(now_s - self._began_s, fraction)}"
        self._stream.write(f"\r{line:<{self._width}}")
        self._stream.flush()
        self._width = len(line)

    def clear(self) -> None:
        """Take the line away, before something else is written."""
        if self._width:
            self._stream.write(f"\r{'':<{self._width}}\r")
            self._stream.flush()
            self._width = 0


def _left(spent_s: float, fraction: float) -> str:
    if spent_s < _WORTH_ESTIMATING_S or fraction < 0.02:
        return ""
    left = round(spent_s / fraction * (1 - fraction))
    return f", {left // 60}:{left % 60:02d} left"
