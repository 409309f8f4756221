"""Builds the desktop from its parts, fills the window, and ends everything in order. The only module that knows all.

No library that works on sound is loaded in this process, ever.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QCloseEvent, QCursor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog

from studio import paths
from studio.commands import BY_ID
from studio.commands import run as run_command
from studio.errors import StudioError
from studio.ipc.segment import sweep
from studio.model.project import Media
from studio.session import leaving, opening
from studio.session.batch_list import KeptList
from studio.session.clipboard import Clipboard
from studio.session.compare import Compare
from studio.session.desk import Desk
from studio.session.document import Document
from studio.session.engine_list import EngineList
from studio.session.housekeeping import Housekeeping
from studio.session.importing import Importing
from studio.session.jobs import Jobs
from studio.session.library import Library
from studio.session.nobody import Nobody, Nowhere
from studio.session.recovery import LeftBehind, captures_left, untitled_left
from studio.session.selection import Selection
from studio.session.settings_file import SettingsFile
from studio.session.takes import Takes
from studio.session.transport import Transport
from studio.supervision.worker import Worker
from studio.ui import theme as themes
from studio.ui.application import make_application
from studio.ui.window import MainWindow

_TAKE_GRACE_S: Final = 1.2
_WORKER_GRACE_MS: Final = 500


class Studio(QObject):
    """The desktop: its workers, its session, its window. `begin` shows it, `end` leaves nothing behind.

    The window is painted before anything else happens; the workers start after that, and none of them is waited
    for. Ending stops a take, writes the last edits and ends the workers, in at most two seconds.
    """

    def __init__(self, application: QApplication, settings: SettingsFile, window: MainWindow | None = None) -> None:
        super().__init__(application)
        self.application = application
        self.settings = settings
        self.live = Worker("live", parent=self)
        self.compute = Worker("compute", parent=self)
        self.capture = Worker("capture", parent=self)
        self.document = Document(self)
        self.selection = Selection(self)
        self.jobs = Jobs(self.compute, self)
        self.transport = Transport(self.live, self.document, self.selection, settings, self)
        self.importing = Importing(self.document, self.jobs, settings, self)
        self.takes = Takes(self.document, self.transport, self.importing, self)
        self.library = Library(paths.config() / "recent.json", self.document, self)
        self.desk = Desk(
            document=self.document,
            selection=self.selection,
            transport=self.transport,
            jobs=self.jobs,
            clipboard=Clipboard(self),
            library=self.library,
            settings=settings,
            importing=self.importing,
            compare=Compare(self.document, self.selection, self.transport, self.jobs, self.importing, self),
            engines=EngineList(self.compute, self),
            takes=self.takes,
            capture=self.capture,
            asks=Nobody(),
            view=Nowhere(),
        )
        self._ended = False
        self.document.changed.connect(self.selection.keep_to)
        self._left: tuple[LeftBehind, ...] = ()
        self._housekeeping = Housekeeping(self.document, self.jobs, settings, self.desk.background, self)
        self.takes.found.connect(self._offer)
        self.desk.separating.found.connect(self._offer)
        self.importing.imported.connect(self._first_import)
        self.desk.background.failed.connect(lambda why: self.desk.asks.show(why))
        self.window = window or MainWindow(themes.chosen(settings.value.appearance.theme))
        self.window.installEventFilter(self)
        application.commitDataRequest.connect(lambda _session: self.document.flush())

    def begin(self, asked: Sequence[Path] = ()) -> None:
        """Fill the window, open what was asked for, or the last project, or a new one; then start the workers."""
        self.window.show()
        for _ in self.beginning(asked):
            pass

    def beginning(self, asked: Sequence[Path] = ()) -> Iterator[None]:
        """The same in pieces: the window is on the screen already, and handles events in between."""
        files = self._open_first(asked)
        yield
        yield from self.window.filling(self.desk)
        QTimer.singleShot(0, self, lambda: self._after_filling(files))

    def end(self) -> None:
        """Stop and place a take, write what is left, end the workers. Harmless when called twice."""
        if self._ended:
            return
        self._ended = True
        self.desk.compare.stop()
        self._finish_take()
        self.takes.close()
        self.desk.separating.close()
        self.desk.close_speaking()
        self.desk.close_models()
        self.desk.background.close()
        self.desk.close_video()
        self.desk.close_singing()
        self.document.close()
        self.library.close()
        self.settings.close()
        workers = (self.live, self.compute, self.capture)
        for worker in workers:
            worker.stop(_WORKER_GRACE_MS)
        for worker in workers:
            worker.finish(_WORKER_GRACE_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """See the person who wants to close the window."""
        if (
            watched is self.window
            and isinstance(event, QCloseEvent)
            and not self._ended
            and not leaving.may_leave(self.desk)
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _open_first(self, asked: Sequence[Path]) -> tuple[Path, ...]:
        """Open a project to begin with; return the files that are to be imported into it."""
        projects = [path for path in asked if opening.project_folder(path) is not None]
        files = tuple(path for path in asked if path not in projects)
        wanted = opening.project_folder(projects[0]) if projects else None
        if wanted is None and not files and self.settings.value.start.reopen_last:
            wanted = opening.last_project(self.library)
        if wanted is None or not opening.open_path(self.desk, wanted):
            opening.open_new(self.desk)
        return files

    def _after_filling(self, files: Sequence[Path]) -> None:
        if self._ended:  # closed in the moment in which it opened
            return
        self.desk.view.zoom_fit()  # the timeline has its size only now
        sweep()  # shared memory of processes that were killed
        self.live.start()
        self.compute.start()
        self.compute.ready.connect(self.capture.start)
        if self.settings.notice is not None:
            self.desk.asks.show(self.settings.notice)
        if files:
            opening.open_dropped(self.desk, files)
        separating = self.desk.separating
        self.document.folder_changed.connect(lambda: QTimer.singleShot(0, self, self._offer_speech))
        untitled = untitled_left(self.document.folder)
        self._offer((*untitled, *separating.left_behind, *self._speech_left(), *captures_left()))
        self.desk.background.do(lambda _report: separating.batch.left(), self._offer_files)

    def _first_import(self, _media: Media) -> None:
        if len(self.document.project.media) == 1:
            QTimer.singleShot(0, self, self.desk.view.zoom_fit)  # once the timeline is on the screen

    def _offer(self, found: tuple[LeftBehind, ...]) -> None:
        """Show what was left behind, takes of this project first, together with what is still being shown."""
        here = str(self.document.folder)

        def of_here(kind: str) -> tuple[LeftBehind, ...]:
            mine = tuple(one for one in self._left if one.kind == kind and one.folder == here)
            return tuple(one for one in found if one.kind == kind) or mine

        elsewhere = tuple(
            one
            for one in (*self._left, *found)
            if one.kind == "files" or (one.kind == "project" and one.folder != here)
        )
        mine = of_here("take") + of_here("work") + self._speech_left()
        self._left = mine + tuple(dict.fromkeys(elsewhere)) + captures_left()
        if found and self._left:
            self.desk.asks.recover(self._left)

    def _offer_files(self, lists: tuple[KeptList, ...]) -> None:
        self.desk.separating.batch.adopt(lists)
        self._offer(self.desk.separating.batch.left_behind)
        self._housekeeping.begin()

    def _offer_speech(self) -> None:
        self._offer(self._speech_left())

    def _speech_left(self) -> tuple[LeftBehind, ...]:
        """Lines of the open project that an earlier run was to speak; where there are none, nobody asks for a voice."""
        if not self.document.is_open or not paths.unspoken(self.document.folder).is_file():
            return ()
        return self.desk.speaking.left_behind

    def _finish_take(self) -> None:
        if not self.transport.recording:
            return
        self.transport.stop()
        _run_until(lambda: not self.transport.recording, _TAKE_GRACE_S)


def picture(
    project: Path | None,
    png: Path,
    *,
    size: tuple[int, int] = (1440, 900),
    theme: themes.Name = "dark",
    prepare: Callable[[Studio], None] | None = None,
    files: Sequence[Path] = (),
    wait_s: float = 60.0,
) -> None:
    """Write a picture of the real window with a project open, also where there is no display.

    Waits until every job has ended and every waveform in sight is drawn; `prepare` may select, zoom or break
    something first. StudioError when it does not become ready in time or the file cannot be written.
    """
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    settings = SettingsFile(paths.config() / "settings.json")
    application = make_application(settings)
    palette = themes.chosen(theme)
    palette.apply(application)
    studio = Studio(application, settings, MainWindow(palette))
    try:
        studio.window.fill(studio.desk)
        studio.window.resize(*size)
        if QApplication.platformName() == "offscreen":  # its pointer begins in the corner, over the menu
            QCursor.setPos(*size)
        if project is None:
            opening.open_new(studio.desk)
        elif not opening.open_path(studio.desk, project):
            raise _no_picture("The project could not be opened.")
        studio.window.show()
        studio.compute.start()
        if files:
            studio.importing.add(files)
        if prepare is not None:
            _run_until(lambda: not studio.jobs.busy, wait_s)
            prepare(studio)
        _run_until(lambda: bool(studio.desk.engines.device), wait_s)
        if not _run_until(lambda: not studio.jobs.busy and opening.pictures_are_there(studio.desk), wait_s):
            raise _no_picture("The waveforms were not ready in time.")
        _run_until(lambda: False, 0.1)  # the layout settles
        studio.desk.view.zoom_fit()
        studio.window.parts.timeline.finish()
        if not _seen(studio.window).save(str(png), "PNG"):
            raise _no_picture(f"{png.name} cannot be written.")
    finally:
        studio.end()
        studio.window.close()
        studio.window.deleteLater()
        studio.deleteLater()


def run(studio: Studio, command: str) -> bool:
    """Do what a menu entry does, by its id."""
    return run_command(BY_ID[command], studio.desk)


def _run_until(is_done: Callable[[], bool], at_most_s: float) -> bool:
    """Handle events until something is true; False when the time is over."""
    stop_s = time.monotonic() + at_most_s
    while not is_done():
        if time.monotonic() >= stop_s:
            return False
        waiting = QEventLoop()
        QTimer.singleShot(20, waiting.quit)
        waiting.exec()
    return True


def _seen(window: MainWindow) -> QPixmap:
    """The window with the dialogs that are open over it, each in the middle."""
    whole = window.grab()
    painter = QPainter(whole)
    for dialog in window.findChildren(QDialog):
        if dialog.isVisible():
            corner = window.rect().center() - dialog.rect().center()
            painter.drawPixmap(corner, dialog.grab())
            painter.setPen(window.theme.strong_line)
            painter.drawRect(dialog.rect().translated(corner))
    painter.end()
    return whole


def _no_picture(cause: str) -> StudioError:
    return StudioError("picture", "No picture was made.", cause=cause, remedy="Try again, or look at the log.")
