"""The tracks: clips drawn over time, and every drag upon them."""

import math
import time
from collections import deque
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
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

from studio.errors import StudioError, explain
from studio.model.edits import Edit
from studio.model.project import Clip, Project, TrackId
from studio.model.time import format_clock
from studio.session import placing
from studio.session.desk import Desk
from studio.ui.drop import media_in
from studio.ui.theme import Theme
from studio.ui.timeline import overlay
from studio.ui.timeline.clip_painter import Texture
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.file_sound import FileSounds
from studio.ui.timeline.gestures import Gesture, Pointer, Stage, pressed
from studio.ui.timeline.hit import Hit, Part, hit
from studio.ui.timeline.rows import CLIP_HEADER, Row
from studio.ui.timeline.scene import Scene, TrackLook
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.sound import Loading, Missing
from studio.ui.timeline.spectrogram import AXES, Spectrograms, axis_labels
from studio.ui.timeline.take_wave import TakeWave
from studio.ui.timeline.wheel import wheel

_CURSORS: Final[dict[Part, Qt.CursorShape]] = {
    "empty": Qt.CursorShape.IBeamCursor,
    "body": Qt.CursorShape.IBeamCursor,
    "header": Qt.CursorShape.OpenHandCursor,
    "left": Qt.CursorShape.SizeHorCursor,
    "right": Qt.CursorShape.SizeHorCursor,
    "fade_in": Qt.CursorShape.SizeBDiagCursor,
    "fade_out": Qt.CursorShape.SizeFDiagCursor,
    "gain": Qt.CursorShape.SizeVerCursor,
    "row_edge": Qt.CursorShape.SplitVCursor,
}
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
        self.take_wave = TakeWave()
        self._shown = desk.document.project
        self._stale = True
        self._gesture: Gesture | None = None
        self._pointer: Pointer | None = None
        self._hover = Hit("empty")
        self._drop_x: float | None = None
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
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 80)
        self.setAccessibleName("Tracks")
        self.setObjectName("tracks")

        desk.document.changed.connect(self._project_changed)
        desk.selection.changed.connect(self._selection_changed)
        sounds.changed.connect(self._sound_changed)
        sounds.progressed.connect(self.update)
        self._spectrograms.ready.connect(self._sound_changed)
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
        project, selection = self._desk.document.project, self._desk.selection
        rate_hz = project.rate_hz
        names = [track.name for track in project.tracks if track.id in selection.tracks]
        on = f" on {', '.join(names)}" if names else ""
        if selection.clips:
            known = {clip.id: clip for clip in project.clips}
            clips = [self.scene.name_of(known[clip]) for clip in selection.clips if clip in known]
            return f"Selected clips: {', '.join(clips)}{on}"
        start = format_clock(selection.start, rate_hz)
        if selection.is_range:
            return f"Selected from {start} to {format_clock(selection.stop, rate_hz)}{on}"
        return f"Cursor at {start}{on}"

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
        if self._gesture is not None and [one.id for one in project.tracks] != [one.id for one in self._shown.tracks]:
            self._call_off()
        if self._gesture is None:
            self._show(project)

    def _show(self, project: Project) -> None:
        self._shown = project
        self.scene.set_project(project)
        self._restage()

    def _restage(self) -> None:
        self._stale = True
        self.update()

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
        if self._gesture is None and self.scene.complete and not self._stale:
            if self.scene.read_ahead(self.size(), self.devicePixelRatioF()):
                self._idle.start()
            self._sounds.look_again()

    def _paint_over(self, painter: QPainter) -> None:
        desk, sight, colours = self._desk, self._sight, self._colours
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
        taking = desk.transport.take
        if taking is not None:
            self._paint_take(painter)
        if self._drop_x is not None:
            painter.fillRect(QRectF(self._drop_x - 1, 0, 2, self.height()), colours.accent)
        painter.fillRect(QRectF(self._playhead_x, 0, 1, self.height()), colours.playhead)
        if self._gesture is not None and self._pointer is not None and self._gesture.text:
            place = QPointF(self._pointer.x + 12, max(self._pointer.y - 16, 12))
            overlay.paint_pill(painter, self._gesture.text, place, colours)
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
        clip, row = self._hover.clip, self._hover.row
        if clip is None or row is None:
            return
        now = next((one for _, one in self.scene.in_view(self.height()) if one.id == clip.id), None)
        shown_row = self._row_of(now) if now else None
        if now is not None and shown_row is not None:
            overlay.paint_handles(painter, now, shown_row, self._sight, self._colours)

    def _row_of(self, clip: Clip) -> Row | None:
        return self._sight.rows.of(self._shown.track_of(clip.id).id)

    def _take_box(self) -> QRectF:
        """Where the running take is painted: as long as it is by now; empty while there is none."""
        taking, view = self._desk.transport.take, self._sight.viewport
        if taking is None:
            return QRectF()
        row = self._sight.row_of(taking.track)
        left, right = view.x_of(taking.start), view.x_of(taking.start + self._taken())
        return QRectF(left, row.clip_top - self._sight.top, max(right - left, 1), row.clip_bottom - row.clip_top)

    def _paint_take(self, painter: QPainter) -> None:
        taking, view, box = self._desk.transport.take, self._sight.viewport, self._take_box()
        if taking is None or box.right() < 0 or box.left() > self.width():
            return
        left, right = max(box.left(), 0.0), min(box.right(), float(self.width()))
        first_s = (view.sample_at(left) - taking.start) / taking.rate_hz
        wave = self.take_wave.columns(first_s, view.samples_per_px / taking.rate_hz, max(int(right - left), 0))
        overlay.paint_take(
            painter, box, self._colours.theme, wave, f"Recording {format_clock(self._taken(), taking.rate_hz)}"
        )

    def _taken(self) -> int:
        taking = self._desk.transport.take
        seen = round(self.take_wave.length_s * taking.rate_hz) if taking is not None else 0
        return max(self._desk.transport.take_frames, seen)

    def show_take(self) -> None:
        """Paint what the running take has grown by."""
        box = self._take_box()
        if not box.isEmpty():
            room = QRectF(self.rect()).intersected(box.adjusted(-2, -2, 260, 2))
            self.update(room.toAlignedRect())

    # Where the mouse is

    def _pointer_at(self, place: QPointF, keys: Qt.KeyboardModifier) -> Pointer:
        return Pointer(
            x=place.x(),
            y=place.y(),
            sample=self._sight.viewport.sample_at(place.x()),
            shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            ctrl=bool(keys & Qt.KeyboardModifier.ControlModifier),
            alt=bool(keys & Qt.KeyboardModifier.AltModifier),
        )

    def hit_at(self, x: float, y: float) -> Hit:
        """What lies at a pixel."""
        return hit(x, y, self._sight.viewport, self._sight.rows, self._sight.top, self.scene.index)

    def stage(self) -> Stage:
        """What a gesture that begins now acts on."""
        return Stage(self._desk.document.project, self._desk.selection, self._desk.transport, self._sight)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._gesture is not None:
            return
        at = self._pointer_at(event.position(), event.modifiers())
        under = self.hit_at(at.x, at.y)
        self._pointer = at
        self._gesture = pressed(self.stage(), at, under)
        if under.part == "header":
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._pointer_at(event.position(), event.modifiers())
        self._pointer = at
        self._sight.set_pointer(max(at.sample, 0.0))
        if self._gesture is None:
            self._hover_over(self.hit_at(at.x, at.y))
            return
        self._gesture.move(at)
        self._preview(self._gesture.edit())
        self._scroll_at_the_edge(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture = self._gesture
        if event.button() != Qt.MouseButton.LeftButton or gesture is None:
            return
        self._gesture = None
        edit = gesture.edit()
        if edit is not None:
            self._do(edit)
        gesture.release()
        self._show(self._desk.document.project)
        self._hover = Hit("empty")
        self._hover_over(self.hit_at(event.position().x(), event.position().y()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        clip = self.hit_at(event.position().x(), event.position().y()).clip
        if clip is not None:
            self._desk.selection.set_clips((clip.id,), self._desk.document.project)
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._sight.set_pointer(None)
        self._hover_over(Hit("empty"))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.pos() if event.reason() == QContextMenuEvent.Reason.Mouse else self._cursor_place()
        under = self.hit_at(place.x(), place.y())
        selection = self._desk.selection
        if under.clip is not None and under.clip.id not in selection.clips and not selection.is_range:
            selection.set_clips((under.clip.id,), self._desk.document.project)
        elif under.row is not None and not selection.is_range and under.clip is None:
            at = round(max(self._sight.viewport.sample_at(place.x()), 0))
            selection.set_range(at, at, (under.row.track,))
        self.menu_wanted.emit(self.mapToGlobal(place), under)

    def _cursor_place(self) -> QPoint:
        rows = self._sight.rows.visible(self._sight.top, self.height())
        x = min(max(round(self._sight.viewport.x_of(self._desk.selection.start)), 0), self.width() - 1)
        return QPoint(x, round(rows[0].top - self._sight.top) + 32 if rows else 0)

    def _hover_over(self, under: Hit) -> None:
        if under != self._hover:
            changed = (under.clip and under.clip.id) != (self._hover.clip and self._hover.clip.id)
            self._hover = under
            self.setCursor(_CURSORS[under.part])
            if changed:
                self.update()

    def _preview(self, edit: Edit | None) -> None:
        """Show what a release here would make, without doing it."""
        before = self._desk.document.project
        try:
            after = edit.apply(before) if edit is not None else before
        except StudioError:
            after = before
        if after is not self._shown:
            self._show(after)
        else:
            self.update()

    def _do(self, edit: Edit) -> None:
        try:
            self._desk.document.do(edit)
            self._desk.document.end_gesture()
        except StudioError as error:
            self._desk.asks.show(explain(error))

    def _scroll_at_the_edge(self, at: Pointer) -> None:
        beyond = at.x - self.width() if at.x > self.width() else min(at.x, 0)
        if beyond:
            self._sight.pan(min(max(beyond, -40), 40))

    # Wheel, pinch, keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        wheel(self._sight, event, vertical=True)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._sight.zoom(1.0 + event.value(), event.position().x())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            self._call_off()
            self._show(self._desk.document.project)
        elif event.key() == Qt.Key.Key_Menu:
            place = self._cursor_place()
            self.menu_wanted.emit(self.mapToGlobal(place), self.hit_at(place.x(), place.y()))
        else:
            super().keyPressEvent(event)

    def _call_off(self) -> None:
        """End a drag without its edit."""
        if self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.cancel()
            self.unsetCursor()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._sight.set_size(self.width(), self.height())
        self._restage()

    # Files dropped upon the tracks

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or media_in(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drop_x = event.position().x()
        self.update()
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_x = None
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_x = None
        self.update()
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        row = self._sight.rows.at(event.position().y() + self._sight.top)
        at = max(round(self._sight.viewport.sample_at(event.position().x())), 0)
        track: TrackId | None = row.track if row is not None else None
        media, project = media_in(event.mimeData()), self._desk.document.project
        if media is not None:
            self._desk.document.do(placing.placed_import(project, project.medium(media), track, at))
            event.acceptProposedAction()
        elif files:
            self._desk.importing.add(files, at if track is not None else 0, track)
            event.acceptProposedAction()
