"""What the timeline shows just now: belongs to the screen, not to the project, and is not undone."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from studio.model.project import Project, TrackId
from studio.settings.schema import Follow
from studio.ui.timeline.rows import DEFAULT_HEIGHT, Row, Rows
from studio.ui.timeline.scene import TrackLook
from studio.ui.timeline.viewport import WIDEST_ALWAYS_S, Viewport

_STEP = 1.5
_WIDEST_ZOOM, _NARROWEST_ZOOM = 32.0, 0.5


class Sight(QObject):
    """Viewport, vertical scroll, heights and looks of tracks, shared by ruler, tracks and pitch lane."""

    moved = Signal()  # the viewport or the vertical scroll
    laid_out = Signal()  # the rows
    looks_changed = Signal()
    pointed = Signal()  # the time under the mouse

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.viewport = Viewport()
        self.rows = Rows()
        self.top = 0.0
        self.height = 0
        self.length = 0
        self.follow: Follow = "page"
        self.pointer: float | None = None
        """The timeline sample under the mouse, or None when the mouse is elsewhere."""
        self._below = 0
        self._lanes: Mapping[TrackId, int] = {}
        self._project = Project()
        self._heights: dict[TrackId, int] = {}
        self._looks: dict[TrackId, TrackLook] = {}

    @property
    def looks(self) -> Mapping[TrackId, TrackLook]:
        """How a person chose to see tracks; a track that is not here is seen as usual."""
        return self._looks

    @property
    def heights(self) -> Mapping[TrackId, int]:
        """How high a person made rows; one that is not here is as high as there is room."""
        return self._heights

    def restore(self, heights: Mapping[TrackId, int], looks: Mapping[TrackId, TrackLook]) -> None:
        """Show tracks as they were left."""
        self._heights, self._looks = dict(heights), dict(looks)
        self._lay_out()
        self.looks_changed.emit()

    def set_project(self, project: Project) -> None:
        """Rows follow the tracks; the zoom keeps its time when the rate changes."""
        rate_changed = project.rate_hz != self._project.rate_hz
        old_rate_hz = self.viewport.rate_hz
        same_tracks = project.tracks is self._project.tracks
        self._project = project
        self.length = project.length
        if rate_changed:
            ratio = project.rate_hz / old_rate_hz
            old = self.viewport
            self.viewport = Viewport(
                first_sample=old.first_sample * ratio,
                samples_per_px=old.samples_per_px * ratio,
                width_px=old.width_px,
                rate_hz=project.rate_hz,
            )
            self.moved.emit()
        if not same_tracks:
            self._lay_out()

    def set_size(self, width: int, height: int) -> None:
        """The tracks are shown in this many pixels."""
        if height != self.height:
            self.height = height
            self._lay_out()
            self._show_below()
        if width != self.viewport.width_px:
            self.viewport = self.viewport.resized(width)
        self.set_top(self.top)
        self.moved.emit()

    def set_viewport(self, viewport: Viewport, *, beyond: int = 0) -> None:
        """Look elsewhere; kept within the project, or `beyond` samples of it while it grows."""
        clamped = viewport.clamped(max(self.length, beyond))
        if clamped != self.viewport:
            self.viewport = clamped
            self.moved.emit()

    def set_top(self, top: float) -> None:
        """Scroll tracks up and down."""
        kept = (
            min(max(top, 0.0), max(self.rows.height + self._below - self.height / 2, 0.0)) if self._overflows() else 0.0
        )
        if kept != self.top:
            self.top = kept
            self.moved.emit()

    def _overflows(self) -> bool:
        return self.rows.height + self._below > self.height

    def zoom(self, factor: float, about_px: float | None = None) -> None:
        """Zoom about a pixel, or about the middle."""
        about = self.viewport.width_px / 2 if about_px is None else about_px
        self.set_viewport(self.viewport.zoomed(factor, about))

    def zoom_in(self, about_px: float | None = None) -> None:
        """One step closer."""
        self.zoom(_STEP, about_px)

    def zoom_out(self, about_px: float | None = None) -> None:
        """One step back."""
        self.zoom(1 / _STEP, about_px)

    def pan(self, by_px: float) -> None:
        """Scroll in time."""
        self.set_viewport(self.viewport.panned(by_px))

    def fit(self) -> None:
        """Show the whole project; of an empty one as much as a first take may need."""
        span = max(self.length, self.viewport.rate_hz) if self.length else WIDEST_ALWAYS_S * self.viewport.rate_hz
        self.set_viewport(self.viewport.fitted(0, span))

    def show_range(self, start: float, stop: float) -> None:
        """Show exactly a stretch of time."""
        self.set_viewport(self.viewport.fitted(start, stop))

    def set_pointer(self, sample: float | None) -> None:
        """The mouse is over this sample now."""
        if sample != self.pointer:
            self.pointer = sample
            self.pointed.emit()

    def keep_free(self, height: int) -> None:
        """Leave so many pixels below the tracks, for a take that has no track yet, and bring them into view."""
        if height == self._below:
            return
        self._below = height
        self._lay_out()
        self._show_below()

    def set_lanes(self, lanes: Mapping[TrackId, int]) -> None:
        """Leave room for so many lanes below tracks, for tracks that are still to come."""
        if lanes != self._lanes:
            self._lanes = lanes
            self._lay_out()

    def show_rows(self, tracks: Sequence[TrackId]) -> None:
        """Scroll, only if need be, until tracks are in sight, the first of them at least."""
        rows = [row for row in map(self.rows.of, tracks) if row is not None]
        if rows:
            lowest = max(row.bottom for row in rows) - self.height
            self.set_top(min(max(self.top, lowest), min(row.top for row in rows)))

    def _show_below(self) -> None:
        if self._below:
            self.set_top(max(self.top, float(self.rows.height + self._below - self.height)))

    def row_of(self, track: TrackId) -> Row:
        """The row of a track; of one that is still to come, the free row below all others."""
        return self.rows.of(track) or Row(track, self.rows.height, DEFAULT_HEIGHT)

    def set_track_height(self, track: TrackId, height: int) -> None:
        """Make a row higher or lower."""
        self._heights[track] = height
        self._lay_out()

    def scale_heights(self, factor: float) -> None:
        """Make all rows higher or lower."""
        for row in self.rows.all:
            self._heights[row.track] = round(row.height * factor)
        self._lay_out()

    def zoom_track(self, track: TrackId, factor: float) -> None:
        """Stretch the waveform of one track vertically."""
        look = self._looks.get(track, TrackLook())
        zoom = min(max(look.zoom * factor, _NARROWEST_ZOOM), _WIDEST_ZOOM)
        self._look(track, look._replace(zoom=1.0 if abs(zoom - 1.0) < 0.03 else zoom))

    def show_texture(self, track: TrackId, texture: str) -> None:
        """Show a track as spectrogram ("log", "linear"), or as waveform again ("")."""
        self._look(track, self._looks.get(track, TrackLook())._replace(texture=texture))

    def _look(self, track: TrackId, look: TrackLook) -> None:
        self._looks[track] = look
        self.looks_changed.emit()

    def _lay_out(self) -> None:
        self.rows = Rows(self._project.tracks, self._heights, self.height - self._below, self._lanes)
        self.set_top(self.top)
        self.laid_out.emit()
