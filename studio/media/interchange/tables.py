"""Melodies and notes as comma- or tab-separated text: as Tony and Sonic Visualiser have them."""

import csv
import io
import math
from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

import numpy as np

from studio.media.interchange.unreadable import text_of, unreadable
from studio.model.pitch import PitchCurve

_CALLED: Final = "table"
Separator = Literal[",", "\t"]


class NoteRow(NamedTuple):
    """A note as Tony has it."""

    start_s: float
    hz: float
    duration_s: float
    text: str = ""


def write_melody(curve: PitchCurve, separator: Separator = ",", *, header: bool = False) -> str:
    """Return a row for each frame: seconds, and Hz or 0 where unvoiced. Tony has no header."""
    hz = np.where(curve.voiced, curve.hz, 0.0)
    rows = (
        f"{time_s:.9f}{separator}{value:.6g}"
        for time_s, value in zip(curve.times_s().tolist(), hz.tolist(), strict=True)
    )
    return "".join(f"{row}\n" for row in ([f"TIME{separator}FREQUENCY"] if header else []) + list(rows))


def write_notes(notes: Iterable[NoteRow], separator: Separator = ",", *, header: bool = False) -> str:
    """Return a row for each note: seconds, Hz, seconds."""
    rows = [f"TIME{separator}FREQUENCY{separator}DURATION"] if header else []
    rows += [f"{note.start_s:.9f}{separator}{note.hz:.6f}{separator}{note.duration_s:.9f}" for note in notes]
    return "".join(f"{row}\n" for row in rows)


def read_melody(data: bytes) -> tuple[tuple[float, float], ...]:
    """Return seconds and Hz (0 where unvoiced) of each row; Sonic Visualiser leaves unvoiced frames out."""
    return tuple((row.numbers[0], row.numbers[1]) for row in _rows(data, 2))


def read_notes(data: bytes) -> tuple[NoteRow, ...]:
    """Return notes, whether the duration stands after the frequency (Tony) or before it.

    A table in which both orders make sense is taken as Tony's; in one where the second column looks like durations and
    the third like frequencies they change places.
    """
    rows = tuple(_rows(data, 3))
    second, third = ([row.numbers[at] for row in rows] for at in (1, 2))
    swapped = bool(rows) and max(second) < _LOWEST_HZ <= min(third)
    at_hz, at_duration = (2, 1) if swapped else (1, 2)
    return tuple(
        NoteRow(row.numbers[0], row.numbers[at_hz], row.numbers[at_duration], row.text)
        for row in rows
        if row.numbers[at_duration] >= 0
    )


def read_places(data: bytes) -> tuple[tuple[float, str], ...]:
    """Return seconds and the text of each row: Sonic Visualiser's instants."""
    return tuple((row.numbers[0], row.text) for row in _rows(data, 1))


_LOWEST_HZ: Final = 20.0


class _Row(NamedTuple):
    numbers: tuple[float, ...]
    text: str


def _rows(data: bytes, numbers: int) -> Iterator[_Row]:
    """Rows with so many numbers in front; a first row without any is a header."""
    text = text_of(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = "\t" if "\t" in first else ";" if ";" in first else ","
    lines = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    for number, cells in enumerate(_checked(lines), 1):
        found = tuple(_number(cell) for cell in cells[:numbers])
        if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
            continue
        if number == 1 and all(math.isnan(value) for value in found):
            continue
        if len(found) < numbers or any(math.isnan(value) for value in found):
            raise unreadable(_CALLED, f"Line {number} does not begin with {numbers} numbers.")
        rest = [cell for cell in cells[numbers:] if math.isnan(_number(cell)) and cell.strip()]
        yield _Row(found, rest[-1] if rest else "")


def _checked(lines: Iterable[list[str]]) -> Iterator[list[str]]:
    try:
        yield from lines
    except csv.Error as error:
        raise unreadable(_CALLED, "It has a cell that is too long, or bytes that are no text.") from error


def _number(cell: str) -> float:
    try:
        found = float(cell)
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan
