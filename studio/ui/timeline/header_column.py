"""The heads of all tracks in one column that scrolls with them; a head is made when its row is first seen."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.model.project import Project, TrackId
from studio.session.desk import Desk
from studio.session.placing import take_number
from studio.ui.theme import Theme, wear
from studio.ui.timeline.growing_lanes import GrowingLanes
from studio.ui.timeline.lane_head import LaneHead
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.take_head import TakeHead
from studio.ui.timeline.track_header import WIDTH, TrackHeader


class HeaderColumn(QWidget):
    """Places track heads beside their rows."""

    menu_wanted = Signal(QPoint, str)  # global place, TrackId

    def __init__(
        self, desk: Desk, theme: Theme, sight: Sight, growing: GrowingLanes, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._growing = growing
        self.lanes: tuple[LaneHead, ...] = ()
        self._desk = desk
        self._theme = theme
        self._sight = sight
        self._headers: dict[TrackId, TrackHeader] = {}
        self.take = TakeHead(theme, self)
        self.setFixedWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Track heads")
        desk.document.changed.connect(self._project_changed)
        desk.selection.changed.connect(self._selection_changed)
        sight.moved.connect(self._place)
        sight.laid_out.connect(self._place)
        desk.transport.state_changed.connect(self._place)
        growing.changed.connect(self._show_lanes)
        desk.growing.changed.connect(self._show_lanes)
        self._place()

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette; the heads are told by themselves."""
        self._theme = theme
        self.update()

    def header(self, track: TrackId) -> TrackHeader | None:
        """The head of a track, if it has been seen."""
        return self._headers.get(track)

    @property
    def headers(self) -> tuple[TrackHeader, ...]:
        """The heads that were made so far."""
        return tuple(self._headers.values())

    def _project_changed(self, project: Project) -> None:
        tracks = {track.id: track for track in project.tracks}
        for gone in self._headers.keys() - tracks.keys():
            header = self._headers.pop(gone)
            header.hide()
            header.deleteLater()
        for track, header in self._headers.items():
            header.show_track(tracks[track])
        self._place()

    def _selection_changed(self) -> None:
        for header in self._headers.values():
            header.update()

    def _place(self) -> None:
        seen = {row.track: row for row in self._sight.rows.visible(self._sight.top, self.height())}
        for track, header in self._headers.items():
            if track not in seen and not header.isHidden():
                header.hide()
        project = self._desk.document.project
        for track, row in seen.items():
            header = self._headers.get(track) or self._make(project, track)
            header.setGeometry(0, round(row.top - self._sight.top), WIDTH, row.height)
            if header.isHidden():
                header.show()
        self._place_take(project)
        self._place_lanes()

    def _place_take(self, project: Project) -> None:
        """The head of a take that has no track yet."""
        taking = self._desk.transport.take
        coming = taking is not None and self._sight.rows.of(taking.track) is None
        if taking is not None and coming:
            row = self._sight.row_of(taking.track)
            self.take.name(f"Take {take_number(project) + max(0, self._desk.transport.pass_number - 1)}")
            self.take.warn_above_db = self._desk.settings.value.recording.warn_above_db
            self.take.setGeometry(0, round(row.top - self._sight.top), WIDTH, row.height)
        self.take.setVisible(coming)

    def _place_lanes(self) -> None:
        for head, row in zip(self.lanes, self._growing.rows, strict=False):
            top = round(row.top - self._sight.top)
            head.setGeometry(0, top, WIDTH, row.height)
            head.setVisible(top < self.height() and top + row.height > 0)

    def _show_lanes(self) -> None:
        """The heads of the stems that are being made."""
        lanes = self._growing.lanes
        if [head.lane for head in self.lanes] != list(lanes):
            for head in self.lanes:
                head.hide()
                head.deleteLater()
            self.lanes = tuple(LaneHead(lane, self._desk.growing, self._theme, self) for lane in lanes)
            for head in self.lanes:
                wear(self._theme, head)
            self._place_lanes()
        for head in self.lanes:
            head.show_now(self._growing.words)

    def _make(self, project: Project, id: TrackId) -> TrackHeader:
        header = TrackHeader(self._desk, self._theme, self._sight, project.track(id), self)
        header.menu_wanted.connect(self.menu_wanted)
        self._headers[id] = header
        return header

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.panel)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._theme.line)
        painter.end()
