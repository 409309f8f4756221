"""Has Python look for garbage in the window's thread only: a widget that another thread destroys ends the program."""

import gc
import time
from typing import Final

from PySide6.QtCore import QObject, QTimer

_LOOK_MS: Final = 200
_ALL_S: Final = 60.0


class Garbage(QObject):
    """Takes over from Python's own search, which runs in whichever thread happens to make the next object.

    The young objects are looked through whenever Python would have done so, all of them once a minute at most.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._all_s = time.monotonic()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Search as far as is due."""
        due = [number > limit for number, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if due[2] and time.monotonic() - self._all_s > _ALL_S:
            gc.collect()
            self._all_s = time.monotonic()
        elif due[0]:
            gc.collect(1 if due[1] else 0)

    def end(self) -> None:
        """Let Python search by itself again."""
        self._timer.stop()
        gc.enable()
