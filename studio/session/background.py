"""File work that takes a while and needs no worker (copying a project, looking for sound), off the UI thread."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from studio.errors import Cancelled, Explanation, StudioError, explain

_Result = TypeVar("_Result")
Report = Callable[[float, str], None]


class Background(QObject):
    """Does one piece of work after the other; what comes of it is handed over on the UI thread."""

    failed = Signal(object)  # Explanation
    changed = Signal()

    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")
        self._waiting = 0
        self._closing = threading.Event()
        self._done.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether something is still being done."""
        return self._waiting > 0

    def do(self, work: Callable[[Report], _Result], then: Callable[[_Result], None]) -> None:
        """Do the work on the thread, then hand what it returned to `then`; a StudioError goes to `failed`.

        The work reports how far it is, and is called off that way when the studio closes.
        """

        def run() -> None:
            try:
                result = work(self._report)
            except Cancelled:
                return
            except (StudioError, OSError) as error:
                why = explain(error) if isinstance(error, StudioError) else _no_access(error)
                self._done.emit(lambda: self.failed.emit(why))
            else:
                self._done.emit(lambda: then(result))

        self._waiting += 1
        self.changed.emit()
        self._thread.submit(run)

    def close(self) -> None:
        """Call off what was begun, which leaves nothing half done, and end the thread."""
        self._closing.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _report(self, _fraction: float, _stage: str) -> None:
        if self._closing.is_set():
            raise Cancelled

    @Slot(object)
    def _finish(self, deliver: Callable[[], None]) -> None:
        self._waiting -= 1
        try:
            deliver()
        except StudioError as error:
            self.failed.emit(explain(error))
        self.changed.emit()


def _no_access(error: OSError) -> Explanation:
    return Explanation(
        code="file.no_access",
        title="The files could not be read or written.",
        cause=f"The system says: {error.strerror or error}.",
        remedy="Check the drive and its permissions, then try again.",
        detail=str(error),
    )
