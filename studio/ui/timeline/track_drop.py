"""Files and media dropped upon the tracks."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from studio.session import placing
from studio.session.desk import Desk
from studio.ui.drop import media_in
from studio.ui.timeline.sight import Sight


class TrackDrop(QObject):
    """Puts what is dropped where it is dropped; `x` is the line that shows where that would be."""

    def __init__(self, desk: Desk, sight: Sight, surface: QWidget) -> None:
        super().__init__(surface)
        self._desk, self._sight, self._surface = desk, sight, surface
        self.x: float | None = None
        surface.setAcceptDrops(True)
        surface.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # An entering drag is a moving one to Qt, and a leaving one carries nothing.
        if isinstance(event, QDragEnterEvent):
            if event.mimeData().hasUrls() or media_in(event.mimeData()) is not None:
                event.acceptProposedAction()
            return True
        if isinstance(event, QDragMoveEvent):
            self._point(event.position().x())
            event.acceptProposedAction()
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._point(None)
        elif isinstance(event, QDropEvent):
            self._point(None)
            self._take(event)
            return True
        return super().eventFilter(watched, event)

    def _point(self, x: float | None) -> None:
        self.x = x
        self._surface.update()

    def _take(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        row = self._sight.rows.at(event.position().y() + self._sight.top)
        at = max(round(self._sight.viewport.sample_at(event.position().x())), 0)
        track = row.track if row is not None else None
        media, project = media_in(event.mimeData()), self._desk.document.project
        if media is not None:
            self._desk.document.do(placing.placed_import(project, project.medium(media), track, at))
            event.acceptProposedAction()
        elif files:
            self._desk.importing.add(files, at if track is not None else 0, track)
            event.acceptProposedAction()
