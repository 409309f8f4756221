"""Signals of the system as calls on the UI thread."""

import signal
import socket
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QSocketNotifier

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Quitter(QObject):
    """Turns SIGTERM, SIGHUP and SIGINT into a call on the UI thread: no dialog, nothing lost.

    Python may only set a flag in a signal handler while Qt waits inside C; the byte that Python writes to a socket
    wakes the event loop.
    """

    def __init__(self, quit_now: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._quit_now = quit_now
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._before = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._handlers = {one: signal.signal(one, lambda _number, _frame: None) for one in _SIGNALS}
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)

    def close(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for one, handler in self._handlers.items():
            signal.signal(one, handler)
        self._read.close()
        self._write.close()

    def _woken(self) -> None:
        heard = self._read.recv(64)
        if any(number in _SIGNALS for number in heard):
            self._quit_now()
