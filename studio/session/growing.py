"""Hearing stems while they are made."""

from PySide6.QtCore import QObject, Signal

from studio.model.project import Media, MediaId, Project
from studio.protocol.jobs import GrowingStem
from studio.session.document import Document
from studio.session.listening import Listening, alone
from studio.session.separating import Growing, Separating
from studio.session.transport import Transport


class GrowingSound(QObject):
    """Plays one stem of the separation that is running, as far as it is there; it goes on as more comes.

    Nothing of it is in the project: what lands there is another sound. UI thread only.
    """

    changed = Signal()

    def __init__(
        self, document: Document, transport: Transport, separating: Separating, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._separating = document, separating
        self._listening = Listening(transport, document, self)
        self._now: Growing | None = None
        self._listening.changed.connect(self.changed)
        separating.grew.connect(self._follow)

    @property
    def heard(self) -> str:
        """The stem that sounds now, "" while none does."""
        return self._listening.heard

    def hear(self, stem: str) -> None:
        """Play a stem, or switch to it at the same place; the one that sounds is stopped."""
        self._listening.hear(stem)

    def _follow(self) -> None:
        before, self._now = self._now, next(reversed(self._separating.growing), None)
        now = self._now
        if now is None:
            self._listening.offer({}, 0, 0)
        elif before is None or before.stems != now.stems:
            start = now.piece.clip.start
            versions = {stem.name: self._alone(now, stem) for stem in now.stems}
            self._listening.offer(versions, start, start + now.piece.clip.length)
        elif before.frames != now.frames:
            for stem in now.stems:
                self._listening.replace(stem.name, self._alone(now, stem))

    def _alone(self, growing: Growing, stem: GrowingStem) -> Project:
        media = Media(
            id=MediaId(f"{stem.name}-{growing.frames}"),
            name=stem.name,
            file=stem.file,
            rate_hz=stem.rate_hz,
            channels=stem.channels,
            length=growing.frames,
        )
        return alone(self._document.project, media, growing.piece.clip.start, 0, growing.frames)
