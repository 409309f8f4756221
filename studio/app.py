"""Starts the desktop: the window first, and only when it has been painted all that is in it.

So this module imports only what a first paint needs; `studio.desktop` brings in the rest, a slice at a time.
"""

import gc
import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from studio import own_import, paths  # noqa: F401  # before more is imported
from studio.session.settings_file import SettingsFile
from studio.ui import theme as themes
from studio.ui.application import make_application
from studio.ui.window import MainWindow

if TYPE_CHECKING:
    from studio.desktop import Studio
    from studio.ui.garbage import Garbage
    from studio.ui.quitter import Quitter

_THREADS: Final = "OPENBLAS_NUM_THREADS"
_SLICES: Final = (
    "studio.log",
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
        self._quitter: Quitter | None = None
        self._garbage: Garbage | None = None
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
        if self._garbage is not None:
            self._garbage.end()
        if self.studio is not None:
            self.studio.end()
        else:
            self._settings.close()
        if self._quitter is not None:
            self._quitter.close()
            self._quitter = None

    def _leave(self) -> None:
        self.end()
        self._application.exit(0)

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
        _import_numpy()
        yield
        for module in _SLICES:
            import_module(module)
            yield
        from studio import log
        from studio.desktop import Studio
        from studio.ui.garbage import Garbage
        from studio.ui.quitter import Quitter

        log.start("desktop")
        self._quitter = Quitter(self._leave, self)  # before this a signal ends a process that has nothing to lose
        yield
        self.studio = Studio(self._application, self._settings, self.window)
        yield from self.studio.beginning(self._asked)
        # What is loaded by now stays loaded, and a search of it all for garbage would stop the window for 20 ms.
        gc.freeze()
        self._garbage = Garbage(self)


def _import_numpy() -> None:
    """Load numpy with one thread for its linear algebra: the window has none, and each costs megabytes of buffers.

    The workers, which inherit this environment, choose for themselves.
    """
    asked = os.environ.get(_THREADS)
    os.environ.setdefault(_THREADS, "1")
    import_module("numpy")
    if asked is None:
        del os.environ[_THREADS]


def main(argv: Sequence[str] = ()) -> int:
    """Show the window on projects or sound files, and return the exit status when it has been closed."""
    settings = SettingsFile(paths.config() / "settings.json")
    application = make_application(settings)
    start = Start(application, settings, [Path(word).absolute() for word in argv])
    application.aboutToQuit.connect(start.end)
    start.window.show()
    status = application.exec()
    start.end()
    if start.failed is not None:
        raise start.failed
    return status
