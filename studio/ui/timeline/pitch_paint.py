"""How a note grid and a melody on it look, with any painter: rows a semitone high, and the curve over them."""

import math
from collections.abc import Iterable
from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.model.project import Clip
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.melody import Melody
from studio.ui.timeline.pitch_axis import PitchAxis, hz_labels, is_black
from studio.ui.timeline.viewport import Viewport

LEAP_SEMITONES: Final = 5.0
"""Two neighbours further apart are two notes and no glide."""
SURE: Final = ((0.0, 1.0, 0.45), (0.5, 1.5, 0.75), (0.8, 2.0, 1.0))
"""From which confidence on, how thick and how strong the curve is."""
_CLOSE_FRAMES_PER_PX: Final = 1.5
"""Nearer than this frames are painted one by one, else what each column of pixels holds of them."""


def paint_rows(
    painter: QPainter, room: QRectF, axis: PitchAxis, colours: Colours, hertz_a4: float | None = None
) -> None:
    """Paint the rows of an axis into a room whose top is the axis's; frequencies by that tuning where it is given."""
    theme, left, width = colours.theme, room.left(), room.width()
    painter.fillRect(room, theme.panel)
    if hertz_a4 is not None:
        for note, _ in hz_labels(axis, hertz_a4):
            painter.fillRect(QRectF(left, round(axis.y_of(note)), width, 1), theme.line)
        return
    for midi in axis.rows:
        if is_black(midi):
            top = round(axis.y_of(midi + 0.5))
            painter.fillRect(QRectF(left, top, width, round(axis.px_per_semitone)), theme.app)
        if midi % 12 == 0:
            painter.fillRect(QRectF(left, round(axis.y_of(midi - 0.5)), width, 1), theme.strong_line)
        elif axis.px_per_semitone >= 10:
            painter.fillRect(QRectF(left, round(axis.y_of(midi - 0.5)), width, 1), colours.grid)


def paint_veil(painter: QPainter, view: Viewport, clips: Iterable[Clip], size: QSize, colours: Colours) -> None:
    """Paint a veil over the time that none of the clips, in their order, covers."""
    veil = QColor(colours.theme.app)
    veil.setAlphaF(0.6)
    reached = 0.0
    for clip in clips:
        left, right = view.x_of(clip.start), view.x_of(clip.end)
        if left > reached:
            painter.fillRect(QRectF(reached, 0, min(left, size.width()) - reached, size.height()), veil)
        reached = max(reached, right)
        if reached > size.width():
            return
    painter.fillRect(QRectF(reached, 0, size.width() - reached, size.height()), veil)


def paint_melody(
    painter: QPainter,
    axis: PitchAxis,
    view: Viewport,
    clip: Clip,
    melody: Melody,
    colour: QColor,
    a4_hz: float,
    *,
    lift: float = 0.0,
) -> None:
    """Paint what a view shows of a clip's melody, moved up by `lift` semitones."""
    if view.samples_per_px / melody.samples_per_frame <= _CLOSE_FRAMES_PER_PX:
        beyond = melody.samples_per_frame + view.samples_per_px
        points = melody.points(clip, view.first_sample - beyond, view.last_sample + beyond, a4_hz)
        xs = (points.samples - view.first_sample) / view.samples_per_px
        midi = points.midi + lift
        paint_curve(painter, axis, colour, xs, midi, midi, points.confidence)
        return
    left = math.floor(view.x_of(max(view.first_sample, clip.start)))
    count = math.ceil(min(view.x_of(clip.end), view.width_px)) - left
    if count > 0:
        found = melody.envelope(clip, view.sample_at(left), view.samples_per_px, count, a4_hz)
        xs = left + 0.5 + np.arange(count, dtype=np.float64)
        paint_curve(painter, axis, colour, xs, found.low_midi + lift, found.high_midi + lift, found.confidence)


def paint_curve(
    painter: QPainter,
    axis: PitchAxis,
    colour: QColor,
    xs: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    confidence: np.ndarray,
) -> None:
    """One line through each two neighbours that are voiced and close, and one up each column that has a height."""
    if not len(xs):
        return
    middle = (low + high) / 2
    voiced = ~np.isnan(middle)
    near = np.abs(np.diff(middle)) < LEAP_SEMITONES  # NaN is never near
    top, bottom, ys = (axis.y_of(0) - note * axis.px_per_semitone for note in (high, low, middle))
    leaps = voiced & (np.where(voiced, high - low, 0) >= LEAP_SEMITONES)  # two notes in one column, no glide
    near &= ~(leaps[:-1] | leaps[1:])
    sure = np.minimum(confidence[:-1], confidence[1:])
    alone = voiced & ~leaps
    alone[:-1] &= ~near
    alone[1:] &= ~near
    tall = voiced & ~leaps & (np.where(voiced, bottom - top, 0) > 1.5)
    for index, (least, width, opacity) in enumerate(SURE):
        most = SURE[index + 1][0] if index + 1 < len(SURE) else 2.0
        level = (confidence >= least) & (confidence < most)
        chosen = np.flatnonzero(near & (sure >= least) & (sure < most))
        lines = _lines(xs[chosen], ys[chosen], xs[chosen + 1], ys[chosen + 1])
        chosen = np.flatnonzero((tall | alone) & level)
        lines += _lines(xs[chosen], top[chosen] - 0.01, xs[chosen], bottom[chosen])
        chosen = np.flatnonzero(leaps & level)
        for ends in (top[chosen], bottom[chosen]):
            lines += _lines(xs[chosen], ends - 0.01, xs[chosen], ends)
        if lines:
            ink = QColor(colour)
            ink.setAlphaF(opacity)
            painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLines(lines)


def _lines(x1: np.ndarray, y1: np.ndarray, x2: np.ndarray, y2: np.ndarray) -> list[QLineF]:
    return [QLineF(*ends) for ends in zip(x1.tolist(), y1.tolist(), x2.tolist(), y2.tolist(), strict=True)]
