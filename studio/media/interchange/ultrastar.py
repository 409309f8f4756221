"""The songs of UltraStar and its kin: a text file with a line for each syllable that is sung.

Beats are quarters of those that #BPM counts, and pitch 0 is C4: UltraStar song format 1.1 (usdx.eu/format).
"""

import math
from collections.abc import Iterator
from typing import Final

from studio.media.interchange.tables import NoteRow
from studio.media.interchange.unreadable import text_of, unreadable
from studio.model.pitch import midi_to_hz

_CALLED: Final = "UltraStar song"
_C4: Final = 60
_SUNG: Final = (":", "*")
_SPOKEN: Final = ("F", "R", "G")
_BEATS: Final = 4
_FURTHEST: Final = 1e7  # beats


def is_song(data: bytes) -> bool:
    """Whether a text begins as these songs do, and tables and labels do not."""
    first = next((line for line in text_of(data[:4096]).lstrip("\ufeff").splitlines() if line.strip()), "")
    return first.lstrip().startswith("#") and ":" in first


def read(data: bytes) -> tuple[NoteRow, ...]:
    """Return the notes of the first singer, in Hz where A4 is 440; what is spoken or rapped has none."""
    lines = text_of(data).lstrip("\ufeff").splitlines()
    tags = dict(_tags(lines))
    bpm, gap_ms = _number(tags.get("BPM", ""), "#BPM"), _number(tags.get("GAP", "0"), "#GAP")
    if not 1 <= bpm <= 10_000:
        raise unreadable(_CALLED, f"Its #BPM is {bpm:g}.")
    beat_s = 60.0 / (_BEATS * bpm)
    relative = tags.get("RELATIVE", "").strip().lower() == "yes"
    return tuple(
        NoteRow(gap_ms / 1000 + begin * beat_s, midi_to_hz(_C4 + key), beats * beat_s, text)
        for begin, beats, key, text in _notes(lines, relative=relative)
        if beats > 0
    )


def _tags(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.strip().partition(":")
        if name.startswith("#") and colon:
            yield name[1:].strip().upper(), value


def _notes(lines: list[str], *, relative: bool) -> Iterator[tuple[float, float, float, str]]:
    """Beat, beats, semitones above C4, syllable; up to the end or to a second singer."""
    base = 0.0
    for number, line in enumerate(lines, 1):
        words = line.split(maxsplit=4)
        mark = words[0].upper() if words else ""
        if mark == "E" or "".join(words).upper() == "P2":
            return
        if mark == "-" and relative and len(words) > 1:
            base += _number(words[-1] if len(words) > 2 else words[1], f"line {number}")
        elif mark in _SUNG:
            if len(words) < 4:
                raise unreadable(_CALLED, f"Line {number} has no beat, length and pitch.")
            begin, beats, key = (_number(word, f"line {number}") for word in words[1:4])
            if not -_C4 <= key <= 127 - _C4:
                raise unreadable(_CALLED, f"Line {number} has a pitch that nobody sings.")
            yield base + begin, beats, key, words[4] if len(words) > 4 else ""
        elif mark and mark not in ("-", *_SPOKEN) and not mark.startswith(("#", "P")):
            raise unreadable(_CALLED, f"Line {number} is no note and no line break.")


def _number(word: str, where: str) -> float:
    try:
        found = float(word.strip().replace(",", "."))
    except ValueError:
        found = math.nan
    if not abs(found) < _FURTHEST:
        raise unreadable(_CALLED, f"There is no number in {where}.")
    return found
