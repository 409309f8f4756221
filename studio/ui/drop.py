"""The hint while files are dragged over the window: where they go, and what will happen to them."""

from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.model.project import MediaId
from studio.ui.theme import Theme

MEDIA_MIME: Final = "application/x-melisma-media"


class DropHint(QWidget):
    """A frame over the whole window; it lets the mouse through and watches the widgets that take drops."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window = theme, window
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme

    def watch(self, widget: QWidget) -> None:
        """Show the hint while something that can be imported is over this widget."""
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and takes(event.mimeData()):
            self._begin(event.mimeData())
        elif event.type() in (QEvent.Type.DragLeave, QEvent.Type.Drop):
            self.hide()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(theme.app)
        veil.setAlphaF(0.35)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(theme.accent, 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(5, 5, -5, -5), 10, 10)
        painter.setFont(theme.font())
        width = painter.fontMetrics().horizontalAdvance(self._text) + 40
        box = QRectF((self.width() - width) / 2, self.height() - 132, width, 40)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.accent_fill)
        painter.drawRoundedRect(box, 8, 8)
        painter.setPen(theme.on_accent)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)

    def _begin(self, data: QMimeData) -> None:
        count = len(data.urls())
        what = "this file" if count == 1 else f"these {count} files"
        self._text = f"Drop to import {what}"
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()


def media_in(data: QMimeData) -> MediaId | None:
    """The medium that is dragged out of the library, if that is what is dragged."""
    return MediaId(bytes(data.data(MEDIA_MIME).data()).decode()) if data.hasFormat(MEDIA_MIME) else None


def takes(data: QMimeData) -> bool:
    """Whether something local is being dragged."""
    return any(url.isLocalFile() for url in data.urls())
