"""The melodies of a project, opened away from the window's thread."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QRunnable, QThreadPool, Signal, SignalInstance, Slot

from studio.errors import StudioError, explain
from studio.media.curve import read_curve
from studio.model.project import Pitch, PitchId
from studio.session.desk import Desk
from studio.ui.timeline.melody import Melody


class Melodies(QObject):
    """Opens the curves of a project on a thread and keeps them. A curve is immutable, so nothing is read twice."""

    ready = Signal()
    _opened = Signal(object, object)  # PitchId, Melody or Explanation

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._known: dict[tuple[PitchId, str], Melody | None] = {}
        self._pool = QThreadPool(self, maxThreadCount=1)
        self._opened.connect(self._keep)

    def of(self, pitch: Pitch) -> Melody | None:
        """The melody, or None while it is being opened or when its file is gone."""
        key = (pitch.id, pitch.file)
        if key not in self._known:
            self._known[key] = None
            document = self._desk.document
            self._pool.start(_Open(pitch, document.folder, document.project.rate_hz, self._opened))
        return self._known[key]

    def wait(self) -> None:
        """Return when everything that was asked for has been read."""
        self._pool.waitForDone()
        QCoreApplication.sendPostedEvents(self)

    def forget(self) -> None:
        """Another project: nothing that was read belongs to it."""
        self._known.clear()

    @Slot(object, object)
    def _keep(self, pitch: Pitch, melody: object) -> None:
        if isinstance(melody, Melody):
            self._known[pitch.id, pitch.file] = melody
            self.ready.emit()


class _Open(QRunnable):
    """Maps a curve and makes its levels, away from the window's thread."""

    def __init__(self, pitch: Pitch, folder: Path, rate_hz: int, done: SignalInstance) -> None:
        super().__init__()
        self._pitch, self._folder, self._rate_hz = pitch, folder, rate_hz
        self._done = done

    def run(self) -> None:
        try:
            curve = read_curve(self._folder, self._pitch)
            found: object = Melody(self._pitch, curve, self._rate_hz)
        except StudioError as error:
            found = explain(error)
        try:
            self._done.emit(self._pitch, found)
        except RuntimeError:  # the window was closed meanwhile
            return
