"""The long-term average spectrum of a stretch as a curve."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import Theme

_HEIGHT_PX: Final = 148
_FOOT_PX: Final = 20
_SIDE_PX: Final = 36
_FLOOR_DB: Final = -80.0
_LINES_DB: Final = (0, -20, -40, -60)
_LINES_HZ: Final = (1000, 2000, 4000, 6000, 8000)
_RING_HZ: Final = (2000.0, 4000.0)


class SpectrumPlot(QWidget):
    """Frequency to the right, decibels below the strongest band upwards; the singer's formant lies in the lit part."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._step_hz = 0.0
        self._levels: tuple[float, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT_PX)
        self.setAccessibleName("Long-term average spectrum")
        self.setToolTip("Long-term average spectrum, in bands of 100 Hz, below the strongest. Lit: 2 to 4 kHz.")

    def sizeHint(self) -> QSize:
        return QSize(320, _HEIGHT_PX)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_levels(self, step_hz: float, levels: tuple[float, ...]) -> None:
        """Show another spectrum."""
        self._step_hz, self._levels = step_hz, levels
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(_SIDE_PX, 6, self.width() - _SIDE_PX - 4, _HEIGHT_PX - _FOOT_PX - 6)
        painter.setFont(self._theme.font("label", figures=True))
        self._grid(painter, box)
        if self._levels:
            self._curve(painter, box)

    def _grid(self, painter: QPainter, box: QRectF) -> None:
        top_hz = self._top_hz
        lit = QColor(self._theme.pitch)
        lit.setAlphaF(0.10)
        left, right = (box.left() + box.width() * hz / top_hz for hz in _RING_HZ)
        painter.fillRect(QRectF(left, box.top(), min(right, box.right()) - left, box.height()), lit)
        painter.setPen(QPen(self._theme.line, 1))
        for level in _LINES_DB:
            y = self._y(box, level)
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        painter.setPen(self._theme.secondary)
        for level in _LINES_DB:
            place = QRectF(0, self._y(box, level) - 8, _SIDE_PX - 6, 16)
            painter.drawText(
                place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), f"{level}".replace("-", "−")
            )
        for hz in _LINES_HZ:
            if hz < top_hz:
                x = box.left() + box.width() * hz / top_hz
                place = QRectF(x - 24, box.bottom() + 2, 48, _FOOT_PX - 2)
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), f"{hz // 1000} kHz")

    def _curve(self, painter: QPainter, box: QRectF) -> None:
        points = [
            QPointF(box.left() + box.width() * (at + 0.5) * self._step_hz / self._top_hz, self._y(box, level))
            for at, level in enumerate(self._levels)
        ]
        painter.setPen(QPen(self._theme.pitch, 1.5))
        painter.drawPolyline(QPolygonF(points))

    @property
    def _top_hz(self) -> float:
        return max(1000.0, self._step_hz * len(self._levels)) if self._levels else 10_000.0

    def _y(self, box: QRectF, level: float) -> float:
        return box.top() + box.height() * min(1.0, level / _FLOOR_DB)
