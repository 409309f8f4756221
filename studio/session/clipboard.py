"""What was cut or copied."""

from collections.abc import Iterable

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from studio.model.edits import Piece
from studio.model.project import ClipId, Project


class Clipboard(QObject):
    """Holds one piece of a project. It stands on that project's media, so another project cannot take it."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._piece: Piece | None = None

    @property
    def piece(self) -> Piece | None:
        """What Paste would put down, or None."""
        return self._piece

    def put(self, piece: Piece) -> None:
        """Hold a piece, in place of the one before."""
        self._piece = piece
        self.changed.emit()

    def clear(self) -> None:
        """Hold nothing."""
        if self._piece is not None:
            self._piece = None
            self.changed.emit()

    def why_not(self, project: Project) -> str:
        """Why the piece cannot be pasted into this project; "" when it can."""
        if self._piece is None:
            return "Nothing was copied yet"
        known = {media.id for media in project.media}
        if any(clip.media not in known for lane in self._piece.lanes for clip in lane):
            return "What was copied belongs to another project"
        return ""


def piece_of_clips(project: Project, ids: Iterable[ClipId]) -> Piece:
    """Whole clips as a piece: a lane for each track that has any of them, in the order of the tracks."""
    wanted = set(ids)
    chosen = [[clip for clip in track.clips if clip.id in wanted] for track in project.tracks]
    start = min(clip.start for lane in chosen for clip in lane)
    stop = max(clip.end for lane in chosen for clip in lane)
    return Piece(
        length=stop - start,
        lanes=tuple(tuple(replace(clip, start=clip.start - start) for clip in lane) for lane in chosen if lane),
    )
