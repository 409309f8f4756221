"""The spectrum of one moment, beside the spectrogram that it is cut from and on the same axis of frequencies."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.session.desk import Desk
from studio.settings.schema import Settings
from studio.ui.controls import IconButton
from studio.ui.theme import Theme
from studio.ui.timeline.keyboard import WIDTH as KEYS_WIDTH
from studio.ui.timeline.spectrogram import RANGE_DB, axis_labels, row_hz, top_db

HEIGHT_PX: Final = 92
_MARGIN_PX: Final = 12
_BUTTON_PX: Final = 36
_WORDS_PX: Final = 160
_STEP_DB: Final = 20.0
_HALF_LABEL_PX: Final = 6
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_MIDDLE: Final = int(Qt.AlignmentFlag.AlignCenter)

Shades = NDArray[np.uint8]


class Sliced(QWidget):
    """A spectrogram whose free right third shows the spectrum of the moment under the mouse, or of another.

    The height of the mouse picks a frequency: it is said in words, with its level.
    """

    def __init__(self, desk: Desk, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self.mouse: QPointF | None = None
        self.setFixedHeight(HEIGHT_PX)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(name)
        self.setToolTip("What the voice is made of: the note below, its overtones above it")
        self.wide = IconButton("Wide band", "wide-band", theme, self, on="accent", checkable=True)
        self.wide.setCursor(Qt.CursorShape.ArrowCursor)
        self.wide.name("Wide band", "", "Shows formants and pulses; a narrow band shows overtones.")
        self.wide.clicked.connect(lambda on: desk.settings.change("pitch", wide_band=on))
        self._tell: Callable[[bool], None] = self.wide.setChecked
        desk.settings.changed.connect(self._settings_changed)

    def tell_wide(self, tell: Callable[[bool], None]) -> None:
        """Say now, and whenever it is changed, whether the band is wide."""
        self._tell = tell
        self._settings_changed(self._desk.settings.value)

    def _settings_changed(self, settings: Settings) -> None:
        self.wide.setChecked(settings.pitch.wide_band)
        self._tell(settings.pitch.wide_band)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.wide.move(self.width() - self.wide.width() - _MARGIN_PX, self.height() - self.wide.height() - 8)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.mouse = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.mouse = None
        self.update()
        super().leaveEvent(event)

    def paint_slice(self, painter: QPainter, left: int, shades: Shades | None, rate_hz: int) -> None:
        """Paint the shades of one column, highest frequency on top, as a curve to the right of `left`.

        Without any it says how to get some.
        """
        theme = self._theme
        box = QRectF(left + 1, 1, self.width() - left - 1 - _MARGIN_PX - _BUTTON_PX, self.height() - 1)
        painter.fillRect(QRectF(left + 1, 1, self.width() - left, self.height()), theme.panel)
        painter.setFont(theme.font("label", figures=True))
        if shades is None:
            painter.setPen(theme.secondary)
            painter.drawText(
                box,
                _MIDDLE,
                "Point at the spectrogram for a spectrum.",
            )
            return
        if not shades.any() and self.mouse is None:
            return
        for step in range(1, math.ceil(RANGE_DB / _STEP_DB)):
            x = round(box.right() - box.width() * step * _STEP_DB / RANGE_DB)
            painter.fillRect(QRectF(x, box.top(), 1, box.height()), theme.line)
        xs = box.left() + shades.astype(np.float64) * (box.width() / 255)
        ys = box.top() + (np.arange(len(shades)) + 0.5) * box.height() / len(shades)
        curve = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
        body = QColor(theme.pitch)
        body.setAlphaF(0.16)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(body)
        painter.drawPolygon(QPolygonF([QPointF(box.left(), ys[0]), *curve, QPointF(box.left(), ys[-1])]))
        painter.setPen(QPen(theme.pitch, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(curve))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._paint_words(painter, box, shades, row_hz(len(shades), rate_hz, "log"))

    def _paint_words(self, painter: QPainter, box: QRectF, shades: Shades, hz: NDArray[np.float64]) -> None:
        """Name the frequency under the mouse, or else the loudest."""
        if self.mouse is None:
            row = int(np.argmax(shades))
        else:
            row = min(max(round((self.mouse.y() - box.top()) / box.height() * len(shades) - 0.5), 0), len(shades) - 1)
            y = box.top() + (row + 0.5) * box.height() / len(shades)
            painter.fillRect(QRectF(0, round(y), self.width(), 1), self._theme.secondary)
        said = words(shades, hz, row, top_db(wide=self.wide.isChecked()))
        room = QRectF(self.width() - _WORDS_PX - _MARGIN_PX, 4, _WORDS_PX, 16)
        width = painter.fontMetrics().horizontalAdvance(said) + 8
        painter.fillRect(QRectF(room.right() - width, room.top(), width, room.height()), self._theme.panel)
        painter.setPen(self._theme.text)
        painter.drawText(room, _RIGHT, said)


def words(shades: Shades, hz: NDArray[np.float64], row: int, highest_db: float) -> str:
    """A frequency, as exactly as rows tell it, and its level: "about 660 Hz · −31 dB". A peak lies between its rows."""
    here, level = float(row), int(shades[row])
    if 0 < row < len(shades) - 1 and shades[row - 1] < level > shades[row + 1]:
        above, below = int(shades[row - 1]), int(shades[row + 1])
        here += 0.5 * (above - below) / (above - 2 * level + below)
    found_hz = float(np.exp(np.interp(here, np.arange(len(hz)), np.log(hz))))
    step = 10 ** (math.floor(math.log10(found_hz)) - 1)
    level_db = f"{round(highest_db - RANGE_DB + level * RANGE_DB / 255)} dB".replace("-", "−") if level else "silence"
    return f"about {round(found_hz / step) * step:.0f} Hz · {level_db}"


def paint_octaves(painter: QPainter, theme: Theme, height: int, rate_hz: int, a4_hz: float) -> None:
    """Name the octaves of a spectrogram at its left, as the keyboard above it names notes."""
    painter.setFont(theme.font("label", figures=True))
    painter.setPen(theme.secondary)
    for y, name in axis_labels(height, rate_hz, "log", a4_hz):
        if _HALF_LABEL_PX < y < height - _HALF_LABEL_PX:
            painter.drawText(QRectF(0, y - 8, KEYS_WIDTH - 8, 16), _RIGHT, name)
