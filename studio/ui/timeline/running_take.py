"""The take that is being recorded, as it grows on its row."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter

from studio.model.time import format_clock
from studio.session.transport import Transport
from studio.ui.theme import Theme
from studio.ui.timeline import overlay
from studio.ui.timeline.sight import Sight
from studio.ui.timeline.take_wave import TakeWave

_WORDS_BESIDE_PX = 260


class RunningTake:
    """As long as what is safe on the disk, or as what was seen of its levels: whichever is more.

    In a loop, that of the pass which is being sung.
    """

    def __init__(self, transport: Transport, sight: Sight) -> None:
        self._transport, self._sight = transport, sight
        self.wave = TakeWave()

    def box(self) -> QRectF:
        """Where it is painted now; empty while there is none."""
        taking, view = self._transport.take, self._sight.viewport
        if taking is None:
            return QRectF()
        row = self._sight.row_of(taking.track)
        left, right = view.x_of(taking.start), view.x_of(taking.start + self._length() - self._before())
        return QRectF(left, row.clip_top - self._sight.top, max(right - left, 1), row.clip_bottom - row.clip_top)

    def changing(self, room: QRect) -> QRect:
        """What of a room has to be painted anew when it has grown; empty while there is none."""
        box = self.box()
        if box.isEmpty():
            return QRect()
        return QRectF(room).intersected(box.adjusted(-2, -2, _WORDS_BESIDE_PX, 2)).toAlignedRect()

    def paint(self, painter: QPainter, theme: Theme, width_px: int) -> None:
        """Paint it, if there is one in sight."""
        taking, view, box = self._transport.take, self._sight.viewport, self.box()
        if taking is None or box.right() < 0 or box.left() > width_px:
            return
        left, right = max(box.left(), 0.0), min(box.right(), float(width_px))
        before = self._before()
        first_s = (view.sample_at(left) - taking.start + before) / taking.rate_hz
        wave = self.wave.columns(first_s, view.samples_per_px / taking.rate_hz, max(int(right - left), 0))
        words = f"Recording {format_clock(self._length() - before, taking.rate_hz)}"
        if taking.loop is not None:
            words += f", pass {self._transport.pass_number}"
        overlay.paint_take(painter, box, theme, wave, words)

    def _length(self) -> int:
        """Frames of the take, but in a loop no more than until the end of the pass."""
        taking = self._transport.take
        seen = round(self.wave.length_s * taking.rate_hz) if taking is not None else 0
        length = max(self._transport.take_frames, seen)
        if taking is None or taking.loop is None:
            return length
        before = self._before()
        return min(max(length, before), before + taking.loop.length)

    def _before(self) -> int:
        """Frames of the take that were sung in earlier passes of its loop."""
        taking = self._transport.take
        if taking is None or taking.loop is None:
            return 0
        return (self._transport.pass_number - 1) * taking.loop.length
