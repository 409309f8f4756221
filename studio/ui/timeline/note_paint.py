"""How a sung note looks on a note grid, in the pitch lane and below a take."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.ui.theme import Theme

LEAST_PX: Final = 8.0
_ROUND_PX: Final = 6.0
_NAMED_PX: Final = (30.0, 14.0)


def paint_note(
    painter: QPainter, theme: Theme, box: QRectF, *, in_hand: bool, given: bool = False, name: str = ""
) -> None:
    """Paint a blob; one whose pitch was given by hand has an outline. Its name is there where it has room."""
    fill = QColor(theme.pitch)
    fill.setAlphaF(0.34 if in_hand else 0.18)
    edge = QColor(theme.pitch)
    edge.setAlphaF(0.7)
    painter.setPen(QPen(theme.accent, 2) if in_hand else QPen(edge, 1) if given else Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    radius = min(_ROUND_PX, box.height() / 2)
    painter.drawRoundedRect(box, radius, radius)
    if name and box.width() >= _NAMED_PX[0] and box.height() >= _NAMED_PX[1]:
        painter.setFont(theme.font("label"))
        painter.setPen(theme.text if in_hand else theme.secondary)
        painter.drawText(
            box.adjusted(6, 0, -2, 0), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), name
        )
