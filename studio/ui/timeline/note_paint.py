"""How a sung note looks on a note grid, in the pitch lane and below a take."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.ui.theme import Theme

LEAST_PX: Final = 8.0
_ROUND_PX: Final = 6.0


def paint_note(painter: QPainter, theme: Theme, box: QRectF, *, in_hand: bool, given: bool = False) -> None:
    """Paint a blob; one whose pitch was given by hand has an outline."""
    fill, edge = QColor(theme.pitch), QColor(theme.pitch)
    fill.setAlphaF(0.4 if in_hand else 0.26)
    edge.setAlphaF(0.7)
    painter.setPen(QPen(theme.accent, 2) if in_hand else QPen(edge, 1) if given else Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    radius = min(_ROUND_PX, box.height() / 2)
    painter.drawRoundedRect(box, radius, radius)
