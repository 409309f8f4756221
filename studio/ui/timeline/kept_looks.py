"""How high each track stands and what it shows, remembered for every project: no part of it, and never undone."""

from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from PySide6.QtCore import QObject, QTimer

from studio import paths
from studio.model.project import TrackId
from studio.session.document import Document
from studio.ui import layout_file
from studio.ui.timeline.rows import HIGHEST, LOWEST
from studio.ui.timeline.scene import TrackLook
from studio.ui.timeline.sight import Sight

_KEEP_AFTER_MS: Final = 500


class Looks(Struct, frozen=True):
    """What a person chose for the tracks of one project; a track that is not here is seen as usual."""

    heights_px: dict[TrackId, int] = {}
    looks: dict[TrackId, TrackLook] = {}


class KeptLooks(QObject):
    """Puts the looks of the open project into its `Sight`, and writes them down when they change.

    A project that is saved in another folder keeps the looks that it has; one that is opened gets its own.
    """

    def __init__(self, document: Document, sight: Sight, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._sight = document, sight
        self._file: Path | None = None
        self._written = Looks()
        self._timer = QTimer(self, singleShot=True, interval=_KEEP_AFTER_MS)
        self._timer.timeout.connect(self.keep)
        document.folder_changed.connect(self._folder_changed)
        sight.laid_out.connect(self._sight_changed)
        sight.looks_changed.connect(self._sight_changed)
        self._folder_changed()

    def keep(self) -> None:
        """Write the looks down now, if they are others than before."""
        self._timer.stop()
        now = self._now()
        if self._file is not None and now != self._written:
            layout_file.save(self._file, now)
            self._written = now

    def _now(self) -> Looks:
        return Looks(dict(self._sight.heights), dict(self._sight.looks))

    def _sight_changed(self) -> None:
        if self._now() != self._written:
            self._timer.start()

    def _folder_changed(self) -> None:
        self.keep()
        if not self._document.is_open:
            self._file = None
            return
        self._file = paths.looks(self._document.folder)
        known = _read(self._file)
        tracks = {track.id for track in self._document.project.tracks}
        if known is None and tracks & (self._sight.heights.keys() | self._sight.looks.keys()):
            self._written = Looks()  # it was saved in another folder, for which nothing is written yet
            self.keep()
            return
        self._written = known or Looks()
        self._sight.restore(self._written.heights_px, self._written.looks)


def _read(file: Path) -> Looks | None:
    try:
        kept = msgspec.json.decode(file.read_bytes(), type=Looks)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    heights = {track: min(max(height, LOWEST), HIGHEST) for track, height in kept.heights_px.items()}
    return Looks(heights, kept.looks)
