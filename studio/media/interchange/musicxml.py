"""The notes of a score in MusicXML 4.0 (W3C Community Group, 2021), also compressed (.mxl): the part that is sung.

Repeats are played once, grace notes take no time, and of a chord the highest note is sung.
"""

import io
import math
import zipfile
import zlib
from bisect import bisect_right
from itertools import pairwise
from typing import Final, NamedTuple
from xml.parsers import expat

from studio.media.interchange.tables import NoteRow
from studio.media.interchange.unreadable import LARGEST_BYTES, unreadable
from studio.model.pitch import midi_to_hz

SUFFIXES: Final = (".musicxml", ".mxl", ".xml")
_CALLED: Final = "score"
_STEPS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_QUARTERS_A_MINUTE: Final = 120.0
_FURTHEST: Final = 1e6


class _Sung(NamedTuple):
    """A note in quarters from the beginning."""

    begin: float
    end: float
    midi: float
    text: str
    tied: bool
    """Whether it goes on with one that ends where it begins."""


class _Part:
    """The notes of one part as they are met, and where in it we are."""

    def __init__(self) -> None:
        self.notes: list[_Sung] = []
        self.words = 0
        self.divisions, self.lift = 1.0, 0.0
        self.at, self.chord_at = 0.0, 0.0
        self.furthest = 0.0

    def move(self, quarters: float) -> None:
        self.at = max(self.at + quarters, 0.0)
        self.furthest = max(self.furthest, self.at)

    def end_measure(self) -> None:
        self.at = self.furthest


def read(data: bytes) -> tuple[NoteRow, ...]:
    """Return the notes of the first part that has words, else of the first with notes; in Hz where A4 is 440."""
    score = _Score()
    score.parse(_unpacked(data) if data[:2] == b"PK" else data)
    sung = [part for part in score.parts if part.notes]
    if not sung:
        raise unreadable(_CALLED, "There are no notes in it.")
    part = next((part for part in sung if part.words), sung[0])
    seconds = _Tempi(score.tempi)
    return tuple(
        NoteRow(begin_s, midi_to_hz(note.midi), seconds.at(note.end) - begin_s, note.text)
        for note in _tied(part.notes)
        for begin_s in [seconds.at(note.begin)]
    )


def _tied(notes: list[_Sung]) -> list[_Sung]:
    """The notes with those that are tied made one."""
    found: list[_Sung] = []
    ending: dict[tuple[float, float], int] = {}
    for note in sorted(notes, key=lambda one: one.begin):
        before = ending.pop((note.midi, _place(note.begin)), None) if note.tied else None
        if before is None:
            before = len(found)
            found.append(note)
        else:
            found[before] = found[before]._replace(end=note.end)
        ending[note.midi, _place(note.end)] = before
    return found


def _place(quarter: float) -> float:
    """One and the same for places that only rounding tells apart."""
    return round(quarter, 6)


class _Tempi:
    """Seconds of places in quarters."""

    def __init__(self, marks: list[tuple[float, float]]) -> None:
        self._marks = sorted({0.0: _QUARTERS_A_MINUTE, **dict(sorted(marks))}.items())
        self._seconds = [0.0]
        for (here, tempo), (there, _) in pairwise(self._marks):
            self._seconds.append(self._seconds[-1] + (there - here) * 60 / tempo)

    def at(self, quarter: float) -> float:
        last = bisect_right(self._marks, quarter, key=lambda mark: mark[0]) - 1
        begin, tempo = self._marks[last]
        return self._seconds[last] + (quarter - begin) * 60 / tempo


class _Score:
    """Walks through the elements and keeps the text of the innermost."""

    def __init__(self) -> None:
        self.parts: list[_Part] = []
        self.tempi: list[tuple[float, float]] = []
        self._text: list[str] = []
        self._said: dict[str, str] = {}
        self._marks: set[str] = set()

    def parse(self, data: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.EntityDeclHandler = _refuse
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise unreadable(_CALLED, f"Line {error.lineno} is no XML.") from error

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._text.clear()
        if name == "score-timewise":
            raise unreadable(_CALLED, "It is written measure by measure; save it part by part.")
        if name == "part":
            self.parts.append(_Part())
        elif name == "note":
            self._said, self._marks = {}, set()
        elif name in ("transpose", "backup", "forward", "attributes"):
            self._said = {}
        elif name == "tie":
            self._marks.add(f"tie {attributes.get('type', '')}")
        elif name == "sound" and "tempo" in attributes and self.parts:
            tempo = _number(attributes["tempo"], "tempo")
            if tempo > 0:
                self.tempi.append((self.parts[-1].at, tempo))

    def _end(self, name: str) -> None:
        part = self.parts[-1] if self.parts else None
        self._said[name] = "".join(self._text).strip()
        self._text.clear()
        self._marks.add(name)
        if part is None:
            return
        if name == "divisions":
            part.divisions = max(_number(self._said[name], name), 1e-6)
        elif name == "transpose":
            part.lift = self._value("chromatic") + 12 * self._value("octave-change")
        elif name in ("backup", "forward"):
            part.move(self._value("duration") / part.divisions * (-1 if name == "backup" else 1))
        elif name == "measure":
            part.end_measure()
        elif name == "note":
            self._note(part)

    def _note(self, part: _Part) -> None:
        if "grace" in self._marks or "cue" in self._marks:
            return
        quarters = self._value("duration") / part.divisions
        begin = part.chord_at if "chord" in self._marks else part.at
        if "chord" not in self._marks:
            part.chord_at = part.at
            part.move(quarters)
        step = _STEPS.get(self._said.get("step", ""))
        if step is None or quarters <= 0:  # a rest, or a drum
            return
        midi = 12 * (self._value("octave") + 1) + step + self._value("alter") + part.lift
        if not 0 <= midi <= 127:
            return
        text = self._said.get("text", "")
        part.words += bool(text)
        part.notes.append(_Sung(begin, begin + quarters, midi, text, "tie stop" in self._marks))

    def _value(self, name: str) -> float:
        return _number(self._said[name], name) if self._said.get(name) else 0.0


def _number(word: str, name: str) -> float:
    try:
        found = float(word)
    except ValueError:
        found = math.nan
    if not abs(found) < _FURTHEST:
        raise unreadable(_CALLED, f"It has “{word[:20]}” as its {name}.")
    return found


def _refuse(*_declared: object) -> None:
    raise unreadable(_CALLED, "It declares entities, which no score needs.")


def _unpacked(data: bytes) -> bytes:
    """The score in a compressed file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = [name for name in packed.namelist() if name.lower().endswith((".xml", ".musicxml"))]
            scores = [name for name in names if not name.upper().startswith("META-INF/")]
            if not scores or packed.getinfo(scores[0]).file_size > LARGEST_BYTES:
                raise unreadable(_CALLED, "There is no score of a sensible size in it.")
            return packed.read(scores[0])
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise unreadable(_CALLED, "It is no whole compressed file.") from error
