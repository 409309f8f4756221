"""What a note is measured against: equal temperament, a just scale, or the melody of another voice."""

import math
from typing import Final

import numpy as np
from msgspec import Struct

from studio.model.pitch import PitchCurve, hz_to_midi

_JUST: Final = (1, 16 / 15, 9 / 8, 6 / 5, 5 / 4, 4 / 3, 45 / 32, 3 / 2, 8 / 5, 5 / 3, 9 / 5, 15 / 8)
"""The twelve-note scale of five-limit just intonation (Helmholtz, On the Sensations of Tone, chapter 16)."""

_STEPS: Final = tuple(12 * math.log2(ratio) for ratio in _JUST)


class Tempered(Struct, frozen=True, kw_only=True):
    """Twelve equal semitones about A4."""

    a4_hz: float = 440.0

    def target_midi(self, midi: float, start_s: float, end_s: float) -> float:
        """The tempered note nearest to a pitch."""
        del start_s, end_s
        return float(math.floor(midi + 0.5)) if math.isfinite(midi) else math.nan


class Just(Struct, frozen=True, kw_only=True):
    """Pure intervals over a keynote, which itself is tempered about A4; `tonic` 0 is C, 11 is B."""

    tonic: int = 0
    a4_hz: float = 440.0

    def target_midi(self, midi: float, start_s: float, end_s: float) -> float:
        """The degree of the scale nearest to a pitch, as a note number with its fraction."""
        del start_s, end_s
        if not math.isfinite(midi):
            return math.nan
        octave = math.floor((midi - self.tonic) / 12) * 12 + self.tonic
        degrees = (*(octave + step for step in _STEPS), octave + 12.0)
        return min(degrees, key=lambda degree: abs(midi - degree))


class Reference:
    """The melody of another voice at the same time, in whichever octave it is sung here."""

    def __init__(self, curve: PitchCurve, a4_hz: float = 440.0) -> None:
        self.a4_hz = a4_hz
        self._curve = curve

    def target_midi(self, midi: float, start_s: float, end_s: float) -> float:
        """The reference's median over those seconds, moved by octaves towards the pitch; NaN where it is silent."""
        if not math.isfinite(midi):
            return math.nan
        there = self._curve.between(start_s, end_s)
        sung = there.hz[there.voiced]
        if not len(sung):
            return math.nan
        wanted = hz_to_midi(float(np.median(sung)), self.a4_hz)
        return wanted + 12 * math.floor((midi - wanted) / 12 + 0.5)


Intonation = Tempered | Just | Reference


def cents_from(scale: Tempered | Just, hz: float) -> float:
    """Return how far above (or, negative, below) the nearest note of a scale a frequency lies, in cents."""
    midi = hz_to_midi(hz, scale.a4_hz)
    return 100 * (midi - scale.target_midi(midi, 0.0, 0.0))
