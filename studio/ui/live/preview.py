"""The preview: what is recorded, as the worker shows it, and over it the frames by which overlays are moved."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.errors import StudioError
from studio.ipc.preview import Preview
from studio.model.overlays import SMALLEST, Overlay
from studio.protocol.capture import ScreenWatched
from studio.session.capturing import Capturing
from studio.ui.live import snapping
from studio.ui.live.layout_hand import LayoutHand
from studio.ui.live.snapping import Snapped
from studio.ui.theme import RADIUS_PX, Theme

_LOOK_MS: Final = 40
_SETTLE_MS: Final = 250
_MOST_PX: Final = (1920, 1080)
_HANDLE_PX: Final = 8.0
_REACH_PX: Final = 9.0
_STEP_PX, _LONG_STEP_PX = 1, 10
_SIDES: Final = ("lt", "t", "rt", "l", "r", "lb", "b", "rb")
_CURSORS: Final = {
    "lt": Qt.CursorShape.SizeFDiagCursor, "rb": Qt.CursorShape.SizeFDiagCursor,
    "rt": Qt.CursorShape.SizeBDiagCursor, "lb": Qt.CursorShape.SizeBDiagCursor,
    "l": Qt.CursorShape.SizeHorCursor, "r": Qt.CursorShape.SizeHorCursor,
    "t": Qt.CursorShape.SizeVerCursor, "b": Qt.CursorShape.SizeVerCursor,
}  # fmt: skip
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class PreviewView(QWidget):
    """Draws the newest picture, if there is a newer one; copies it out of shared memory and never waits for it."""

    wants_file = Signal()

    def __init__(self, capturing: Capturing, hand: LayoutHand, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._capturing, self._hand, self._theme = capturing, hand, theme
        self._preview: Preview | None = None
        self._image: QImage | None = None
        self._number = 0
        self._grip = ""
        self._grabbed_at = QPointF()
        self._box_before = QRectF()
        self._snapped = Snapped(QRectF())
        self._asked = QSize()
        self.pictures = 0
        self.setAccessibleName("Preview")
        self.setAccessibleDescription("Arrow keys move the selected overlay, with Ctrl they resize it.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._take)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._look)
        capturing.shown.connect(self._attach)
        capturing.changed.connect(self._capturing_changed)
        hand.changed.connect(self.update)

    @property
    def image(self) -> QImage | None:
        """The picture that is drawn, or None."""
        return self._image

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(960, 540)

    # Pictures

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._asked = QSize()
        self._settle.start(0)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._settle.stop()
        self._let_go()
        self._capturing.look_away()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self._settle.start(_SETTLE_MS)

    def _look(self) -> None:
        wanted = (self.size() * self.devicePixelRatioF()).boundedTo(QSize(*_MOST_PX))
        if wanted != self._asked:
            self._asked = wanted
            self._capturing.look(wanted.width(), wanted.height())

    def _attach(self, watched: ScreenWatched) -> None:
        self._let_go()
        try:
            self._preview = Preview.attach(watched.preview)
        except StudioError:  # the worker has died since; it is looked for again when it is back
            self._preview = None
        self._number = 0

    def _let_go(self) -> None:
        if self._preview is not None:
            self._preview.close()
            self._preview = None

    def _capturing_changed(self) -> None:
        if self._capturing.view is None:
            self._let_go()
            self._image = None
            self.update()

    def _take(self) -> None:
        shown = self._preview.newer_than(self._number) if self._preview is not None else None
        if shown is None:
            return
        self._number = shown.number
        height, width = shown.picture.shape[:2]
        image = QImage(shown.picture.data, width, height, width * 4, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self._image, self._pixels = image, shown.picture  # the image looks at the array and does not own it
        self.pictures += 1
        self.update()

    # Places

    def frame(self) -> QRectF:
        """Where the picture lies in the view."""
        region = self._capturing.view.region if self._capturing.view is not None else None
        wide, high = (region.width, region.height) if region is not None else (16, 9)
        scale = min(self.width() / wide, self.height() / high)
        width, height = round(wide * scale), round(high * scale)
        return QRectF((self.width() - width) // 2, (self.height() - height) // 2, width, height)

    def box_of(self, share: QRectF) -> QRectF:
        """Shares of the picture as pixels of the view."""
        frame = self.frame()
        return QRectF(
            frame.left() + share.left() * frame.width(),
            frame.top() + share.top() * frame.height(),
            share.width() * frame.width(),
            share.height() * frame.height(),
        )

    # Drawing

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        frame = self.frame()
        if self._image is None:
            painter.setPen(QPen(self._theme.strong_line, 1))
            painter.setBrush(self._theme.panel)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_PX, RADIUS_PX)
            return
        logical = self._image.deviceIndependentSize()
        if abs(logical.width() - frame.width()) <= 2 and abs(logical.height() - frame.height()) <= 2:
            painter.drawImage(frame.topLeft(), self._image)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(frame, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_layout(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRect(frame.adjusted(1, 1, -1, -1))

    def _paint_layout(self, painter: QPainter) -> None:
        frame = self.frame()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.accent, 1))
        for x in self._snapped.x:
            at = frame.left() + x * frame.width()
            painter.drawLine(QPointF(at, frame.top()), QPointF(at, frame.bottom()))
        for y in self._snapped.y:
            at = frame.top() + y * frame.height()
            painter.drawLine(QPointF(frame.left(), at), QPointF(frame.right(), at))
        for one in self._hand.overlays:
            box = self.box_of(_share(one)).adjusted(0.5, 0.5, -0.5, -0.5)
            chosen = one.id == self._hand.selected
            empty = self._is_empty(one)
            if chosen or self.underMouse() or empty:
                painter.setPen(QPen(QColor(0, 0, 0, 120), 3 if chosen else 2))
                painter.drawRect(box)
                pen = QPen(self._theme.accent if chosen else QColor(255, 255, 255, 190), 1.5 if chosen else 1)
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
            painter.setBrush(self._theme.accent)
            for point in _handles(self.box_of(_share(current))).values():
                half = _HANDLE_PX / 2
                painter.drawRect(QRectF(point.x() - half, point.y() - half, _HANDLE_PX, _HANDLE_PX))

    def _is_empty(self, one: Overlay) -> str:
        """Why nothing is seen in the box of an overlay, "" where something is."""
        if one.kind == "camera" and one.device in self._capturing.dark_cameras:
            return "No camera picture"
        return "No picture yet" if one.kind == "image" and not one.path else ""

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at = event.position()
        self._grip = self._grip_at(at)
        if not self._grip:
            self._hand.select(self._overlay_at(at))
            self._grip = "move" if self._hand.selected else ""
        current = self._hand.current
        if current is not None and self._grip:
            self._grabbed_at, self._box_before = at, _share(current)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if not self._grip:
            grip = self._grip_at(at)
            over = self._overlay_at(at)
            self.setCursor(_CURSORS.get(grip, Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.ArrowCursor))
            return
        frame = self.frame()
        by = at - self._grabbed_at
        dx, dy = by.x() / frame.width(), by.y() / frame.height()
        free = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        near = (0.0, 0.0) if free else (snapping.NEAR_PX / frame.width(), snapping.NEAR_PX / frame.height())
        others = [_share(one) for one in self._hand.overlays if one.id != self._hand.selected]
        if self._grip == "move":
            self._snapped = snapping.moved(self._box_before.translated(dx, dy), others, *near)
        else:
            box = _pulled(self._box_before, self._grip, dx, dy)
            self._snapped = snapping.resized(box, self._grip, others, *near)
        self._hand.place(self._snapped.box, gesture="drag")

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._grip:
            self._grip, self._snapped = "", Snapped(QRectF())
            self._hand.done()
            self.update()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        current = self._hand.current
        if current is not None and current.kind == "image":
            self._grip = ""
            self.wants_file.emit()

    def enterEvent(self, event: QEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def _grip_at(self, at: QPointF) -> str:
        """The handle of the selected overlay under the mouse; "" for none."""
        current = self._hand.current
        if current is None:
            return ""
        points = _handles(self.box_of(_share(current)))
        return next((side for side in _SIDES if _near(points[side], at)), "")

    def _overlay_at(self, at: QPointF) -> str:
        """The topmost overlay under the mouse; the selected one first, so that it can be dragged from below."""
        under = [one.id for one in self._hand.overlays if self.box_of(_share(one)).contains(at)]
        return self._hand.selected if self._hand.selected in under else under[-1] if under else ""

    # The keyboard

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move an overlay, before a shortcut of the timeline takes them."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._hand.current is not None
            and (event.key() in _ARROWS or event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape))
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self._hand.current
        if current is None and event.key() not in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self._hand.remove()
            case Qt.Key.Key_Escape:
                self._hand.select("")
            case Qt.Key.Key_BracketLeft | Qt.Key.Key_BracketRight:
                self._hand.step(1 if event.key() == Qt.Key.Key_BracketRight else -1)
            case key if key in _ARROWS:
                self._nudge(event)
            case _:
                super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS and not event.isAutoRepeat():
            self._hand.done()
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _nudge(self, event: QKeyEvent) -> None:
        current, view = self._hand.current, self._capturing.view
        if current is None:
            return
        across, down = _ARROWS[Qt.Key(event.key())]
        step = _LONG_STEP_PX if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP_PX
        dx = across * step / (view.region.width if view is not None else 1920)
        dy = down * step / (view.region.height if view is not None else 1080)
        box = _share(current)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            box.adjust(0, 0, dx, dy)
        else:
            box.translate(dx, dy)
        self._hand.place(box, gesture="keys")


def _share(one: Overlay) -> QRectF:
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
