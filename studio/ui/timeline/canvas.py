"""The tracks: clips drawn over time, and every drag upon them."""

import math
import time
from collections import deque
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.model.project import Project
from studio.session.desk import Desk
from studio.settings.schema import Settings
from studio.ui.theme import Theme
from studio.ui.timeline import overlay
from studio.ui.timeline.clip_painter import Texture
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.coming_apart import ComingApart
from studio.ui.timeline.file_sound import FileSounds
from studio.ui.timeline.growing_lanes import GrowingLanes
from studio.ui.timeline.hand import Hand
from studio.ui.timeline.hit import Hit, hit
from studio.ui.timeline.rows import CLIP_HEADER
from studio.ui.timeline.running_take import RunningTake
from studio.ui.timeline.scene import Scene, TrackLook
from studio.ui.timeline.selected_words import selected_words
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.sound import Loading, Missing
from studio.ui.timeline.spectrogram import AXES, Spectrograms, axis_labels
from studio.ui.timeline.track_drop import TrackDrop
from studio.ui.timeline.wheel import wheel

_IDLE_MS: Final = 40
_KEPT_FRAMES: Final = 2000


class TracksCanvas(QWidget):
    """Shows the project's tracks through a `Sight`. Holds no truth: edits go to the document, one a gesture."""

    menu_wanted = Signal(QPoint, object)  # global place, Hit

    def __init__(
        self, desk: Desk, theme: Theme, sight: Sight, sounds: FileSounds, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._sight = sight
        self._sounds = sounds
        self._colours = Colours(theme)
        self._spectrograms = Spectrograms(sounds, theme, self)
        textures: dict[str, Texture] = {
            "log": self._spectrograms.axis("log"),
            "linear": self._spectrograms.axis("linear"),
        }
        self.scene = Scene(self._colours, sounds, theme.font("label"), textures)
        self._stale = True
        self._hand = Hand(desk, sight, self, self.hit_at, self._show)
        self._drop = TrackDrop(desk, sight, self)
        self.take = RunningTake(desk.transport, sight)
        self._apart = ComingApart(desk.separating, sight)
        self.growing = GrowingLanes(desk, sight, self)
        self._playhead = 0.0
        self._playhead_x = -1
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._continue)
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._idle.timeout.connect(self._read_ahead)
        self.frame_ms: deque[float] = deque(maxlen=_KEPT_FRAMES)
        """How long our own code took for each of the last frames."""
        self.frame_cpu_ms: deque[float] = deque(maxlen=_KEPT_FRAMES)
        """The same in CPU time of this thread, which a busy machine does not stretch."""
        self.scenes_rendered = 0
        """How often the picture of the rows was composed: a moving playhead adds none."""

        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 80)
        self.setAccessibleName("Tracks")
        self.setObjectName("tracks")

        desk.document.changed.connect(self._project_changed)
        desk.selection.changed.connect(self._selection_changed)
        sounds.changed.connect(self._sound_changed)
        sounds.progressed.connect(self.update)
        self.growing.changed.connect(self.update)
        self._spectrograms.ready.connect(self._sound_changed)
        desk.settings.changed.connect(self._settings_changed)
        self._settings_changed(desk.settings.value)
        sight.moved.connect(self._restage)
        sight.laid_out.connect(self._restage)
        sight.looks_changed.connect(self._looks_changed)
        self._project_changed(desk.document.project)
        self._selection_changed()

    # What is shown

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._colours = Colours(theme)
        self._spectrograms.set_theme(theme)
        self.scene.set_colours(self._colours)
        self._restage()

    def set_playhead(self, sample: float) -> None:
        """Move the playhead; only its two pixel columns are painted."""
        self._playhead = sample
        x = round(self._sight.viewport.x_of(sample))
        if x != self._playhead_x:
            for column in (self._playhead_x, x):
                self.update(column - 1, 0, 3, self.height())
            self._playhead_x = x

    @property
    def is_painted(self) -> bool:
        """Whether everything in view is on the screen as it is now."""
        return not self._stale and self.scene.complete

    @property
    def description(self) -> str:
        """What is selected, in words for a screen reader."""
        return selected_words(self._desk.document.project, self._desk.selection, self.scene.name_of)

    def finish(self) -> None:
        """Paint everything that is in view now, however long it takes; for pictures of the window."""
        while self._stale or not self.scene.complete:
            self._stale = False
            self.scene.place(self._sight.viewport, self._sight.rows, self._sight.top)
            self.scene.prepare(self.size(), self.devicePixelRatioF(), budget_s=math.inf)
            if self._spectrograms.busy:
                self._spectrograms.wait()
        self.update()

    def _project_changed(self, project: Project) -> None:
        if self._desk.document.is_open:  # the window is built before a project is opened
            self._sounds.set_project(project, self._desk.document.folder)
        self._hand.project_changed(project)

    def _show(self, project: Project) -> None:
        self.scene.set_project(project)
        self._restage()

    def _restage(self) -> None:
        self._stale = True
        self.update()

    def _settings_changed(self, settings: Settings) -> None:
        self._spectrograms.set_wide(settings.pitch.wide_band)

    def _looks_changed(self) -> None:
        self.scene.set_looks(self._sight.looks)
        self._restage()

    def _sound_changed(self, media: object) -> None:
        self.scene.sound_changed(media)  # type: ignore[arg-type]  # a Qt signal carries any object
        self._restage()

    def _selection_changed(self) -> None:
        self.setAccessibleDescription(self.description)
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        if self._stale:
            self._stage_rows()
        painter = QPainter(self)
        region = event.rect()
        try:
            self.scene.paint(painter, QRectF(region))
            painter.setClipRect(region)
            self._paint_over(painter)
        finally:
            painter.end()
        self.frame_ms.append((time.perf_counter() - begin) * 1000)
        self.frame_cpu_ms.append((time.thread_time() - begin_cpu) * 1000)

    def _stage_rows(self) -> None:
        self._stale = False
        self.scene.place(self._sight.viewport, self._sight.rows, self._sight.top)
        self.scene.prepare(self.size(), self.devicePixelRatioF())
        self.scenes_rendered += 1
        self._playhead_x = round(self._sight.viewport.x_of(self._playhead))
        (self._idle if self.scene.complete else self._more).start()

    def _continue(self) -> None:
        if not self.scene.complete:
            self._restage()

    def _read_ahead(self) -> None:
        if not self._hand.busy and self.scene.complete and not self._stale:
            if self.scene.read_ahead(self.size(), self.devicePixelRatioF()):
                self._idle.start()
            self._sounds.look_again()

    def _paint_over(self, painter: QPainter) -> None:
        desk, sight, colours = self._desk, self._sight, self._colours
        self.growing.paint(painter, colours.theme, self.width())
        if self._sounds.unready:
            for row, clip in self.scene.in_view(self.height()):
                state = self._sounds.of(clip.media)
                if isinstance(state, Loading | Missing):
                    overlay.paint_unready(painter, clip, row, state, sight, colours.theme)
        self._paint_axes(painter)
        overlay.paint_selection(painter, desk.selection, sight, colours)
        chosen = set(desk.selection.clips)
        if chosen:
            for row, clip in self.scene.in_view(self.height()):
                if clip.id in chosen:
                    overlay.paint_outline(painter, overlay.clip_box(clip, row, sight), colours.accent)
        self._paint_hover(painter)
        self._apart.paint(painter, colours.theme, self._desk.document.project)
        self.take.paint(painter, colours.theme, self.width())
        if self._drop.x is not None:
            painter.fillRect(QRectF(self._drop.x - 1, 0, 2, self.height()), colours.accent)
        painter.fillRect(QRectF(self._playhead_x, 0, 1, self.height()), colours.playhead)
        words = self._hand.words
        if words is not None:
            overlay.paint_pill(painter, *words, colours)
        if self.hasFocus():
            overlay.focus_frame(painter, QRectF(self.rect()), colours.accent)

    def _paint_axes(self, painter: QPainter) -> None:
        """The frequencies beside the rows that show them."""
        project = self._desk.document.project
        for row in self._sight.rows.visible(self._sight.top, self.height()):
            axis = AXES.get(self._sight.looks.get(row.track, TrackLook()).texture)
            if axis is not None:
                height = row.clip_bottom - row.clip_top - CLIP_HEADER
                labels = axis_labels(height, project.rate_hz, axis, project.a4_hz)
                overlay.paint_axis(painter, labels, row.clip_top - self._sight.top + CLIP_HEADER, self._colours.theme)

    def _paint_hover(self, painter: QPainter) -> None:
        clip = self._hand.over.clip
        if clip is None:
            return
        now = next((one for _, one in self.scene.in_view(self.height()) if one.id == clip.id), None)
        row = self._sight.rows.of(self._hand.shown.track_of(now.id).id) if now else None
        if now is not None and row is not None:
            overlay.paint_handles(painter, now, row, self._sight, self._colours)

    def show_take(self) -> None:
        """Paint what the running take has grown by."""
        changing = self.take.changing(self.rect())
        if not changing.isEmpty():
            self.update(changing)

    # Where the mouse is

    def hit_at(self, x: float, y: float) -> Hit:
        """What lies at a pixel."""
        return hit(x, y, self._sight.viewport, self._sight.rows, self._sight.top, self.scene.index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._hand.press_twice(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hand.leave()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place, under = self._hand.select_for_menu(event)
        self.menu_wanted.emit(self.mapToGlobal(place), under)

    # Wheel, pinch, keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        wheel(self._sight, event, vertical=True)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._sight.zoom(1.0 + event.value(), event.position().x())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._hand.cancel():
            return
        if event.key() == Qt.Key.Key_Menu:
            place = self._hand.cursor_place()
            self.menu_wanted.emit(self.mapToGlobal(place), self.hit_at(place.x(), place.y()))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._sight.set_size(self.width(), self.height())
        self._restage()
