"""The window before it is filled: its panels where they will be, of a few widgets that cost next to nothing.

The first paint of the program waits for this module. So it imports only what a bare window has loaded anyway, and
uses nothing that makes the enumerations of the namespace `Qt` (20 ms): neither its names nor `QPainter.fillRect`.
"""

from typing import Final

from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from studio.ui.svg import tinted_file
from studio.ui.theme import Size, Theme

HEADER_PX: Final = 44
TRANSPORT_BAR_PX: Final = 52
LIBRARY_PX: Final = 232
INSPECTOR_PX: Final = 280
_ICON_PX: Final = 20
_SEARCH_PX: Final = 260
_SEARCH_RIGHT_PX: Final = 112
_LINE_PX: Final = 28
_BUTTONS: Final = ("to-start", "play", "record", "loop")
_BUTTON_STEP_PX: Final = 35


class Frame(QWidget):
    """Header, library, timeline, inspector and transport as they will stand, greyed: none of it can be used yet."""

    def __init__(self, theme: Theme, library_px: int, inspector_px: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._library_px, self._inspector_px = library_px, inspector_px
        self.setAccessibleName("Melisma Studio is starting")
        self._library, self._inspector = self._panel("right"), self._panel("left")
        self._header, self._transport = self._panel("bottom"), self._panel("top")
        self._search = QFrame(self._header)
        self._search.setProperty("surface", "raised")
        self._icon(self._header, "menu", 12, (HEADER_PX - _ICON_PX) // 2)
        self._words(self._header, "Opening…", 54, (HEADER_PX - _LINE_PX) // 2)
        self._icon(self._search, "search", 8, (_LINE_PX - 16) // 2, 16)
        self._words(self._search, "Find any action", 32, 0)
        self._words(self._library, "Media", 12, 8, "label")
        self._words(self._inspector, "Inspector", 19, 8)
        for index, name in enumerate(_BUTTONS):
            self._icon(self._transport, name, 17 + index * _BUTTON_STEP_PX, (TRANSPORT_BAR_PX - _ICON_PX) // 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width, height = self.width(), self.height()
        high = height - HEADER_PX - TRANSPORT_BAR_PX
        self._header.setGeometry(0, 0, width, HEADER_PX)
        self._library.setGeometry(0, HEADER_PX, self._library_px, high)
        self._inspector.setGeometry(width - self._inspector_px, HEADER_PX, self._inspector_px, high)
        self._transport.setGeometry(0, height - TRANSPORT_BAR_PX, width, TRANSPORT_BAR_PX)
        left = width - _SEARCH_RIGHT_PX - _SEARCH_PX
        self._search.setGeometry(left, (HEADER_PX - _LINE_PX) // 2, _SEARCH_PX, _LINE_PX)

    def _panel(self, edge: str) -> QFrame:
        panel = QFrame(self)
        panel.setProperty("surface", "panel")
        panel.setProperty("edge", edge)
        return panel

    def _words(self, panel: QFrame, text: str, left: int, top: int, size: Size = "body") -> None:
        label = QLabel(text, panel)
        label.setProperty("tone", "disabled")
        label.setFont(self._theme.font(size))
        label.setGeometry(left, top, 200, _LINE_PX)

    def _icon(self, panel: QFrame, name: str, left: int, top: int, size: int = _ICON_PX) -> None:
        label = QLabel(panel)
        label.setPixmap(QIcon(tinted_file(name, self._theme.disabled.name())).pixmap(size, size))
        label.setGeometry(left, top, size, size)
