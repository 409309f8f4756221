"""The range of what was sung, grown with each new stretch of it."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.model.pitch import PitchCurve, hz_to_midi
from studio.model.range_profile import SUSTAINED_S, range_profile, voice_field
from studio.ui.sing.sung import Stretch
from studio.ui.timeline.pitch_axis import HIGHEST_MIDI, LOWEST_MIDI

FRAMES_PER_S: Final = 200
QUIETEST_DB: Final = -60
_LEAST_CONFIDENCE: Final = 0.5
_SHARES: Final = (0.1, 0.9)


class Ends(NamedTuple):
    """Note numbers: the lowest and highest held, and between which two most of the singing lies; NaN without any."""

    lowest: float
    highest: float
    usual_low: float
    usual_high: float


class RangeSoFar:
    """Seconds sung at each note and decibel, and the ends of the range."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Nothing was sung."""
        notes = round(HIGHEST_MIDI - LOWEST_MIDI) + 1
        self.field: NDArray[np.float64] = np.zeros((notes, -QUIETEST_DB))
        """A row for each note from `LOWEST_MIDI` upwards, a column for each decibel from `QUIETEST_DB` to 0."""
        self._low_hz, self._high_hz = math.inf, -math.inf
        self._tail = Stretch(*np.zeros((len(Stretch._fields), 0)))

    @property
    def sung_s(self) -> float:
        """How long was sung."""
        return float(self.field.sum())

    def add(self, points: Stretch, a4_hz: float) -> None:
        """Count points that follow those before."""
        sure = points._replace(hz=np.where(points.confidence >= _LEAST_CONFIDENCE, points.hz, np.nan))
        self._count(sure, a4_hz)
        joined = Stretch(*(np.concatenate(pair) for pair in zip(self._tail, sure, strict=True)))
        found = range_profile(_curve(joined), a4_hz)
        self._low_hz, self._high_hz = np.fmin(self._low_hz, found.lowest_hz), np.fmax(self._high_hz, found.highest_hz)
        kept = round(SUSTAINED_S * FRAMES_PER_S) - 1
        self._tail = Stretch(*(column[-kept:] for column in joined))

    def _count(self, sure: Stretch, a4_hz: float) -> None:
        found = voice_field(_curve(sure), sure.level_db.astype(np.float32), a4_hz)
        for row, seconds in enumerate(found.seconds):
            note = found.first_midi + row - round(LOWEST_MIDI)
            if 0 <= note < len(self.field):
                columns = np.clip(found.first_db - QUIETEST_DB + np.arange(len(seconds)), 0, -QUIETEST_DB - 1)
                np.add.at(self.field[note], columns, seconds)

    def ends(self, a4_hz: float) -> Ends:
        """The range as notes."""
        by_note = self.field.sum(axis=1)
        if not by_note.any():
            return Ends(math.nan, math.nan, math.nan, math.nan)
        grown = np.cumsum(by_note) / by_note.sum()
        low, high = (float(LOWEST_MIDI + np.searchsorted(grown, share)) for share in _SHARES)
        return Ends(_midi(self._low_hz, a4_hz), _midi(self._high_hz, a4_hz), low, high)


def _midi(hz: float, a4_hz: float) -> float:
    return hz_to_midi(hz, a4_hz) if math.isfinite(hz) else math.nan


def _curve(points: Stretch) -> PitchCurve:
    return PitchCurve(
        frames_per_s=FRAMES_PER_S, hz=points.hz.astype(np.float32), confidence=points.confidence.astype(np.float32)
    )
