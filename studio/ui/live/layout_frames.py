"""The frames by which overlays are moved: where each lies over the picture, how it is painted, what a drag does."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.model.overlays import SMALLEST, Overlay
from studio.ui.live import snapping
from studio.ui.live.layout_hand import LayoutHand
from studio.ui.live.snapping import Snapped
from studio.ui.theme import Theme

_HANDLE_PX: Final = 8.0
_REACH_PX: Final = 9.0
_SIDES: Final = ("lt", "t", "rt", "l", "r", "lb", "b", "rb")
_CURSORS: Final = {
    "lt": Qt.CursorShape.SizeFDiagCursor, "rb": Qt.CursorShape.SizeFDiagCursor,
    "rt": Qt.CursorShape.SizeBDiagCursor, "lb": Qt.CursorShape.SizeBDiagCursor,
    "l": Qt.CursorShape.SizeHorCursor, "r": Qt.CursorShape.SizeHorCursor,
    "t": Qt.CursorShape.SizeVerCursor, "b": Qt.CursorShape.SizeVerCursor,
}  # fmt: skip


class LayoutFrames:
    """Lies over `frame`, the picture in pixels of its view; the layout itself is changed through the hand."""

    def __init__(self, hand: LayoutHand) -> None:
        self.frame = QRectF()
        self.dark_cameras: frozenset[str] = frozenset()
        """The cameras that give no picture."""
        self.words: Mapping[str, str] = {}
        """What lyrics say now, by their files."""
        self._hand = hand
        self._grip = ""
        self._grabbed_at = QPointF()
        self._box_before = QRectF()
        self._snapped = Snapped(QRectF())

    def box_of(self, share: QRectF) -> QRectF:
        """Shares of the picture as pixels of the view."""
        frame = self.frame
        return QRectF(
            frame.left() + share.left() * frame.width(),
            frame.top() + share.top() * frame.height(),
            share.width() * frame.width(),
            share.height() * frame.height(),
        )

    # Drawing

    def paint(self, painter: QPainter, theme: Theme, *, outlined: bool) -> None:
        """Paint what the hand holds, and with `outlined` where everything else lies."""
        self._paint_lines(painter, theme)
        for one in self._hand.overlays:
            box = self.box_of(share_of(one)).adjusted(0.5, 0.5, -0.5, -0.5)
            chosen = one.id == self._hand.selected
            empty = self._is_empty(one)
            if chosen or outlined or empty:
                painter.setPen(QPen(QColor(0, 0, 0, 120), 3 if chosen else 2))
                painter.drawRect(box)
                pen = QPen(theme.accent if chosen else QColor(255, 255, 255, 190), 1.5 if chosen else 1)
                pen.setStyle(Qt.PenStyle.SolidLine if chosen else Qt.PenStyle.DashLine)
                painter.setPen(pen)
                painter.drawRect(box)
            if empty:
                painter.fillRect(box, QColor(0, 0, 0, 120))
                painter.setPen(QColor("#FFFFFF"))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, empty)
        current = self._hand.current
        if current is not None:
            painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
            painter.setBrush(theme.accent)
            for point in _handles(self.box_of(share_of(current))).values():
                half = _HANDLE_PX / 2
                painter.drawRect(QRectF(point.x() - half, point.y() - half, _HANDLE_PX, _HANDLE_PX))

    def _paint_lines(self, painter: QPainter, theme: Theme) -> None:
        """What the hand has snapped to."""
        frame = self.frame
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.accent, 1))
        for x in self._snapped.x:
            at = frame.left() + x * frame.width()
            painter.drawLine(QPointF(at, frame.top()), QPointF(at, frame.bottom()))
        for y in self._snapped.y:
            at = frame.top() + y * frame.height()
            painter.drawLine(QPointF(frame.left(), at), QPointF(frame.right(), at))

    def _is_empty(self, one: Overlay) -> str:
        """Why nothing is seen in the box of an overlay, "" where something is."""
        if one.kind == "camera" and one.device in self.dark_cameras:
            return "No camera picture"
        if one.kind == "lyrics" and not self.words.get(one.path):
            return "Lyrics appear while the song plays" if one.path else "No lyrics yet"
        return "No picture yet" if one.kind in ("image", "avatar") and not one.path else ""

    # The mouse

    def press(self, at: QPointF) -> None:
        """Take hold of a handle, or of the overlay that lies there, or let go of all."""
        self._grip = self._grip_at(at)
        if not self._grip:
            self._hand.select(self._overlay_at(at))
            self._grip = "move" if self._hand.selected else ""
        current = self._hand.current
        if current is not None and self._grip:
            self._grabbed_at, self._box_before = at, share_of(current)

    @property
    def holds(self) -> bool:
        """Whether something is being dragged."""
        return bool(self._grip)

    def cursor_at(self, at: QPointF) -> Qt.CursorShape:
        """What the mouse looks like there."""
        over = Qt.CursorShape.SizeAllCursor if self._overlay_at(at) else Qt.CursorShape.ArrowCursor
        return _CURSORS.get(self._grip_at(at), over)

    def drag(self, at: QPointF, *, free: bool) -> None:
        """Follow the mouse, to lines that are near unless it is `free`."""
        frame, by = self.frame, at - self._grabbed_at
        dx, dy = by.x() / frame.width(), by.y() / frame.height()
        near = (0.0, 0.0) if free else (snapping.NEAR_PX / frame.width(), snapping.NEAR_PX / frame.height())
        others = [share_of(one) for one in self._hand.overlays if one.id != self._hand.selected]
        if self._grip == "move":
            self._snapped = snapping.moved(self._box_before.translated(dx, dy), others, *near)
        else:
            box = _pulled(self._box_before, self._grip, dx, dy)
            self._snapped = snapping.resized(box, self._grip, others, *near)
        self._hand.place(self._snapped.box, gesture="drag")

    def release(self) -> None:
        """Let go; what was dragged is one step to undo."""
        if self._grip:
            self._hand.done()
        self.forget()

    def forget(self) -> None:
        """Nothing is dragged any more."""
        self._grip, self._snapped = "", Snapped(QRectF())

    def _grip_at(self, at: QPointF) -> str:
        """The handle of the selected overlay under the mouse; "" for none."""
        current = self._hand.current
        if current is None:
            return ""
        points = _handles(self.box_of(share_of(current)))
        return next((side for side in _SIDES if _near(points[side], at)), "")

    def _overlay_at(self, at: QPointF) -> str:
        """The topmost overlay under the mouse; the selected one first, so that it can be dragged from below."""
        under = [one.id for one in self._hand.overlays if self.box_of(share_of(one)).contains(at)]
        return self._hand.selected if self._hand.selected in under else under[-1] if under else ""


def share_of(one: Overlay) -> QRectF:
    """Where an overlay lies, in shares of the picture."""
    return QRectF(one.left, one.top, one.width, one.height)


def _handles(box: QRectF) -> dict[str, QPointF]:
    x = {"l": box.left(), "r": box.right()}
    y = {"t": box.top(), "b": box.bottom()}
    middle = box.center()
    return {
        side: QPointF(
            next((x[s] for s in side if s in x), middle.x()), next((y[s] for s in side if s in y), middle.y())
        )
        for side in _SIDES
    }


def _near(point: QPointF, at: QPointF) -> bool:
    return abs(point.x() - at.x()) <= _REACH_PX and abs(point.y() - at.y()) <= _REACH_PX


def _pulled(box: QRectF, sides: str, dx: float, dy: float) -> QRectF:
    """The box with some sides moved, at least as large as an overlay may be."""
    left, top, right, bottom = box.left(), box.top(), box.right(), box.bottom()
    if "l" in sides:
        left = min(max(0.0, left + dx), right - SMALLEST)
    if "r" in sides:
        right = max(min(1.0, right + dx), left + SMALLEST)
    if "t" in sides:
        top = min(max(0.0, top + dy), bottom - SMALLEST)
    if "b" in sides:
        bottom = max(min(1.0, bottom + dy), top + SMALLEST)
    return QRectF(QPointF(left, top), QPointF(right, bottom))
