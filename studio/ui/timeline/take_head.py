"""The head of the track that a running take will have, shown from its first moment."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.ui.meter import FLOOR_DB, GOOD_TO_DB
from studio.ui.theme import Theme

_PAD: Final = 12


class TakeHead(QWidget):
    """The take's name, that it is being recorded, and how loud the microphone is."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = ""
        self._level_db = -120.0
        self.warn_above_db = 0.0
        """Where the level turns red."""
        self.setAccessibleName("Recording")
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Paint with another palette."""
        self._theme = theme
        self.update()

    def name(self, name: str) -> None:
        """What the take will be called."""
        self._name = name
        self.setAccessibleName(f"{name}, recording")
        self.setToolTip(f"{name}, recording")
        self.update()

    def set_level(self, peak_db: float) -> None:
        """Show how loud the microphone is now."""
        if round(peak_db) != round(self._level_db):
            self._level_db = peak_db
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.panel)
        painter.fillRect(0, 0, 4, self.height() - 1, theme.error)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.line)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.line)
        painter.setFont(theme.font())
        painter.setPen(theme.text)
        line = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
        painter.drawText(QRectF(_PAD, 8, self.width() - 2 * _PAD, 20), line, self._name)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.error_text)
        painter.drawText(QRectF(_PAD + 14, 30, self.width() - 2 * _PAD - 14, 16), line, "Recording")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.error)
        painter.drawEllipse(QPointF(_PAD + 4, 38), 4, 4)
        bar = QRectF(_PAD, 54, self.width() - 2 * _PAD, 4)
        painter.setBrush(theme.hover)
        painter.drawRoundedRect(bar, 2, 2)
        part = (min(max(self._level_db, FLOOR_DB), 0.0) - FLOOR_DB) / -FLOOR_DB
        if part > 0:
            quiet = theme.warning if self._level_db > GOOD_TO_DB else theme.good
            painter.setBrush(theme.error if self._level_db > self.warn_above_db else quiet)
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * part, 4), bar.height()), 2, 2)
        painter.end()
