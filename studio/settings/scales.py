"""The notes of a scale over its keynote, and which of them lies nearest to a pitch."""

import math
from typing import Final, Literal

ScaleName = Literal[
    "chromatic",
    "major",
    "minor",
    "harmonic_minor",
    "major_pentatonic",
    "minor_pentatonic",
    "blues",
    "dorian",
    "mixolydian",
]

SCALES: Final[dict[ScaleName, str]] = {
    "chromatic": "Semitones",
    "major": "Major",
    "minor": "Minor",
    "harmonic_minor": "Harmonic minor",
    "major_pentatonic": "Major pentatonic",
    "minor_pentatonic": "Minor pentatonic",
    "blues": "Blues",
    "dorian": "Dorian",
    "mixolydian": "Mixolydian",
}
"""What each is called."""

KEYS: Final = ("C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B")
"""What each keynote is called."""

STEPS: Final[dict[ScaleName, tuple[int, ...]]] = {
    "chromatic": tuple(range(12)),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic_minor": (0, 2, 3, 5, 7, 8, 11),
    "major_pentatonic": (0, 2, 4, 7, 9),
    "minor_pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
"""Semitones above the keynote."""


def title(key: int, scale: ScaleName) -> str:
    """What a scale over its keynote is called: "D minor", or "Semitones", which has none."""
    return SCALES[scale] if scale == "chromatic" else f"{KEYS[key]} {SCALES[scale].lower()}"


def nearest(midi: float, key: int, scale: ScaleName) -> float:
    """Return the note of a scale nearest to a pitch, the upper of two; key 0 is C, 11 is B."""
    steps = STEPS[scale]
    around = range(math.floor(midi) - 2, math.floor(midi) + 4)  # no two notes are further apart than three semitones
    return float(
        min((note for note in around if (note - key) % 12 in steps), key=lambda note: (abs(note - midi), -note))
    )
