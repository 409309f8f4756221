"""The recipe of the sample project: what is sung, spoken and played, and when."""

import re
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

_NOTES: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class Narration(Struct, frozen=True, kw_only=True):
    """What is spoken, by which of eSpeak's voices, and when it begins."""

    text: str
    voice: str
    words_per_minute: int
    pitch: int
    at_s: float


class Singer(Struct, frozen=True, kw_only=True):
    """Whose voice is set to the notes, and how it sings them."""

    voice: str
    words_per_minute: int
    vibrato_hz: float
    vibrato_cents: float
    vibrato_after_s: float
    scoop_cents: float
    scoop_s: float


class Verse(Struct, frozen=True, kw_only=True):
    """Syllables as (text, phonemes, notes); see the recipe itself."""

    name: str
    syllables: tuple[tuple[str, str, str], ...]


class Backing(Struct, frozen=True, kw_only=True):
    """A bar each: bass and chord, both split in two where the harmony changes within the bar."""

    bars: tuple[tuple[str, str], ...]


class Recipe(Struct, frozen=True, kw_only=True):
    """Everything about the sample project that is a matter of taste."""

    name: str
    rate_hz: int
    beats_per_minute: float
    beats_per_bar: int
    intro_bars: int
    ending_bars: int
    loudness_lufs: float
    narration: Narration
    voice: Singer
    verse: tuple[Verse, ...]
    backing: Backing

    @property
    def beat_s(self) -> float:
        return 60.0 / self.beats_per_minute

    @property
    def length_s(self) -> float:
        """The whole piece, its last bar included."""
        return len(self.backing.bars) * self.beats_per_bar * self.beat_s


class Note(NamedTuple):
    """A note of a syllable: when it begins and ends, and how high it is (MIDI; 69 is A4)."""

    start_s: float
    stop_s: float
    midi: int


class Syllable(NamedTuple):
    """What is sung on one or several notes without a break."""

    text: str
    phonemes: str
    notes: tuple[Note, ...]

    @property
    def start_s(self) -> float:
        return self.notes[0].start_s

    @property
    def stop_s(self) -> float:
        return self.notes[-1].stop_s


def load(path: Path) -> Recipe:
    """Read a recipe file."""
    return msgspec.toml.decode(path.read_bytes(), type=Recipe)


def midi_of(name: str) -> int:
    """The number of a note such as "F#4"; C4 is 60."""
    found = re.fullmatch(r"([A-G])([#b]?)(\d)", name)
    if found is None:
        raise ValueError(f"{name} is no note")
    letter, accidental, octave = found.groups()
    return 12 * (int(octave) + 1) + _NOTES[letter] + {"": 0, "#": 1, "b": -1}[accidental]


def verse_starts_s(recipe: Recipe) -> tuple[float, ...]:
    """When each verse begins."""
    starts, beat = [], float(recipe.intro_bars * recipe.beats_per_bar)
    for verse in recipe.verse:
        starts.append(beat * recipe.beat_s)
        beat += sum(_beats(notes) for _, _, notes in verse.syllables)
    return tuple(starts)


def score(recipe: Recipe) -> tuple[Syllable, ...]:
    """Everything that is sung, in time."""
    sung: list[Syllable] = []
    for verse, start_s in zip(recipe.verse, verse_starts_s(recipe), strict=True):
        at_s = start_s
        for text, phonemes, notes in verse.syllables:
            placed = []
            for name, beats in _pairs(notes) if text else ():
                placed.append(Note(at_s, at_s + beats * recipe.beat_s, midi_of(name)))
                at_s = placed[-1].stop_s
            if placed:
                sung.append(Syllable(text, phonemes, tuple(placed)))
            else:
                at_s += float(notes) * recipe.beat_s
    return tuple(sung)


def _beats(notes: str) -> float:
    return float(notes) if " " not in notes else sum(beats for _, beats in _pairs(notes))


def _pairs(notes: str) -> list[tuple[str, float]]:
    words = notes.split()
    return [(name, float(beats)) for name, beats in zip(words[::2], words[1::2], strict=True)]
