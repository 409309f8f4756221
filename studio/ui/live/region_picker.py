"""Drawing the region that is to be recorded, over a still picture of the whole screen, right to the pixel."""

from typing import Final

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.errors import StudioError
from studio.ipc.preview import Preview
from studio.protocol.capture import Region, ScreenWatched
from studio.session.captured import Source
from studio.session.desk import Desk
from studio.ui.theme import Theme

_LEAST_PX: Final = 16
_LOOK_MS: Final = 30
_SHADE: Final = QColor(0, 0, 0, 120)
_ARROWS: Final = {
    Qt.Key.Key_Left: QPoint(-1, 0),
    Qt.Key.Key_Right: QPoint(1, 0),
    Qt.Key.Key_Up: QPoint(0, -1),
    Qt.Key.Key_Down: QPoint(0, 1),
}


class RegionPicker(QWidget):
    """A still over the whole screen. Drag, correct with arrow keys, Enter takes it, Escape does not."""

    picked = Signal(object)  # Region, or None

    def __init__(self, still: QImage, region: Region, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self._still, self._region, self._theme = still, region, theme
        self._from = QPoint()
        self.chosen = QRect()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setWindowTitle("Choose a region")
        self.setAccessibleName("Choose a region")
        whole = QRect()
        for screen in QGuiApplication.screens():
            whole = whole.united(screen.geometry())
        self.setGeometry(whole)

    def pixel(self, at: QPointF) -> QPoint:
        """The pixel of the screen below a point of this window, however the desktop scales."""
        across = at.x() * self._region.width / self.width()
        down = at.y() * self._region.height / self.height()
        return QPoint(min(max(0, round(across)), self._region.width), min(max(0, round(down)), self._region.height))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawImage(self.rect(), self._still)
        painter.fillRect(self.rect(), _SHADE)
        box = self._box()
        if not self.chosen.isEmpty():
            scale = self._still.width() / self.width()
            source = QRectF(box.topLeft() * scale, box.size() * scale)
            painter.drawImage(box, self._still, source)
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRect(box)
        words = "Drag over what you want to record. Escape leaves it as it was."
        if not self.chosen.isEmpty():
            words = f"{self.chosen.width()} × {self.chosen.height()}   Enter records this, arrow keys correct it"
        self._paint_words(painter, words, box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = self.pixel(event.position())
        self.chosen = QRect()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        to = self.pixel(event.position())
        left, right = sorted((self._from.x(), to.x()))
        top, bottom = sorted((self._from.y(), to.y()))
        self.chosen = QRect(left, top, right - left, bottom - top)
        self.update()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._take()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.picked.emit(None)
            self.close()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif key in _ARROWS:
            by = _ARROWS[Qt.Key(key)]
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.chosen.adjust(0, 0, by.x(), by.y())
            else:
                self.chosen.translate(by)
            self.update()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        if min(self.chosen.width(), self.chosen.height()) < _LEAST_PX:
            return
        box, origin = self.chosen, self._region
        left, top = origin.left + box.x(), origin.top + box.y()
        self.picked.emit(Region(left=left, top=top, width=box.width(), height=box.height()))
        self.close()

    def _box(self) -> QRectF:
        across, down = self.width() / self._region.width, self.height() / self._region.height
        box = self.chosen
        return QRectF(box.x() * across, box.y() * down, box.width() * across, box.height() * down)

    def _paint_words(self, painter: QPainter, words: str, box: QRectF) -> None:
        painter.setFont(self._theme.font())
        width = painter.fontMetrics().horizontalAdvance(words) + 24
        at = QRectF(self.width() / 2 - width / 2, 24, width, 32)
        if box.intersects(at):
            at.moveTop(self.height() - 56)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 200))
        painter.drawRoundedRect(at, 6, 6)
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(at, Qt.AlignmentFlag.AlignCenter, words)


class StillWaiter(QObject):
    """Waits for one picture of the whole screen, in all its pixels, and opens the picker over it."""

    def __init__(self, desk: Desk, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._capturing, self._theme = desk.capturing, theme
        self._preview: Preview | None = None
        self._region: Region | None = None
        self.picker: RegionPicker | None = None
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._take)
        self._capturing.shown.connect(self._attach)
        self._capturing.look_at_all(True)

    def _attach(self, watched: ScreenWatched) -> None:
        self._capturing.shown.disconnect(self._attach)
        try:
            self._preview = Preview.attach(watched.preview)
        except StudioError:  # the worker has died since; the preview says so
            self._end(None)
            return
        self._region = watched.region
        self._timer.start()

    def _take(self) -> None:
        assert self._preview is not None
        assert self._region is not None
        shown = self._preview.newer_than(0)
        if shown is None:
            return
        self._timer.stop()
        self._preview.close()
        height, width = shown.picture.shape[:2]
        still = QImage(shown.picture.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32).copy()
        self.picker = RegionPicker(still, self._region, self._theme)
        self.picker.picked.connect(self._end)
        self.picker.show()
        self.picker.activateWindow()

    def _end(self, region: Region | None) -> None:
        self.picker = None
        self._capturing.look_at_all(False)
        if region is not None:
            self._capturing.choose(Source(region=region))
        self.deleteLater()
