"""What the live worker has to know before it plays: the project, and the devices to play and record with."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from studio.model.project import Project
from studio.protocol.live import ListDevices, LoadProject, OpenAudio
from studio.session.document import Document
from studio.session.settings_file import SettingsFile
from studio.settings.schema import Settings
from studio.supervision.worker import Worker

_SEND_EVERY_MS: Final = 33


class Briefing(QObject):
    """Tells the worker of every change, of quick ones at most every 33 ms, and a new worker of everything.

    The devices stay as they are while `busy` says that a take depends on them.
    """

    def __init__(
        self,
        worker: Worker,
        document: Document,
        settings: SettingsFile,
        busy: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker, self._document, self._settings, self._busy = worker, document, settings, busy
        self._opened: OpenAudio | None = None
        self._auditioned: Project | None = None
        self._unsent = False
        self._pace = QTimer(self, singleShot=True, interval=_SEND_EVERY_MS)
        self._pace.timeout.connect(self.flush)
        document.changed.connect(self._project_changed)
        document.folder_changed.connect(self._folder_changed)
        settings.changed.connect(self._settings_changed)

    @property
    def auditioned(self) -> Project | None:
        """The other version that is heard; None while it is the project itself."""
        return self._auditioned

    def greet(self) -> None:
        """Tell a new process everything."""
        self._opened = None
        self._open_audio(self._settings.value)
        self._unsent = True
        self.flush()
        self._worker.send(ListDevices())

    def flush(self) -> None:
        """Send the project at once, if it is not the one that was sent."""
        if not self._unsent or self._worker.last_ready is None or not self._document.is_open:
            return
        self._unsent = False
        self._pace.start()
        project = self._auditioned or self._document.project
        if self._opened is not None and self._opened.rate_hz != project.rate_hz and not self._busy():
            self._open_audio(self._settings.value)
        self._worker.send(LoadProject(project=project, project_dir=str(self._document.folder)))

    def repeat(self) -> None:
        """Send the project once more: sound that was missing is there now."""
        self._unsent = True
        self.flush()

    def audition(self, project: Project | None) -> None:
        """Let another version of the project be heard, without a gap; None is the project itself again."""
        self._auditioned = project
        self._unsent = True
        self.flush()

    def _project_changed(self, _project: Project) -> None:
        self._auditioned = None
        self._unsent = True
        if not self._pace.isActive():
            self.flush()

    def _folder_changed(self) -> None:
        self._unsent = True
        self.flush()

    def _settings_changed(self, settings: Settings) -> None:
        if self._opened is not None and not self._busy():
            self._open_audio(settings)

    def _open_audio(self, settings: Settings) -> None:
        wanted = OpenAudio(
            output=settings.playback.device,
            input=settings.recording.device,
            rate_hz=self._document.project.rate_hz,
            block=settings.playback.block,
        )
        if wanted != self._opened:
            self._opened = wanted
            self._worker.send(wanted)
