"""The preview: what is recorded, as the worker shows it, and over it the frames by which overlays are moved."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
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
from studio.protocol.capture import ScreenWatched
from studio.session.capturing import Capturing
from studio.ui.live.layout_frames import LayoutFrames, share_of
from studio.ui.live.layout_hand import HAS_FILE, LayoutHand
from studio.ui.theme import RADIUS_PX, Theme

_LOOK_MS: Final = 40
_SETTLE_MS: Final = 250
_MOST_PX: Final = (1920, 1080)
_STEP_PX, _LONG_STEP_PX = 1, 10
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
        self._frames = LayoutFrames(hand)
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
        capturing.words_changed.connect(self.update)
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
        self._frames.frame = self.frame()
        return self._frames.box_of(share)

    # Drawing

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        frame = self._frames.frame = self.frame()
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
        self._frames.dark_cameras, self._frames.words = self._capturing.dark_cameras, self._capturing.words
        self._frames.paint(painter, self._theme, outlined=self.underMouse())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRect(frame.adjusted(1, 1, -1, -1))

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._frames.frame = self.frame()
            self._frames.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._frames.frame = self.frame()
        if self._frames.holds:
            self._frames.drag(event.position(), free=bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
        else:
            self.setCursor(self._frames.cursor_at(event.position()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._frames.release()
        self.update()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        current = self._hand.current
        if current is not None and current.kind in HAS_FILE:
            self._frames.forget()
            self.wants_file.emit()

    def enterEvent(self, event: QEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

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
        box = share_of(current)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            box.adjust(0, 0, dx, dy)
        else:
            box.translate(dx, dy)
        self._hand.place(box, gesture="keys")
