"""The lane of pictures above the tracks: what is to be seen when, as thumbnails; a press or a drag seeks."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.media.thumbnails import Thumbnails
from studio.model.video import Shot
from studio.session.desk import Desk
from studio.ui.theme import Theme
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.wheel import wheel

HEIGHT: Final = 56
_INSET: Final = 4
_RADIUS: Final = 4
_GROUND: Final = QColor("#08090B")


class PictureLane(QWidget):
    """Thumbnails along the same time as the tracks. It shows `Video.shots` and knows nothing of its own."""

    def __init__(self, desk: Desk, theme: Theme, sight: Sight, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._sight = desk, sight
        self._colours = Colours(theme)
        self._playhead_x = -1
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Pictures over time")
        self.setToolTip("Press to see the picture of that time")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        desk.video.changed.connect(self.update)
        desk.video.thumbnails_changed.connect(lambda _path: self.update())
        sight.moved.connect(self.update)

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._colours = Colours(theme)
        self.update()

    def set_playhead(self, sample: float) -> None:
        """Move the playhead; only its two columns are painted."""
        x = round(self._sight.viewport.x_of(sample))
        if x != self._playhead_x:
            for column in (self._playhead_x, x):
                self.update(column - 1, 0, 3, HEIGHT)
            self._playhead_x = x

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._colours.theme
        painter.fillRect(event.rect(), theme.app)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        view = self._sight.viewport
        for shot in self._desk.video.shots:
            if shot.stop > view.first_sample and shot.start < view.last_sample:
                self._paint_shot(painter, shot, QRectF(event.rect()))
        painter.fillRect(0, HEIGHT - 1, self.width(), 1, self._colours.line)
        painter.fillRect(self._playhead_x, 0, 1, HEIGHT, self._colours.playhead)
        painter.end()

    def _paint_shot(self, painter: QPainter, shot: Shot, wanted: QRectF) -> None:
        view = self._sight.viewport
        left, right = (
            max(view.x_of(shot.start), -_RADIUS * 2.0),
            min(view.x_of(shot.stop), self.width() + _RADIUS * 2.0),
        )
        box = QRectF(left, _INSET, max(right - left, 1.0), HEIGHT - 2 * _INSET - 1)
        if not box.intersects(wanted):
            return
        outline = QPainterPath()
        outline.addRoundedRect(box, _RADIUS, _RADIUS)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(box, _GROUND)
        made = self._desk.video.thumbnails(shot.pictures)
        if made is not None:
            self._paint_thumbnails(painter, shot, made, box, wanted)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._colours.strong_line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_thumbnails(self, painter: QPainter, shot: Shot, made: Thumbnails, box: QRectF, wanted: QRectF) -> None:
        """As many as fit side by side; each is the one of the time at its middle."""
        view, pictures = self._sight.viewport, shot.pictures
        width = box.height() * made.width / made.height
        begins = view.x_of(shot.start)
        first = max(0, int((max(wanted.left(), box.left()) - begins) / width))
        last = int((min(wanted.right(), box.right()) - begins) / width)
        rate_hz = self._desk.document.project.rate_hz
        for number in range(first, last + 1):
            x = begins + number * width
            time_s = shot.time_s + (view.sample_at(x + width / 2) - shot.start) / rate_hz
            share = (time_s - pictures.begins_s) / max(pictures.length_s, 1e-9)
            index = min(max(int(share * made.count), 0), made.count - 1)
            image = QImage(
                made.picture(index).data, made.width, made.height, made.width * 4, QImage.Format.Format_RGB32
            )
            painter.drawImage(QRectF(x, box.top(), width, box.height()), image)

    # Seeking

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def wheelEvent(self, event: QWheelEvent) -> None:
        wheel(self._sight, event, vertical=False)

    def _seek(self, x: float) -> None:
        sample = max(0, round(self._sight.viewport.sample_at(min(max(x, 0.0), float(self.width())))))
        self._desk.transport.seek(sample)
