"""The melody under the mouse, in words, and how they are painted beside it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPen

from studio.model.pitch import note_name, note_text
from studio.model.project import Clip
from studio.model.time import format_clock
from studio.ui.timeline.colours import Colours
from studio.ui.timeline.melody import Melody, to_midi
from studio.ui.timeline.overlay import paint_pill
from studio.ui.timeline.pitch_axis import PitchAxis

_ROOM_PX = 290


class Words(NamedTuple):
    """What is said of a moment: the timeline sample of its frame, its note (NaN where nobody sings), and the text."""

    sample: float
    midi: float
    text: str


class Reading(NamedTuple):
    """The melody under the mouse, in pixels of its canvas; `y` is NaN where nobody sings."""

    x: float
    y: float
    text: str


def words_at(
    shown: Sequence[tuple[Clip, Melody]], sample: float, rate_hz: int, a4_hz: float, *, flats: bool
) -> Words | None:
    """The melody at a timeline sample: "A4 +12 ¢ · 442.1 Hz · 00:12.480 · confidence 0.93"."""
    clock = format_clock(round(sample), rate_hz)
    for clip, melody in reversed(shown):
        if not clip.start <= sample < clip.end:
            continue
        frame = round(melody.frame_of(clip, sample))
        if not 0 <= frame < len(melody.curve.hz):
            continue
        hz = float(melody.curve.hz[frame])
        if not hz > 0:
            return Words(sample, math.nan, f"no pitch · {clock}")
        midi = float(to_midi(melody.curve.hz[frame : frame + 1], a4_hz)[0])
        sure = float(melody.curve.confidence[frame])
        text = f"{note_text(midi, flats=flats)} · {hz:.1f} Hz · {clock} · confidence {sure:.2f}"
        return Words(melody.sample_of(clip, frame), midi, text)
    return None


def paint_words(painter: QPainter, text: str, at: QPointF, size: QSize, colours: Colours) -> None:
    """Paint a dot on the melody and the words beside it, inside a canvas; at the top where `at` has no height."""
    theme = colours.theme
    if not math.isnan(at.y()):
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.panel, 2))
        painter.setBrush(theme.pitch)
        painter.drawEllipse(at, 5, 5)
        painter.restore()
    left = at.x() + 12 if at.x() + _ROOM_PX < size.width() else at.x() - _ROOM_PX
    y = 16.0 if math.isnan(at.y()) else min(max(at.y() - 22, 12), size.height() - 12)
    paint_pill(painter, text, QPointF(max(left, 48), y), colours)


def paint_row(painter: QPainter, axis: PitchAxis, y: float, width: int, colours: Colours, *, flats: bool) -> None:
    """Light the row of the note at a height, with its name."""
    midi = math.floor(axis.midi_at(y) + 0.5)
    tint = QColor(colours.theme.pitch)
    tint.setAlphaF(0.08)
    top = round(axis.y_of(midi + 0.5))
    painter.fillRect(QRectF(0, top, width, round(axis.px_per_semitone)), tint)
    paint_pill(painter, note_name(midi, flats=flats), QPointF(4, top + axis.px_per_semitone / 2), colours)
