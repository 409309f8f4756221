"""The window before it is filled: where everything will be, drawn in one widget that costs next to nothing.

The first paint of the program waits for this module, so it imports only what a bare window has loaded anyway, and
names nothing of the namespace `Qt`: its first use makes Qt's hundred enumerations (20 ms).
"""

from typing import Final

from PySide6.QtCore import QByteArray, QPointF, QRect, QRectF
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from studio.ui.svg import tinted
from studio.ui.theme import Theme

HEADER_PX: Final = 44
TRANSPORT_BAR_PX: Final = 52
LIBRARY_PX: Final = 232
INSPECTOR_PX: Final = 280
_ICON_PX: Final = 20
_BUTTON_PX: Final = 31
_SEARCH_PX: Final = 260
_BUTTONS: Final = ("to-start", "play", "record", "loop")


class Frame(QWidget):
    """Header, library, timeline, inspector and transport as they will stand, greyed: none of it can be used yet."""

    def __init__(self, theme: Theme, library_px: int, inspector_px: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._library_px, self._inspector_px = library_px, inspector_px
        self.setAccessibleName("Melisma Studio is starting")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Surfaces and the lines between them, then what will be on them."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = self.width(), self.height()
        middle = QRect(0, HEADER_PX, width, height - HEADER_PX - TRANSPORT_BAR_PX)
        library = QRect(0, middle.y(), self._library_px, middle.height())
        inspector = QRect(width - self._inspector_px, middle.y(), self._inspector_px, middle.height())
        painter.fillRect(self.rect(), theme.panel)
        painter.fillRect(middle, theme.line)
        painter.fillRect(library, theme.panel)
        painter.fillRect(inspector, theme.panel)
        painter.fillRect(
            middle.adjusted(self._edge(self._library_px), 0, -self._edge(self._inspector_px), 0), theme.app
        )
        painter.fillRect(0, HEADER_PX - 1, width, 1, theme.line)
        painter.fillRect(0, height - TRANSPORT_BAR_PX, width, 1, theme.line)
        painter.setFont(theme.font())
        self._paint_header(painter)
        self._paint_transport(painter)
        painter.setPen(theme.disabled)
        if self._library_px:
            painter.setFont(theme.font("label"))
            painter.drawText(QPointF(12, HEADER_PX + 26), "Media")
            painter.setFont(theme.font())
        if self._inspector_px:
            painter.drawText(QPointF(inspector.x() + 20, HEADER_PX + 27), "Inspector")

    @staticmethod
    def _edge(panel_px: int) -> int:
        return panel_px + 1 if panel_px else 0

    def _paint_header(self, painter: QPainter) -> None:
        theme = self._theme
        self._icon(painter, "menu", 12, HEADER_PX / 2)
        painter.setPen(theme.disabled)
        baseline = HEADER_PX / 2 + QFontMetrics(theme.font()).ascent() / 2 - 1
        painter.drawText(QPointF(54, baseline), "Opening…")
        search = QRectF(self.width() - _SEARCH_PX - 112, (HEADER_PX - 28) / 2, _SEARCH_PX, 28)
        painter.setPen(QPen(theme.line, 1))
        painter.setBrush(theme.app)
        painter.drawRoundedRect(search.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        self._icon(painter, "search", search.x() + 8, HEADER_PX / 2, 16)
        painter.setPen(theme.disabled)
        painter.drawText(QPointF(search.x() + 32, baseline), "Find any action")

    def _paint_transport(self, painter: QPainter) -> None:
        middle = self.height() - TRANSPORT_BAR_PX / 2
        for index, name in enumerate(_BUTTONS):
            left = 12 + index * (_BUTTON_PX + 4) + (_BUTTON_PX - _ICON_PX) / 2
            self._icon(painter, name, left, middle)

    def _icon(self, painter: QPainter, name: str, left: float, middle: float, size: int = _ICON_PX) -> None:
        drawing = QSvgRenderer(QByteArray(tinted(name, self._theme.disabled.name())))
        drawing.render(painter, QRectF(left, middle - size / 2, size, size))
