"""The vibrato dial: how fast on the outer arc, how wide on the inner one, both as numbers in the middle."""

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.session.singing import Swing
from studio.ui.theme import Theme

SLOWEST_HZ: Final = 3.0
FASTEST_HZ: Final = 9.0
WIDEST_CENTS: Final = 150.0
USUAL_HZ: Final = (5.0, 7.0)
"""Between these two lies the vibrato of most trained singers (Sundberg, The Science of the Singing Voice, 1987)."""
_SIDE_PX: Final = 200
_HEIGHT_PX: Final = 184
_FROM_DEG: Final = 210.0
_SWEEP_DEG: Final = 240.0
_CENTRE: Final = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)


class VibratoDial(QWidget):
    """Shows a `Swing`; without one its arcs stand empty and it says so."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._swing: Swing | None = None
        self.setFixedSize(self.sizeHint())
        self.setAccessibleName("Vibrato")
        self.show_swing(None)

    @property
    def swing(self) -> Swing | None:
        """What is shown."""
        return self._swing

    def sizeHint(self) -> QSize:
        return QSize(_SIDE_PX, _HEIGHT_PX)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_swing(self, swing: Swing | None) -> None:
        """Show a vibrato, or none."""
        if swing != self._swing:
            self._swing = swing
            self.update()
        words = "No vibrato measured"
        if swing is not None:
            cents = swing.half_extent_cents
            words = f"{swing.rate_hz:.1f} Hz, ±{cents:.0f} ¢, {2 * cents:.0f} ¢ from peak to peak"
        self.setAccessibleDescription(words)
        self.setToolTip(f"{words}\nTypical: {USUAL_HZ[0]:.0f} to {USUAL_HZ[1]:.0f} Hz")

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter, swing = self._theme, QPainter(self), self._swing
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outer = QRectF(16, 12, _SIDE_PX - 32, _SIDE_PX - 32)
        inner = outer.adjusted(16, 16, -16, -16)
        _arc(painter, outer, theme.line, 8, 0.0, 1.0)
        _arc(painter, outer, theme.strong_line, 8, *(_share(hz) for hz in USUAL_HZ))
        _arc(painter, inner, theme.line, 6, 0.0, 1.0)
        painter.setFont(theme.font("label", figures=True))
        painter.setPen(theme.secondary)
        for hz in (SLOWEST_HZ, FASTEST_HZ):
            at = _on(outer, _share(hz))
            painter.drawText(QRectF(at.x() - 20, at.y() + 8, 40, 16), _CENTRE, f"{hz:.0f} Hz")
        foot = _on(outer, 0.0).y() + 8
        painter.drawText(QRectF(0, foot, _SIDE_PX, 16), _CENTRE, "Vibrato")
        if swing is None:
            painter.drawText(QRectF(0, outer.center().y() - 8, _SIDE_PX, 16), _CENTRE, "not measured")
            return
        _arc(painter, inner, theme.pitch, 6, 0.0, min(swing.half_extent_cents / WIDEST_CENTS, 1.0))
        at = _on(outer, _share(swing.rate_hz))
        painter.setPen(QPen(theme.panel, 3))
        painter.setBrush(theme.pitch)
        painter.drawEllipse(at, 8, 8)
        self._numbers(painter, swing, outer.center())

    def _numbers(self, painter: QPainter, swing: Swing, middle: QPointF) -> None:
        theme = self._theme
        painter.setFont(theme.font("heading", figures=True))
        painter.setPen(theme.text)
        painter.drawText(QRectF(0, middle.y() - 26, _SIDE_PX, 28), _CENTRE, f"{swing.rate_hz:.1f} Hz")
        painter.setPen(theme.pitch_text)
        painter.drawText(QRectF(0, middle.y() + 2, _SIDE_PX, 28), _CENTRE, f"±{swing.half_extent_cents:.0f} ¢")


def _share(hz: float) -> float:
    return min(max((hz - SLOWEST_HZ) / (FASTEST_HZ - SLOWEST_HZ), 0.0), 1.0)


def _on(room: QRectF, share: float) -> QPointF:
    angle = math.radians(_FROM_DEG - share * _SWEEP_DEG)
    return room.center() + QPointF(math.cos(angle) * room.width() / 2, -math.sin(angle) * room.height() / 2)


def _arc(painter: QPainter, room: QRectF, colour: QColor, width: float, start: float, stop: float) -> None:
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(room, round(16 * (_FROM_DEG - start * _SWEEP_DEG)), round(-16 * (stop - start) * _SWEEP_DEG))
