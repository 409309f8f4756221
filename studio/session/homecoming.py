"""Takes that had to be written elsewhere, and their way back into the open project's folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from studio import paths
from studio.errors import StudioError
from studio.media.store import TAKES
from studio.model.project import Project
from studio.session.document import Document
from studio.session.recovery import bring_home

_AGAIN_MS: Final = 3000


class Homecoming(QObject):
    """Tries until the folder can be written to again: a drive is plugged in, a folder moved back, space made.

    Idle → trying, from `begin` until `done` or until another project is opened. A project that is saved elsewhere
    meanwhile takes its takes along. Nothing is tried while `busy` says that a take is being written. UI thread only;
    the files are carried by whoever `submit` hands them to.
    """

    done = Signal()  # something came home

    _tried = Signal(object, bool, bool)  # the project's folder, whether nothing is left to do, whether something came

    def __init__(
        self,
        document: Document,
        busy: Callable[[], bool],
        submit: Callable[[Callable[[], None]], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._busy, self._submit = document, busy, submit
        self._elsewhere: tuple[Path, ...] = ()
        self._timer = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._timer.timeout.connect(self._try)
        self._tried.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    def begin(self) -> None:
        """Look for takes of the open project elsewhere, and bring them home as soon as that is possible."""
        elsewhere = paths.rescued(self._document.folder)
        if elsewhere not in self._elsewhere:
            self._elsewhere = (*self._elsewhere, elsewhere)
        self._try()

    def _try(self) -> None:
        if not self._document.is_open:
            return
        if self._busy():
            self._timer.start()
            return
        folder, project, known = self._document.folder, self._document.project, self._elsewhere
        ours = tuple(one for one in known if one == paths.rescued(folder) or _has_sound_of(one, project))

        def carry() -> None:
            there = [one for one in ours if (one / TAKES).is_dir()]
            home = all(_brought(folder, one) for one in there)
            self._tried.emit(folder, home, home and bool(there))

        self._submit(carry)

    @Slot(object, bool, bool)
    def _hear(self, folder: Path, home: bool, came: bool) -> None:
        if not self._document.is_open:
            return
        if not home or folder != self._document.folder:
            self._timer.start()
            return
        self._elsewhere = ()
        if came:
            self.done.emit()


def _has_sound_of(elsewhere: Path, project: Project) -> bool:
    """Whether the project stands on a take that lies there."""
    return any(media.file.startswith(f"{TAKES}/") and (elsewhere / media.file).is_file() for media in project.media)


def _brought(folder: Path, elsewhere: Path) -> bool:
    """Whether the takes are in the project's folder now; one that is gone is not made anew."""
    if not (folder / "project.json").is_file():
        return False
    try:
        bring_home(folder, elsewhere)
    except (StudioError, OSError):
        return False
    return True
