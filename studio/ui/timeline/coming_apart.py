"""How far the stems of a clip are, on the clip itself while they are made."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from studio.model.project import Project
from studio.model.time import format_clock
from studio.session.separating import Growing, Separating
from studio.ui.theme import Theme
from studio.ui.timeline.rows import CLIP_HEADER
from studio.ui.timeline.sight import Sight

_WASH: Final = 0.18
_LINE_PX: Final = 2.0
_PAD_PX: Final = 8.0


class ComingApart:
    """A wash in the colour of what engines make, as far as the stems can be heard already, and its length in words."""

    def __init__(self, separating: Separating, sight: Sight) -> None:
        self._separating, self._sight = separating, sight

    def box(self, growing: Growing, project: Project) -> QRectF:
        """Where it is painted; empty when its clip is gone."""
        piece, view = growing.piece, self._sight.viewport
        clip = next((one for one in project.clips if one.id == piece.clip.id), None)
        if clip is None:
            return QRectF()
        row = self._sight.row_of(project.track_of(clip.id).id)
        start = clip.start + piece.clip.source_start - clip.source_start
        left, right = view.x_of(start), view.x_of(start + min(growing.frames, piece.clip.length))
        top = row.clip_top - self._sight.top + CLIP_HEADER
        return QRectF(left, top, right - left, row.clip_bottom - row.clip_top - CLIP_HEADER)

    def paint(self, painter: QPainter, theme: Theme, project: Project) -> None:
        """Paint every separation that is running."""
        for growing in self._separating.growing:
            box = self.box(growing, project)
            if not box.isEmpty():
                wash = QColor(theme.engine)
                wash.setAlphaF(_WASH)
                painter.fillRect(box, wash)
                painter.fillRect(QRectF(box.right() - _LINE_PX, box.top(), _LINE_PX, box.height()), theme.engine)
                self._write(painter, theme, box, words(growing, project.rate_hz))

    def _write(self, painter: QPainter, theme: Theme, box: QRectF, said: str) -> None:
        """The words at the lower left, on a ground of their own: the waveform is under them."""
        font = theme.font("label", figures=True)
        metrics = QFontMetricsF(font)
        place = QRectF(
            max(box.left(), 0.0) + _PAD_PX,
            box.bottom() - metrics.height() - 2 * _PAD_PX,
            metrics.horizontalAdvance(said) + 2 * _PAD_PX,
            metrics.height() + _PAD_PX,
        )
        painter.fillRect(place, theme.raised)
        painter.setFont(font)
        painter.setPen(theme.engine_text)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), said)


def words(growing: Growing, rate_hz: int) -> str:
    """How much of the stems is there: "Stems: 00:18.000 of 00:33.000"."""
    return f"Stems: {format_clock(growing.frames, rate_hz)} of {format_clock(growing.piece.clip.length, rate_hz)}"
