"""A picture that flows: new columns are painted at its head, the rest is only moved."""

import math
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from studio.session.singing import Numbers
from studio.ui.sing.reference_line import paint_reference
from studio.ui.sing.sung import Stretch, to_midi, unbroken
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.pitch_axis import PitchAxis
from studio.ui.timeline.pitch_paint import paint_curve, paint_rows

_MARGIN_PX: Final = 8
"""So far ahead of its head the picture is clean, so that round ends of lines are never cut."""


class Strip:
    """The note grid with what was sung on it, as a ring of columns. Time is monotonic seconds."""

    def __init__(self) -> None:
        self._image = QImage()
        self._scale = 1.0
        self._width_px = 0
        self._px_per_s = 100.0
        self._axis = PitchAxis()
        self._begin_s = 0.0
        self._clean_to = 0

    def begin(self, size: QSize, scale: float, axis: PitchAxis, px_per_s: float, now_s: float) -> None:
        """A clean picture of this size whose right edge is now; nothing is on it before it is painted."""
        wanted = QSize(math.ceil((size.width() + 2 * _MARGIN_PX) * scale), math.ceil(size.height() * scale))
        if self._image.size() != wanted:
            self._image = QImage(wanted, QImage.Format.Format_RGB32)
        self._scale, self._width_px, self._axis, self._px_per_s = scale, size.width(), axis, px_per_s
        self._begin_s = now_s - (size.width() + _MARGIN_PX) / px_per_s
        self._clean_to = 0

    def x_of(self, time_s: Numbers | float) -> Numbers | float:
        """How far behind the beginning of the picture a time lies, in pixels; it goes on growing."""
        return (time_s - self._begin_s) * self._px_per_s

    def advance(self, now_s: float, colours: Colours) -> None:
        """Let columns up to now come in, with nothing on them but the grid and the lines of the seconds."""
        ring = self._image.width()
        stop = math.floor((float(self.x_of(now_s)) + _MARGIN_PX) * self._scale)
        start = max(self._clean_to, stop - ring)
        self._clean_to = max(stop, start)
        painter = QPainter(self._image)
        while start < stop:
            slot = start % ring
            count = min(stop - start, ring - slot)
            painter.save()
            painter.setClipRect(QRect(slot, 0, count, self._image.height()))
            painter.scale(self._scale, self._scale)
            room = QRectF(slot / self._scale, 0, count / self._scale, self._image.height() / self._scale)
            paint_rows(painter, room, self._axis, colours)
            painter.restore()
            first_s = self._begin_s + start / self._scale / self._px_per_s
            for second in range(math.ceil(first_s), math.ceil(first_s + count / self._scale / self._px_per_s)):
                x = math.floor(float(self.x_of(second)) * self._scale) - start + slot
                painter.fillRect(QRect(x, 0, 1, self._image.height()), colours.grid)
            start += count
        painter.end()

    def refer(self, points: Stretch, a4_hz: float, transposed: float, colours: Colours) -> None:
        """Paint what is sung against, behind what is sung: points that are not older than the picture."""
        if len(points.time_s) < 2:
            return
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._scale, self._scale)
        ring = self._image.width() / self._scale
        for part in unbroken(points):
            xs = self.x_of(part.time_s)
            assert not isinstance(xs, float)
            for turn in range(math.floor(xs[0] / ring), math.floor((xs[-1] + _MARGIN_PX) / ring) + 1):
                paint_reference(painter, self._axis, colours.theme, xs - turn * ring, part.hz, a4_hz, transposed)
        painter.end()

    def sing(self, points: Stretch, a4_hz: float, transposed: float, colours: Colours) -> None:
        """Paint points that are not older than the picture; the first continues what was painted before."""
        if len(points.time_s) < 2:
            return
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._scale, self._scale)
        for part in unbroken(points):
            self._sing(painter, part, to_midi(part.hz, a4_hz, transposed), colours)
        painter.end()

    def _sing(self, painter: QPainter, points: Stretch, midi: Numbers, colours: Colours) -> None:
        ring = self._image.width() / self._scale
        xs = self.x_of(points.time_s)
        assert not isinstance(xs, float)
        for turn in range(math.floor(xs[0] / ring), math.floor((xs[-1] + _MARGIN_PX) / ring) + 1):
            paint_curve(painter, self._axis, colours.theme.pitch, xs - turn * ring, midi, midi, points.confidence)

    def paint(self, painter: QPainter, now_s: float) -> None:
        """Lay the picture into the left of a widget, so that now is at the right edge of it."""
        ring, wide = self._image.width(), round(self._width_px * self._scale)
        head = math.floor(float(self.x_of(now_s)) * self._scale)
        start = (head - wide) % ring
        first = min(wide, ring - start)
        height = self._image.height()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        for slot, count, left in ((start, first, 0), (0, wide - first, first)):
            if count > 0:
                room = QRectF(left / self._scale, 0, count / self._scale, height / self._scale)
                painter.drawImage(
                    room, self._image, QRectF(slot, 0, count, height), Qt.ImageConversionFlag.NoFormatConversion
                )
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
