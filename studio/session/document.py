"""The project that is open: its value, its undo, its folder, and the promise that every edit reaches the disk."""

import threading
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop, QLockFile, QObject, Qt, QTimer, Signal, Slot

from studio import paths
from studio.errors import Explanation, StudioError
from studio.media import journal as journals
from studio.media.disk import Disk
from studio.media.generation import NEWEST
from studio.media.journal import Did, Entry, WentTo
from studio.media.moving import carry_sound, clear, is_untouched, remove_project, takes_long, told_of
from studio.media.store import ProjectStore, is_project
from studio.media.takes import is_recording
from studio.model.edits import Edit, RenameProject
from studio.model.history import History
from studio.model.project import Project
from studio.session.saving import Saving
from studio.session.untitled import UNTITLED, fresh_folder

GENERATION_EVERY_MS: Final = 120_000
LOCK: Final = ".lock"


class Document(QObject):
    """Holds the current project and its history, and says when it changed. UI thread only.

    Without a folder (before `open` or `new_untitled`, after `close`) it holds an empty project and takes no edits.
    What a person does is in memory at once and on the disk a moment later; when that fails, `trouble` says so, and
    it is tried again for as long as the document is open.
    """

    changed = Signal(object)  # the new Project
    history_changed = Signal()
    folder_changed = Signal()
    trouble = Signal(object)  # Explanation
    saved = Signal(int)  # the position up to which everything is on the disk

    _was_saved = Signal(int)
    _was_not_saved = Signal(object)
    _was_copied = Signal()

    def __init__(self, parent: QObject | None = None, *, disk: Disk | None = None) -> None:
        super().__init__(parent)
        self._disk = disk or Disk()
        self._history = History(base=Project())
        self._folder: Path | None = None
        self._saving: Saving | None = None
        self._lock: QLockFile | None = None
        self._read_only: Explanation | None = None
        self._notices: tuple[Explanation, ...] = ()
        self._untitled = False
        self._was_saved.connect(self._tell_saved, Qt.ConnectionType.QueuedConnection)
        self._was_not_saved.connect(self._tell_not_saved, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(GENERATION_EVERY_MS)
        self._timer.timeout.connect(self.save_now)

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self._history.project

    @property
    def history(self) -> History:
        """The project with all that can be undone and redone."""
        return self._history

    @property
    def folder(self) -> Path:
        """Where the project lies; StudioError when none is open."""
        if self._folder is None:
            raise _none_open()
        return self._folder

    @property
    def is_open(self) -> bool:
        """Whether a project is open."""
        return self._folder is not None

    @property
    def history_labels(self) -> tuple[str, ...]:
        """What each step did, oldest first, undone ones included."""
        return self._history.labels

    @property
    def position(self) -> int:
        """How many steps are in force."""
        return self._history.position

    @property
    def undo_label(self) -> str:
        """What undo would take back, for the menu; empty when there is nothing."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str:
        """What redo would do again; empty when there is nothing."""
        return self._history.redo_label

    @property
    def read_only(self) -> Explanation | None:
        """Why nothing can be changed here; None when it can."""
        return self._read_only

    @property
    def notices(self) -> tuple[Explanation, ...]:
        """What was unusual when the project was opened; `trouble` said the same."""
        return self._notices

    @property
    def is_untitled(self) -> bool:
        """Whether the project has no place of its own yet."""
        return self._untitled

    @property
    def not_saved(self) -> Explanation | None:
        """Why the last thing that was done is not on the disk; None when it is, or is on its way."""
        return self._saving.trouble if self._saving else None

    def open(self, folder: Path | str) -> None:
        """Open a project (its folder, or the `project.json` in it) in the place of this one.

        Opens read-only where another window has it, or a newer version made it. StudioError where there is no
        project that can be read; then the open one stays open.
        """
        folder = _project_folder(Path(folder))
        if folder == self._folder:
            return
        lock, locked_out = _locked(folder)
        try:
            opened = ProjectStore.open(folder, disk=self._disk)
        except StudioError:
            _unlock(lock)
            raise
        read_only = opened.read_only or locked_out
        if read_only is not None:
            _unlock(lock)
            lock = None
        notices = (*opened.notices, *((locked_out,) if locked_out and opened.read_only is None else ()))
        self.close()
        self._read_only, self._notices, self._lock = read_only, notices, lock
        self._begin(folder, opened.history, None if read_only else opened.store)
        for notice in notices:
            self.trouble.emit(notice)

    def new_untitled(self, project: Project | None = None) -> None:
        """Start a project, empty unless given, which is on the disk from its first moment, among the untitled ones."""
        folder = fresh_folder(paths.untitled())
        history = History(base=project or Project(name=UNTITLED))
        store = ProjectStore.create(folder, history.project, disk=self._disk)
        lock, _ = _locked(folder)
        self.close()
        self._lock = lock
        self._begin(folder, history, store)

    def save_as(self, folder: Path | str) -> None:
        """Put the project with its sound and its undo into a new folder, and go on there.

        An untitled project moves; any other stays where it was, as it was. Works where saving in the old folder
        does not. StudioError when the new place cannot be written to; then everything stays as it is.
        """
        folder = Path(folder).absolute()
        old = self.folder
        self.end_gesture()
        if is_project(folder) or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise StudioError(
                "save_as.taken",
                "The project was not saved there.",
                cause=f"There is something in “{folder.name}” already.",
                remedy="Choose a new name or an empty folder.",
            )
        if folder.resolve().is_relative_to(old.resolve()):
            raise StudioError(
                "save_as.inside",
                "The project was not saved there.",
                cause="The new folder would lie inside the old one.",
                remedy="Choose a folder beside it.",
            )
        if is_recording(old):
            raise StudioError(
                "save_as.recording",
                "The project was not saved there.",
                cause="A recording is running in it.",
                remedy="Stop recording first.",
            )
        existed = folder.exists()
        try:
            if takes_long(old, folder):
                self._copy_without_waiting(old, folder)
            self.flush()
            carry_sound(old, folder, disk=self._disk)  # also what arrived while the rest was copied
            history = self._history
            if self._untitled and history.project.name == UNTITLED:
                history = history.do(RenameProject(name=folder.name))
            store = ProjectStore.create(folder, history.project, history=history, disk=self._disk)
        except StudioError as error:
            clear(folder, keep=existed)
            raise told_of(folder, error) from None
        remove = self._untitled and self._read_only is None
        self._end()
        if remove:
            remove_project(old)
        self._read_only, self._notices = None, ()
        self._lock, _ = _locked(folder)
        self._begin(folder, history, store)

    def _copy_without_waiting(self, old: Path, new: Path) -> None:
        """Copy sound to another drive; the window goes on drawing, and takes no clicks until it is done."""
        failed: list[StudioError] = []
        loop = QEventLoop()

        def copy() -> None:
            try:
                carry_sound(old, new, disk=self._disk)
            except StudioError as error:
                failed.append(error)
            self._was_copied.emit()

        self._was_copied.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
        thread = threading.Thread(target=copy, name="copying", daemon=True)
        thread.start()
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        thread.join()
        self._was_copied.disconnect(loop.quit)
        if failed:
            raise failed[0]
        if self._folder != old:
            raise _none_open()  # closed meanwhile, by a signal that ends the program

    def close(self) -> bool:
        """Write what is left and let the project go; False when not everything could be written.

        An untitled project in which nothing was ever done leaves nothing behind.
        """
        if self._folder is None:
            return True
        folder = self._folder
        leaves_nothing = self._untitled and self._read_only is None and is_untouched(folder, self._history)
        written = self._end()
        if leaves_nothing:
            remove_project(folder)
        self._folder, self._history, self._untitled = None, History(base=Project()), False
        self._read_only, self._notices = None, ()
        return written

    def do(self, edit: Edit) -> None:
        """Make an edit: an undo step of its own, or part of the last one when it continues the same gesture.

        StudioError, and nothing changed, when the edit is impossible or the document is open for reading only.
        """
        self._check_changeable()
        entry = Did(edit, self._history.continues(edit))
        after = self._history.do(edit)
        if after is not self._history:
            _check_writable_down(entry)
            self._become(after, entry)

    def end_gesture(self) -> None:
        """The mouse was released: the next edit starts a new undo step."""
        self._history = self._history.end_gesture()

    def undo(self) -> None:
        """Take the last step back, if there is one."""
        self.go_to(self._history.position - 1)

    def redo(self) -> None:
        """Do the next step again, if there is one."""
        self.go_to(self._history.position + 1)

    def go_to(self, position: int) -> None:
        """Have so many steps in force, as near as there are steps."""
        if self._read_only is None and self._folder is not None:
            after = self._history.go_to(position)
            if after.position != self._history.position:
                self._become(after, WentTo(after.position))

    def save_now(self) -> None:
        """Write a generation soon, if anything was done since the last one; the timer asks every two minutes."""
        if self._saving is not None:
            self._saving.want_generation()

    def flush(self) -> bool:
        """Wait until every edit is on the disk; False when that failed. For closing, and for tests."""
        return self._saving is None or self._saving.flush()

    def _begin(self, folder: Path, history: History, store: ProjectStore | None) -> None:
        self._folder = folder
        self._history = history
        self._untitled = folder.parent == paths.untitled().absolute()
        if store is not None:
            self._saving = Saving(store, history, saved=self._was_saved.emit, failed=self._was_not_saved.emit)
            self._timer.start()
        self.folder_changed.emit()
        self.changed.emit(history.project)
        self.history_changed.emit()

    def _end(self) -> bool:
        """Stop writing and unlock the folder; False when not everything could be written."""
        self._timer.stop()
        written = self._saving is None or self._saving.end()
        self._saving = None
        _unlock(self._lock)
        self._lock = None
        return written

    def _become(self, after: History, entry: Entry) -> None:
        before, self._history = self._history, after
        if self._saving is not None:
            self._saving.add((entry,), after)
        if after.project is not before.project:
            self.changed.emit(after.project)
        self.history_changed.emit()

    def _check_changeable(self) -> None:
        if self._read_only is not None:
            raise StudioError(
                "document.read_only",
                "Nothing was changed.",
                cause=f"{self._read_only.title} {self._read_only.cause}",
                remedy="Save a copy to another folder and go on with that.",
            )
        if self._folder is None:
            raise _none_open()

    @Slot(int)
    def _tell_saved(self, position: int) -> None:
        self.saved.emit(position)

    @Slot(object)
    def _tell_not_saved(self, why: Explanation) -> None:
        self.trouble.emit(why)


def _none_open() -> StudioError:
    return StudioError(
        "document.none", "No project is open.", cause="It was closed.", remedy="Open one, or start a new one."
    )


def _project_folder(path: Path) -> Path:
    path = path.absolute()
    return path.parent if path.name == NEWEST and not path.is_dir() else path


def _check_writable_down(entry: Entry) -> None:
    try:
        journals.check(entry)
    except ValueError as wrong:
        raise StudioError(
            "edit.unwritable",
            "Nothing was changed.",
            cause="A name in it has characters that cannot be written to a file.",
            remedy="Use another name.",
        ) from wrong


def _locked(folder: Path) -> tuple[QLockFile | None, Explanation | None]:
    """The lock of a project's folder, or why it cannot be had: another window has it, or nobody may write there."""
    lock = QLockFile(str(folder / LOCK))
    lock.setStaleLockTime(0)  # a lock does not get old; that its holder died is noticed at once
    if lock.tryLock(0):
        return lock, None
    if lock.error() == QLockFile.LockError.LockFailedError:
        pid, host, _app = lock.getLockInfo()
        return None, Explanation(
            code="open.in_use",
            title="This project is open for reading only.",
            cause=f"It is open in another window of the studio (process {pid} on {host}).",
            remedy="Go on in that window, or save a copy to another folder.",
        )
    return None, Explanation(
        code="open.forbidden",
        title="This project is open for reading only.",
        cause="Its folder cannot be written to.",
        remedy="Allow writing there and open it again, or save a copy to another folder.",
    )


def _unlock(lock: QLockFile | None) -> None:
    if lock is not None:
        lock.unlock()
