"""The head of a stem that is being made, beside its lane: what it is, how far, and a button to hear it already."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.session.growing import GrowingSound
from studio.ui.controls import IconButton
from studio.ui.theme import Theme
from studio.ui.timeline.growing_lanes import Lane

_PAD: Final = 12
_COLOUR_PX: Final = 4


class LaneHead(QWidget):
    """Becomes the head of a track when the stem is done."""

    def __init__(self, lane: Lane, sound: GrowingSound, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.lane = lane
        self._sound, self._theme = sound, theme
        self._words = ""
        self.hear = IconButton(f"Hear the {lane.name} so far", "play", theme, self, checkable=True)
        self.hear.clicked.connect(lambda: sound.hear(lane.name))
        self.setAccessibleName(f"{lane.title}, being made")

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._theme = theme
        self.update()

    def show_now(self, words: str) -> None:
        """Show how far it is, and whether it is heard."""
        heard = self._sound.heard == self.lane.name
        if heard != self.hear.isChecked() or not self.hear.toolTip():
            self.hear.name(f"Stop hearing the {self.lane.name}" if heard else f"Hear the {self.lane.name} so far")
        self.hear.setChecked(heard)
        if words != self._words:
            self._words = words
            self.setAccessibleDescription(words)
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.hear.move(self.width() - _PAD - self.hear.width(), 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.fillRect(self.rect(), theme.panel)
        painter.fillRect(0, 0, _COLOUR_PX, self.height() - 1, theme.track(self.lane.colour))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.line)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.line)
        line = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
        painter.setFont(theme.font())
        painter.setPen(theme.text)
        painter.drawText(QRectF(_PAD, 8, self.hear.x() - _PAD, 20), line, self.lane.title)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.engine_text)
        painter.drawText(QRectF(_PAD, 30, self.width() - 2 * _PAD, 16), line, "Being made")
        painter.end()
