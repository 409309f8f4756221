"""Starts the desktop: the window first, and only when it has been painted all that is in it.

So this module imports only what a first paint needs; `studio.desktop` brings in the rest, a slice at a time.
"""

import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from studio import paths
from studio.session.settings_file import SettingsFile
from studio.ui import theme as themes
from studio.ui.application import make_application
from studio.ui.window import MainWindow

if TYPE_CHECKING:
    from studio.desktop import Studio

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
_SLICES: Final = (
    "studio.log",
    "numpy",
    "studio.session.document",
    "studio.session.desk",
    "studio.session.transport",
    "studio.commands",
    "studio.ui.timeline.view",
    "studio.ui.inspector",
    "studio.ui.parts",
    "studio.desktop",
)
"""What is loaded after the first paint, in pieces between which the window answers."""


class Start(QObject):
    """Loads and fills a window that is being shown: begins when it has been painted, and lets events in between."""

    def __init__(self, application: QApplication, settings: SettingsFile, asked: Sequence[Path]) -> None:
        super().__init__(application)
        self._application, self._settings, self._asked = application, settings, asked
        self.window = MainWindow(themes.chosen(settings.value.appearance.theme))
        self.studio: Studio | None = None
        self.failed: Exception | None = None
        self._steps = self._run()
        self._next = QTimer(self, interval=0)
        self._next.timeout.connect(self._step)
        self.window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """See the first paint."""
        if event.type() is QEvent.Type.Paint:
            self.window.removeEventFilter(self)
            self._next.start()
        return super().eventFilter(watched, event)

    def end(self) -> None:
        """Go no further, and leave nothing behind. Harmless when called twice."""
        self._next.stop()
        if self.studio is not None:
            self.studio.end()
        else:
            self._settings.close()

    def _step(self) -> None:
        try:
            next(self._steps)
        except StopIteration:
            self._next.stop()
        except Exception as error:  # noqa: BLE001  # a window that is never filled must not stay; `main` raises it
            self._next.stop()
            self.failed = error
            self._application.exit(1)

    def _run(self) -> Iterator[None]:
        for module in _SLICES:
            import_module(module)
            yield
        from studio import log
        from studio.desktop import Studio

        log.start("desktop")
        yield
        self.studio = Studio(self._application, self._settings, self.window)
        yield from self.studio.beginning(self._asked)


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


def main(argv: Sequence[str] = ()) -> int:
    """Show the window on projects or sound files, and return the exit status when it has been closed."""
    settings = SettingsFile(paths.config() / "settings.json")
    application = make_application(settings)
    start = Start(application, settings, [Path(word).absolute() for word in argv])

    def leave() -> None:
        start.end()
        application.exit(0)

    quitter = Quitter(leave, application)
    application.aboutToQuit.connect(start.end)
    start.window.show()
    status = application.exec()
    start.end()
    quitter.close()
    if start.failed is not None:
        raise start.failed
    return status
