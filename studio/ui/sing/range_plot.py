"""The range as a picture: which notes, how loud, how often; the ends that were held and the part that is used most."""

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.model.pitch import note_name
from studio.ui.sing.range_so_far import QUIETEST_DB, Ends, RangeSoFar
from studio.ui.theme import Theme
from studio.ui.timeline.pitch_axis import LOWEST_MIDI
from studio.ui.timeline.spectrogram import colour_map

_HEIGHT_PX: Final = 148
_FOOT_PX: Final = 20
_SIDE_PX: Final = 28
_BARELY_S: Final = 0.1
"""What was sung less than that is no reason to show more notes."""
_FEWEST_NOTES: Final = 25
_LOUDEST_DB: Final = -6
_SOFTEST_DB: Final = -54
_CENTRE: Final = int(Qt.AlignmentFlag.AlignCenter)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class RangePlot(QWidget):
    """Notes to the right, loudness upwards; the more often, the brighter."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._flats = False
        self._ends = Ends(math.nan, math.nan, math.nan, math.nan)
        self._first = 48
        self._shades: np.ndarray = np.zeros((1, 1), np.uint8)
        self._image = QImage()
        self._table: list[int] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT_PX)
        self.setAccessibleName("Range of the voice")
        self.setToolTip(
            "Which notes were sung, and how loud. The microphone is not calibrated: decibels below full scale."
        )

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT_PX)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme, self._table = theme, []
        self._colour()
        self.update()

    def show_range(self, sung: RangeSoFar, a4_hz: float, *, flats: bool = False) -> None:
        """Show what was sung so far."""
        self._ends, self._flats = sung.ends(a4_hz), flats
        rows = np.flatnonzero(sung.field.sum(axis=1) > _BARELY_S)
        low, high = (int(rows[0]), int(rows[-1])) if len(rows) else (27, 51)
        room = max(_FEWEST_NOTES - (high - low + 1), 0)
        first = max(low - room // 2 - 1, 0)
        last = min(high + room - room // 2 + 2, len(sung.field))
        self._first = round(LOWEST_MIDI) + first
        part = sung.field[first:last, _SOFTEST_DB - QUIETEST_DB : _LOUDEST_DB - QUIETEST_DB]
        pairs = part.reshape(len(part), -1, 2).sum(axis=2)
        most = max(float(pairs.max(initial=0.0)), 0.25)
        grown = np.sqrt(np.minimum(pairs / most, 1.0))
        self._shades = np.where(pairs > 0, 70 + 185 * grown, 0).astype(np.uint8)
        self.setAccessibleDescription(self.summary())
        self._colour()
        self.update()

    def summary(self) -> str:
        """The range in a line: "E3 to C5, mostly A3 to F4"."""
        ends = self._ends
        if math.isnan(ends.usual_low):
            return "Nothing sung yet"
        if math.isnan(ends.lowest):  # noises have moments of a pitch, too
            return "No note was held yet"
        used = f"mostly {self._name(ends.usual_low)} to {self._name(ends.usual_high)}"
        return f"{self._name(ends.lowest)} to {self._name(ends.highest)}, {used}"

    def _name(self, midi: float) -> str:
        return note_name(midi, flats=self._flats)

    def _colour(self) -> None:
        self._table = self._table or colour_map(self._theme)
        shades = np.ascontiguousarray(self._shades.T[::-1])
        height, width = shades.shape
        image = QImage(width, height, QImage.Format.Format_Indexed8)
        image.setColorTable(self._table)
        rows = np.frombuffer(image.bits(), np.uint8).reshape(height, image.bytesPerLine())
        rows[:, :width] = shades
        self._image = image

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        room = QRectF(_SIDE_PX, 8, self.width() - _SIDE_PX, self.height() - _FOOT_PX - 8)
        each = room.width() / max(self._image.width(), 1)

        def x_of(midi: float) -> float:
            return room.left() + (midi - self._first) * each

        painter.fillRect(room, theme.app)
        painter.drawImage(room, self._image)
        painter.setFont(theme.font("label", figures=True))
        painter.setPen(theme.secondary)
        for db in (-12, -24, -36, -48):
            y = room.top() + room.height() * (_LOUDEST_DB - db) / (_LOUDEST_DB - _SOFTEST_DB)
            painter.fillRect(QRectF(room.left(), round(y), room.width(), 1), _clear(theme.strong_line, 0.5))
            painter.drawText(QRectF(0, y - 8, _SIDE_PX - 6, 16), _RIGHT, f"−{-db}")
        for midi in range(self._first, self._first + self._image.width()):
            if midi % 12 == 0:
                painter.fillRect(
                    QRectF(round(x_of(midi)), room.top(), 1, room.height()), _clear(theme.strong_line, 0.8)
                )
                left = min(x_of(midi) + each / 2 - 16, room.right() - 28)
                painter.drawText(QRectF(left, room.bottom() + 4, 32, 16), _CENTRE, self._name(midi))
        self._paint_ends(painter, room, x_of, each)

    def _paint_ends(self, painter: QPainter, room: QRectF, x_of: object, each: float) -> None:
        assert callable(x_of)
        ends, theme = self._ends, self._theme
        if not math.isnan(ends.usual_low):
            left, right = x_of(ends.usual_low), x_of(ends.usual_high) + each
            painter.fillRect(QRectF(left, room.bottom() - 3, right - left, 3), theme.pitch)
        for end in (ends.lowest, ends.highest):
            if not math.isnan(end):
                painter.fillRect(
                    QRectF(round(x_of(math.floor(end + 0.5)) + each / 2) - 1, room.top(), 2, room.height()),
                    theme.accent,
                )


def _clear(colour: QColor, opacity: float) -> QColor:
    clear = QColor(colour)
    clear.setAlphaF(opacity)
    return clear
