"""The picture under the playhead, as large as there is room, in step with the sound."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.errors import Explanation
from studio.session.video import Video
from studio.ui.messages import ExplanationView
from studio.ui.theme import Theme, wear

_GROUND: Final = QColor("#08090B")
_NOTE: Final = QColor("#A0A9BC")
_RADIUS_PX: Final = 4
_LOWEST_PX: Final = 96


class VideoScreen(QWidget):
    """Shows what `Video` was told by its worker; holds no picture of its own.

    A dark ground in both themes: colours are judged against it as in a cinema. While it is hidden nothing is decoded.
    """

    def __init__(self, video: Video, theme: Theme, find: Callable[[], None], parent: QWidget | None = None) -> None:
        """`find` asks where a video lies that cannot be shown."""
        super().__init__(parent)
        self._video, self._theme, self._find = video, theme, find
        self._trouble: ExplanationView | None = None
        self.setAccessibleName("Video")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(_LOWEST_PX)
        self._middle = QVBoxLayout(self)
        self._middle.setContentsMargins(16, 16, 16, 16)
        self._words = QHBoxLayout()
        self._words.addStretch(1)
        self._words.addStretch(1)
        self._middle.addStretch(1)
        self._middle.addLayout(self._words)
        self._middle.addStretch(1)
        video.shown.connect(self.update)
        video.changed.connect(self._show_trouble)
        self._show_trouble()

    def set_theme(self, theme: Theme) -> None:
        """Letters change, the ground stays."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 260)

    @property
    def place(self) -> QRectF:
        """Where the picture is painted, in the middle and without changing its shape; empty without one."""
        picture = self._video.picture
        if picture is None:
            return QRectF()
        height, width = picture.shape[:2]
        room = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        scale = min(room.width() / width, room.height() / height)
        place = QRectF(0, 0, width * scale, height * scale)
        place.moveCenter(room.center())
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), _GROUND)
        picture = self._video.picture
        if picture is not None:
            height, width = picture.shape[:2]
            image = QImage(picture.data, width, height, width * 4, QImage.Format.Format_RGB32)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self.place, image)
        elif self._trouble is None:
            painter.setPen(_NOTE)
            painter.setFont(self._theme.font("label"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.note)
        painter.end()

    @property
    def note(self) -> str:
        """What stands there instead of a picture."""
        return "Opening the video" if self._video.moment is not None else "No picture here"

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._look()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.DevicePixelRatioChange):
            self._look()
        elif event.type() == QEvent.Type.Hide:
            self._video.look(0, 0)
        return super().event(event)

    def _look(self) -> None:
        if self.isVisible():
            ratio = self.devicePixelRatioF()
            self._video.look(round((self.width() - 16) * ratio), round((self.height() - 16) * ratio))

    def _show_trouble(self) -> None:
        why = self._video.trouble
        if self._trouble is not None and self._trouble.why == why:
            return
        if self._trouble is not None:
            self._words.removeWidget(self._trouble)
            self._trouble.hide()
            self._trouble.deleteLater()
            self._trouble = None
        if why is not None:
            self._trouble = self._explained(why)
            self._words.insertWidget(1, self._trouble, 100)  # at its whole width its lines have their height
        self.update()

    def _explained(self, why: Explanation) -> ExplanationView:
        view = ExplanationView(why, self._theme, self, action="Find the file…", run=self._find, closable=False)
        view.setMaximumWidth(640)
        wear(self._theme, view)
        return view
