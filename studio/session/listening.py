"""Hearing something that is not in the project: tried stems, one engine after the other, without a gap."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from studio.model.project import Clip, ClipId, Media, Project, Track, TrackId
from studio.session.document import Document
from studio.session.transport import Transport


class Listening(QObject):
    """Plays one of several versions of the same stretch. `hear` begins, or switches at the same place.

    Nothing of it is in the project; any edit, and `stop`, leads back to the project as it is. UI thread only.
    """

    changed = Signal()

    def __init__(self, transport: Transport, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._transport = transport
        self._versions: dict[str, Project] = {}
        self._start = self._stop = 0
        self._heard = ""
        transport.state_changed.connect(self._follow)
        document.changed.connect(self._project_changed)

    @property
    def heard(self) -> str:
        """The version that sounds now, "" while none does."""
        return self._heard

    def offer(self, versions: Mapping[str, Project], start: int, stop: int) -> None:
        """Have these to choose from, between two timeline samples."""
        self.stop()
        self._versions = dict(versions)
        self._start, self._stop = start, stop
        self.changed.emit()

    def hear(self, version: str) -> None:
        """Play a version from the beginning, or go on in it where another one is playing; the same again stops."""
        if version == self._heard:
            self.stop()
            return
        if version not in self._versions:
            return
        going = bool(self._heard)
        self._heard = version
        self._transport.audition(self._versions[version])
        if not going:
            self._transport.play(self._start, self._stop)
        self.changed.emit()

    def replace(self, version: str, project: Project) -> None:
        """Let a version sound otherwise from now on, for instance at another volume."""
        self._versions[version] = project
        if self._heard == version:
            self._transport.audition(project)

    def stop(self) -> None:
        """Be silent, and give the transport back to the project."""
        if self._heard:
            self._heard = ""
            self._transport.stop()
            self._transport.audition(None)
            self.changed.emit()

    def _follow(self) -> None:
        if self._heard and not self._transport.playing:
            self._heard = ""
            self._transport.audition(None)
            self.changed.emit()

    def _project_changed(self, _project: object) -> None:
        if self._heard:
            self._heard = ""
            self._transport.stop()
            self.changed.emit()


def alone(project: Project, media: Media, start: int, source_start: int, length: int, gain_db: float = 0.0) -> Project:
    """A project in which nothing but a stretch of one sound is heard, at timeline sample `start`."""
    clip = Clip(
        id=ClipId("heard"), media=media.id, source_start=source_start, start=start, length=length, gain_db=gain_db
    )
    track = Track(id=TrackId("heard"), name=media.name, clips=(clip,))
    return Project(name=project.name, rate_hz=project.rate_hz, media=(media,), tracks=(track,))
