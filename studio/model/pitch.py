"""Pitch as values: hertz, notes and cents, and the curve of a melody.

Notes are numbered as in MIDI: 69 is A4, 60 is C4. Unvoiced is NaN, never 0.
"""

import math
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

A4_MIDI: Final = 69
IMPORTED: Final = "imported"
"""Stands for the engine where a melody came from another program's file."""

_SHARPS: Final = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_FLATS: Final = ("C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B")


def hz_to_midi(hz: float, a4_hz: float = 440.0) -> float:
    """Return the note number of a frequency, with its fraction; NaN for what is no frequency."""
    return A4_MIDI + 12.0 * math.log2(hz / a4_hz) if hz > 0 else math.nan


def midi_to_hz(midi: float, a4_hz: float = 440.0) -> float:
    """Return the frequency of a note number."""
    return a4_hz * math.pow(2.0, (midi - A4_MIDI) / 12.0)


def cents_between(hz: float, reference_hz: float) -> float:
    """Return how far above (or, negative, below) a reference a frequency lies, in cents."""
    return 1200.0 * math.log2(hz / reference_hz)


def note_name(midi: float, *, flats: bool = False) -> str:
    """Return the name of the nearest note: "A4", "C♯4", or "D♭4" with flats."""
    nearest = math.floor(midi + 0.5)
    return f"{(_FLATS if flats else _SHARPS)[nearest % 12]}{nearest // 12 - 1}"


def cents_off(midi: float) -> int:
    """Return the whole cents from the nearest note, -50 to 50."""
    return round((midi - math.floor(midi + 0.5)) * 100)


def note_text(midi: float, *, flats: bool = False) -> str:
    """Return a note as a singer reads it: "A4 +12 ¢", the sign always there; "–" where there is no pitch."""
    if math.isnan(midi):
        return "–"
    cents = cents_off(midi)
    return f"{note_name(midi, flats=flats)} {'−' if cents < 0 else '+'}{abs(cents)} ¢"


@dataclass(frozen=True, eq=False, kw_only=True)
class PitchCurve:
    """The melody of a stretch of sound on an even grid of frames.

    `hz` is F0, NaN where unvoiced; `confidence` lies in 0 to 1. Both float32 of shape (frames,). Frame `i` is
    centred `i / frames_per_s` seconds after the start of the stretch.
    """

    frames_per_s: int
    hz: NDArray[np.float32]
    confidence: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.frames_per_s <= 0 or self.hz.ndim != 1 or self.hz.shape != self.confidence.shape:
            raise ValueError(f"not a melody: {self.frames_per_s} frames/s, {self.hz.shape}, {self.confidence.shape}")

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Which frames have a pitch, shape (frames,)."""
        return self.hz > 0

    @property
    def voiced_fraction(self) -> float:
        """The share of frames that have a pitch."""
        return float(np.mean(self.voiced)) if self.hz.size else 0.0

    @property
    def median_hz(self) -> float:
        """The median pitch of the voiced frames; 0 where there are none."""
        voiced = self.hz[self.voiced]
        return float(np.median(voiced)) if voiced.size else 0.0

    def times_s(self) -> NDArray[np.float64]:
        """The centre of each frame in seconds after the start of the stretch, shape (frames,)."""
        return np.arange(len(self.hz)) / self.frames_per_s

    def midi(self, a4_hz: float = 440.0) -> NDArray[np.float32]:
        """The note number of each frame with its fraction, NaN where unvoiced, shape (frames,)."""
        hz = np.where(self.voiced, self.hz, np.float32(np.nan))
        return (A4_MIDI + 12.0 * np.log2(hz / np.float32(a4_hz))).astype(np.float32)

    def between(self, start_s: float, stop_s: float) -> Self:
        """The frames whose centres lie in that half-open stretch of seconds."""
        first = max(0, math.ceil(start_s * self.frames_per_s))
        last = max(first, math.ceil(stop_s * self.frames_per_s))
        return type(self)(
            frames_per_s=self.frames_per_s, hz=self.hz[first:last], confidence=self.confidence[first:last]
        )


def engine_name(engine: str) -> str:
    """What a pitch engine is called; one that is not known here is called by its id."""
    return _ENGINES.get(engine, engine)


_ENGINES: Final = {
    IMPORTED: "Imported",
    "melisma": "Melisma",
    "praat": "Praat",
    "crepe-tiny": "CREPE tiny",
    "crepe-full": "CREPE full",
    "swift-f0": "SwiftF0",
}
