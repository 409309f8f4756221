"""The melody that somebody sings against: what of it was heard, what is heard now, and what comes next."""

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPen, QPolygonF

from studio.model.pitch import PitchCurve, midi_to_hz
from studio.model.project import Clip
from studio.model.sheet import SungNote
from studio.session.desk import Desk
from studio.session.singing import Numbers
from studio.ui.sing.sung import Stretch, Sung, to_midi
from studio.ui.theme import Theme
from studio.ui.timeline.colours import qcolor, rgb
from studio.ui.timeline.melodies import Melodies
from studio.ui.timeline.melody import Melody
from studio.ui.timeline.pitch_axis import PitchAxis
from studio.ui.timeline.pitch_paint import LEAP_SEMITONES
from studio.ui.timeline.wave import mix

_POINT_S: Final = 0.005
_KEPT: Final = 1 << 13
_AHEAD_POINTS: Final = 400
_LONGEST_TICK_S: Final = 0.5
WIDTH_PX: Final = 7.0
_STRENGTH: Final = 0.42


class ReferenceLine(QObject):
    """Follows the playhead. What was heard is kept with its time, so that it flows away with what was sung to it."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._melodies: Melodies | None = None
        self._told_s = -math.inf
        self.heard = Sung(_KEPT)

    @property
    def clip(self) -> Clip | None:
        """The clip that is sung against, while the project has it."""
        chosen = self._desk.singing.reference
        return next((clip for clip in self._desk.document.project.clips if clip.id == chosen), None)

    @property
    def parts(self) -> list[tuple[Clip, Melody]]:
        """What is known of its melody, once that was read."""
        clip = self.clip
        if clip is None:
            return []
        if self._melodies is None:
            self._melodies = Melodies(self._desk, self)
            self._melodies.ready.connect(self.changed)
            self._desk.document.folder_changed.connect(self._melodies.forget)
        found = [(part, self._melodies.of(pitch)) for part, pitch in self._desk.document.project.melody_in(clip)]
        return [(part, melody) for part, melody in found if melody is not None]

    @property
    def notes(self) -> tuple[SungNote, ...]:
        """The notes with a pitch of their own that are sung against, in samples of the clip's medium; else none."""
        clip, project = self.clip, self._desk.document.project
        sheet = project.sheet_of(clip.media) if clip is not None and self._desk.singing.against_notes else None
        if clip is None or sheet is None:
            return ()
        return tuple(note for note in sheet.within(clip.source_start, clip.source_end) if note.midi is not None)

    def spans(self) -> list[Numbers]:
        """Which pitches occur in it, as note numbers."""
        if self._desk.singing.against_notes:
            return [np.array([note.midi for note in self.notes], np.float64)]
        return [melody.span(part, self._desk.singing.a4_hz) for part, melody in self.parts]

    def wait(self) -> None:
        """Return when the melody has been read."""
        if self.parts == [] and self._melodies is not None:
            self._melodies.wait()

    def tick(self, now_s: float) -> None:
        """Note what was heard of it since the last time; nothing while all is silent."""
        begin_s, self._told_s = max(self._told_s, now_s - _LONGEST_TICK_S), now_s
        transport = self._desk.transport
        if self.clip is None or not transport.playing:
            return
        count = math.floor(now_s / _POINT_S) - math.floor(begin_s / _POINT_S)
        if count > 0:
            times = (math.floor(begin_s / _POINT_S) + 1 + np.arange(count, dtype=np.float64)) * _POINT_S
            hz = self.hz_at(transport.position() - (now_s - times) * self._samples_per_s)
            nothing = np.full(count, np.nan)
            self.heard.append(Stretch(times, hz, np.ones(count), nothing, nothing, nothing))

    def ahead(self, seconds: float) -> tuple[Numbers, Numbers]:
        """What comes next: seconds from now, and the pitch in Hz, NaN where nobody sings. Both (points,)."""
        after_s: Numbers = np.linspace(0.0, seconds, min(_AHEAD_POINTS, max(round(seconds / _POINT_S), 2)))
        return after_s, self.hz_at(self._desk.transport.position() + after_s * self._samples_per_s)

    def hz_at(self, samples: Numbers) -> Numbers:
        """The pitch at timeline samples, NaN where nobody sings; (samples,)."""
        hz = np.full(len(samples), np.nan)
        if self._desk.singing.against_notes:
            self._fill(hz, samples)
            return hz
        for clip, melody in self.parts:
            frames = np.round((samples - melody.sample_of(clip, 0)) / melody.samples_per_frame).astype(np.int64)
            inside = (samples >= clip.start) & (samples < clip.end) & (frames >= 0) & (frames < len(melody.curve.hz))
            hz[inside] = melody.curve.hz[frames[inside]]
        return hz

    def _fill(self, hz: Numbers, samples: Numbers) -> None:
        """Put the pitches of the notes where they lie."""
        clip = self.clip
        for note in self.notes:
            if clip is not None and note.midi is not None:
                start, stop = (at - clip.source_start + clip.start for at in (note.start, note.stop))
                inside = (samples >= start) & (samples < min(stop, clip.end))
                hz[inside] = midi_to_hz(note.midi, self._desk.singing.a4_hz)

    def cents_off(self, time_s: float, hz: float) -> float:
        """How far from it a pitch lies that was sung at a time, in whichever octave is nearest; NaN in its rests."""
        near = self.heard.after(time_s - 3 * _POINT_S)
        there = near.hz[:6][~np.isnan(near.hz[:6])]
        if not len(there) or not hz > 0:
            return math.nan
        semitones = 12 * math.log2(hz / float(np.median(there)))
        return 100 * (semitones - 12 * math.floor(semitones / 12 + 0.5))

    @property
    def name(self) -> str:
        """What is sung against."""
        clip = self.clip
        if clip is None:
            return ""
        name = clip.name or self._desk.document.project.medium(clip.media).name
        return f"the notes of {name}" if self._desk.singing.against_notes else name

    def under(self, melody: Melody, clip: Clip) -> PitchCurve | None:
        """What is sung against, frame by frame of the melody of another clip; None where that is silence all along."""
        places = (
            melody.sample_of(clip, 0) + np.arange(len(melody.curve.hz), dtype=np.float64) * melody.samples_per_frame
        )
        hz = self.hz_at(places).astype(np.float32)
        if np.isnan(hz).all():
            return None
        return PitchCurve(frames_per_s=melody.curve.frames_per_s, hz=hz, confidence=np.ones_like(hz))

    @property
    def _samples_per_s(self) -> float:
        transport = self._desk.transport
        speed = 1.0 if transport.recording else self._desk.singing.accompaniment.speed
        return self._desk.document.project.rate_hz * speed


def paint_reference(
    painter: QPainter, axis: PitchAxis, theme: Theme, xs: Numbers, hz: Numbers, a4_hz: float, lift: float
) -> None:
    """Paint a melody as a broad, quiet line that lets a thin one be read upon it."""
    midi = to_midi(hz, a4_hz, lift)
    voiced = ~np.isnan(midi)
    follows = voiced[1:] & voiced[:-1] & (np.abs(np.diff(midi)) < LEAP_SEMITONES)
    starts = np.flatnonzero(voiced & ~np.concatenate(([False], follows)))
    stops = np.flatnonzero(voiced & ~np.concatenate((follows, [False]))) + 1
    ink = qcolor(mix(rgb(theme.panel), rgb(theme.secondary), _STRENGTH))  # opaque: it is painted bit by bit
    painter.setPen(QPen(ink, WIDTH_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin))
    ys = axis.y_of(0) - midi * axis.px_per_semitone
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        points = zip(xs[start:stop].tolist(), ys[start:stop].tolist(), strict=True)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
