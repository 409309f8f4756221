"""The ruler: markers, the loop, the time, and always the time under the mouse."""

from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.errors import StudioError, explain
from studio.model.edits import Edit
from studio.model.project import Marker, Project
from studio.model.time import format_clock
from studio.session.desk import Desk
from studio.ui.theme import Theme
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.gestures import Gesture, Pointer, Stage
from studio.ui.timeline.marked import Marked
from studio.ui.timeline.overlay import paint_pill
from studio.ui.timeline.ruler_gestures import DragLoop, DragMarker, Grip, Scrub
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.viewport import ticks
from studio.ui.timeline.wheel import wheel

HEIGHT: Final = 48
_MARKERS: Final = 20
_LOOP: Final = 8
_TICKS_TOP: Final = _MARKERS + _LOOP
_GRIP_PX: Final = 6
_FLAG_ROOM: Final = 18
_WIDEST_FLAG: Final = 160
_NARROWEST_FLAG: Final = 8.0
_BARE_FLAG: Final = 3.0


class Flag(NamedTuple):
    """A marker as it is painted."""

    marker: Marker
    box: QRectF


class Ruler(QWidget):
    """Time from left to right. A press on the ticks seeks, on a flag moves it, on the band above them loops."""

    menu_wanted = Signal(QPoint)
    rename_wanted = Signal()

    def __init__(self, desk: Desk, theme: Theme, sight: Sight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._sight = sight
        self._colours = Colours(theme)
        self._gesture: Gesture | None = None
        self._shown = desk.document.project
        self._marked = Marked(())
        self._playhead_x = -100
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("Ruler")
        self.setAccessibleDescription("Times, markers and the loop. The cursor is moved with the arrow keys.")
        self.setToolTip("")
        desk.document.changed.connect(self._show)
        desk.selection.changed.connect(self.update)
        desk.transport.state_changed.connect(self.update)
        for signal in (sight.moved, sight.pointed):
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._colours = Colours(theme)
        self.update()

    def set_playhead(self, sample: float) -> None:
        """Move the playhead's head."""
        x = round(self._sight.viewport.x_of(sample))
        if x != self._playhead_x:
            for column in (self._playhead_x, x):
                self.update(column - 6, _TICKS_TOP, 13, HEIGHT - _TICKS_TOP)
            self._playhead_x = x

    def flags(self) -> tuple[Flag, ...]:
        """The markers in view, from left to right, each with its room."""
        view, metrics = self._sight.viewport, QFontMetricsF(self._colours.theme.font("label"))
        flags = []
        if self._marked.markers is not self._shown.markers:
            self._marked = Marked(self._shown.markers)
        seen = self._marked.seen(view, _WIDEST_FLAG)
        crowded = len(seen) > view.width_px / _NARROWEST_FLAG  # words would lie upon each other, and take long to draw
        for marker in seen:
            left, right = view.x_of(marker.start), view.x_of(marker.end)
            width = max(right - left, _BARE_FLAG)
            if not marker.length and not crowded:
                words = metrics.horizontalAdvance(marker.text or "Marker") + _FLAG_ROOM
                width = max(width, min(words, _WIDEST_FLAG))
            if left < view.width_px and left + width > 0:
                flags.append(Flag(marker, QRectF(left, 2, width, _MARKERS - 4)))
        return tuple(flags)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._colours.panel)
        painter.setFont(self._colours.theme.font("label", figures=True))
        self._paint_selection(painter)
        self._paint_ticks(painter)
        self._paint_loop(painter)
        self._paint_flags(painter)
        painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), self._colours.line)
        self._paint_playhead(painter)
        self._paint_pointer(painter)
        painter.end()

    def _paint_selection(self, painter: QPainter) -> None:
        selection, view = self._desk.selection, self._sight.viewport
        if selection.is_range:
            left, right = max(view.x_of(selection.start), -1), min(view.x_of(selection.stop), self.width() + 1)
            if right > left:
                band = QRectF(left, _TICKS_TOP, right - left, HEIGHT - 1 - _TICKS_TOP)
                painter.fillRect(band, self._colours.selection)

    def _paint_ticks(self, painter: QPainter) -> None:
        view = self._sight.viewport
        for tick in ticks(view):
            x = round(view.x_of(tick.sample))
            if tick.label:
                painter.fillRect(x, HEIGHT - 11, 1, 10, self._colours.strong_line)
                painter.setPen(self._colours.secondary)
                painter.drawText(QPointF(x + 4, HEIGHT - 6), tick.label)
            else:
                painter.fillRect(x, HEIGHT - 5, 1, 4, self._colours.line)

    def _paint_loop(self, painter: QPainter) -> None:
        transport = self._desk.transport
        loop = transport.loop
        start, stop = loop.start, loop.stop
        if isinstance(self._gesture, DragLoop):
            start, stop = self._gesture.shown
        painter.fillRect(QRectF(0, _MARKERS, self.width(), 1), self._colours.line)
        if stop <= start:
            return
        view = self._sight.viewport
        left, right = max(view.x_of(start), -8), min(view.x_of(stop), self.width() + 8)
        if right <= left:
            return
        on = transport.loop_on or isinstance(self._gesture, DragLoop)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colours.theme.good if on else self._colours.strong_line)
        painter.drawRoundedRect(QRectF(left, _MARKERS + 2, max(right - left, 3), _LOOP - 3), 2, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_flags(self, painter: QPainter) -> None:
        theme = self._colours.theme
        metrics = QFontMetricsF(painter.font())
        ground, region = QColor(theme.warning), QColor(theme.warning)
        ground.setAlphaF(0.26)
        region.setAlphaF(0.16)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for marker, box in self.flags():
            chosen = marker.id == self._desk.selection.marker
            if box.width() <= _BARE_FLAG and not chosen:
                painter.fillRect(QRectF(round(box.left()), box.top(), 2, _MARKERS - 2), theme.warning)
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(region if marker.length else ground)
            shape = QPainterPath()
            shape.addRoundedRect(box, 4, 4)
            painter.drawPath(shape)
            painter.fillRect(QRectF(round(box.left()), box.top(), 2, _MARKERS - 2), theme.warning)
            if marker.length:
                painter.fillRect(QRectF(round(box.right()) - 2, box.top(), 2, _MARKERS - 2), theme.warning)
            if chosen:
                painter.setPen(QPen(self._colours.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPath(shape)
            left = max(box.left(), 0.0) + 7
            room = box.right() - left - 4
            if room > 10:
                painter.setPen(theme.text)
                text = metrics.elidedText(marker.text or "Marker", Qt.TextElideMode.ElideRight, room)
                words = QRectF(left, box.top(), room + 4, box.height())
                painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_playhead(self, painter: QPainter) -> None:
        x = self._playhead_x + 0.5
        head = QPainterPath(QPointF(x - 5, _TICKS_TOP + 1))
        head.lineTo(x + 5, _TICKS_TOP + 1)
        head.lineTo(x, _TICKS_TOP + 8)
        head.closeSubpath()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(head, self._colours.playhead)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.fillRect(QRectF(self._playhead_x, _TICKS_TOP + 8, 1, HEIGHT), self._colours.playhead)

    def _paint_pointer(self, painter: QPainter) -> None:
        sample = self._sight.pointer
        if sample is None:
            return
        view = self._sight.viewport
        x = view.x_of(sample)
        text = format_clock(round(sample), view.rate_hz)
        width = QFontMetricsF(self._colours.theme.font("label", figures=True)).horizontalAdvance(text) + 12
        painter.fillRect(QRectF(round(x), _TICKS_TOP, 1, HEIGHT - _TICKS_TOP), self._colours.accent)
        left = x + 6 if x + 6 + width < self.width() else x - 6 - width
        paint_pill(painter, text, QPointF(left, HEIGHT - 11), self._colours)

    # The mouse

    def _show(self, project: Project) -> None:
        if self._gesture is None:
            self._shown = project
            self.update()

    def _pointer_at(self, event: QMouseEvent) -> Pointer:
        x, keys = event.position().x(), event.modifiers()
        return Pointer(
            x=x,
            y=event.position().y(),
            sample=self._sight.viewport.sample_at(x),
            shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            ctrl=bool(keys & Qt.KeyboardModifier.ControlModifier),
            alt=bool(keys & Qt.KeyboardModifier.AltModifier),
        )

    def _flag_at(self, x: float, y: float) -> tuple[Marker, Grip] | None:
        if y >= _MARKERS:
            return None
        for marker, box in reversed(self.flags()):
            if box.left() - 3 <= x <= box.right() + 3:
                if marker.length and abs(x - box.right()) <= _GRIP_PX:
                    return marker, "stop"
                if marker.length and abs(x - box.left()) <= _GRIP_PX:
                    return marker, "start"
                return marker, "whole"
        return None

    def _loop_grip(self, x: float) -> Grip | None:
        loop, view = self._desk.transport.loop, self._sight.viewport
        left, right = view.x_of(loop.start), view.x_of(loop.stop)
        if loop.stop <= loop.start or not left - _GRIP_PX <= x <= right + _GRIP_PX:
            return None
        if abs(x - left) <= _GRIP_PX:
            return "start"
        return "stop" if abs(x - right) <= _GRIP_PX else "whole"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = self._pointer_at(event)
        stage = Stage(self._desk.document.project, self._desk.selection, self._desk.transport, self._sight)
        flag = self._flag_at(at.x, at.y)
        if flag is not None:
            self._gesture = DragMarker(stage, at, *flag)
        elif _MARKERS <= at.y < _TICKS_TOP + 2:
            self._gesture = DragLoop(stage, at, self._loop_grip(at.x))
        else:
            self._gesture = Scrub(stage, at)
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self._pointer_at(event)
        self._sight.set_pointer(max(at.sample, 0.0))
        if self._gesture is None:
            self.setCursor(self._cursor(at))
            return
        self._gesture.move(at)
        edit = self._gesture.edit()
        self._shown = self._desk.document.project
        if edit is not None:
            try:
                self._shown = edit.apply(self._shown)
            except StudioError:
                self._shown = self._desk.document.project
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return
        edit = gesture.edit()
        if edit is not None:
            self._do(edit)
        gesture.release()
        self._show(self._desk.document.project)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self._pointer_at(event)
        flag = self._flag_at(at.x, at.y)
        if flag is not None:
            self._desk.selection.set_marker(flag[0].id, self._desk.document.project)
            self.rename_wanted.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        flag = self._flag_at(event.pos().x(), event.pos().y())
        if flag is not None:
            self._desk.selection.set_marker(flag[0].id, self._desk.document.project)
        else:
            self._desk.selection.set_cursor(round(max(self._sight.viewport.sample_at(event.pos().x()), 0)))
        self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            gesture, self._gesture = self._gesture, None
            gesture.cancel()
            self._show(self._desk.document.project)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._sight.set_pointer(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        wheel(self._sight, event, vertical=False)

    def _cursor(self, at: Pointer) -> Qt.CursorShape:
        flag = self._flag_at(at.x, at.y)
        if flag is not None:
            return Qt.CursorShape.OpenHandCursor if flag[1] == "whole" else Qt.CursorShape.SizeHorCursor
        if _MARKERS <= at.y < _TICKS_TOP + 2:
            grip = self._loop_grip(at.x)
            return Qt.CursorShape.OpenHandCursor if grip == "whole" else Qt.CursorShape.SizeHorCursor
        return Qt.CursorShape.IBeamCursor

    def _do(self, edit: Edit) -> None:
        try:
            self._desk.document.do(edit)
            self._desk.document.end_gesture()
        except StudioError as error:
            self._desk.asks.show(explain(error))
