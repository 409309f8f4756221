"""The figures of notes as a table, and the guide that says what each column is.

To add a figure: a line in `COLUMNS`; the heading has its unit in it, the guide says the same in words.
"""

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from studio.media.interchange.xlsx import Cell, Sheet
from studio.model.measures import NoteMeasures, Summary
from studio.model.notes import Vibrato
from studio.model.pitch import hz_to_midi, midi_to_hz, note_name
from studio.model.range_profile import RangeProfile, VoiceField


class Column(NamedTuple):
    """One figure of a note."""

    name: str
    unit: str
    meaning: str
    of: Callable[[NoteMeasures, float], Cell]
    """The figure, given A4 in Hz; None where a note has none."""


class Measured(NamedTuple):
    """One recording: its notes, what they come to, and where its voice lies."""

    name: str
    notes: tuple[NoteMeasures, ...]
    summary: Summary
    profile: RangeProfile
    field: VoiceField


def csv_text(measured: Iterable[Measured], a4_hz: float) -> str:
    """Return a row for each note of each recording, under headings that have the units in them."""
    return _csv(_rows(measured, a4_hz))


def guide_text() -> str:
    """Return what each column means, as a table of its own."""
    return _csv(_guide())


def sheets(measured: Sequence[Measured], a4_hz: float) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook: notes, recordings, voice range, and the guide to the columns."""
    return (
        Sheet("Notes", _rows(measured, a4_hz)),
        Sheet("Recordings", _overview(measured, a4_hz)),
        Sheet("Voice range", _fields(measured, a4_hz)),
        Sheet("Columns", _guide()),
    )


def _rows(measured: Iterable[Measured], a4_hz: float) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = [("file", "note", *(column.name for column in COLUMNS))]
    for each in measured:
        rows += [
            (each.name, number, *(column.of(note, a4_hz) for column in COLUMNS))
            for number, note in enumerate(each.notes, 1)
        ]
    return rows


def _overview(measured: Sequence[Measured], a4_hz: float) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = [tuple(name for name, _, _ in _OVERVIEW)]
    for each in measured:
        summary, profile = each.summary, each.profile
        rows.append(
            (
                each.name,
                summary.notes,
                round(summary.sung_s, 3),
                _rounded(summary.off_cents, 1),
                _rounded(summary.off_spread_cents, 1),
                _rounded(summary.within_25, 3),
                _rounded(summary.vibrato_rate_hz, 2),
                _rounded(summary.vibrato_half_extent_cents, 1),
                _rounded(profile.lowest_hz, 2),
                _name(profile.lowest_hz, a4_hz),
                _rounded(profile.highest_hz, 2),
                _name(profile.highest_hz, a4_hz),
                _rounded(profile.tessitura_low_hz, 2),
                _rounded(profile.tessitura_high_hz, 2),
            )
        )
    return rows


def _fields(measured: Sequence[Measured], a4_hz: float) -> list[Sequence[Cell]]:
    """Seconds at each note and level, with the same columns for every recording."""
    sung = [each for each in measured if each.field.seconds]
    low = min((each.field.first_db for each in sung), default=0)
    high = max((each.field.first_db + len(each.field.seconds[0]) for each in sung), default=0)
    rows: list[Sequence[Cell]] = [
        ("file", "note", "pitch_hz", "seconds_s", *(f"{level}_dbfs_s" for level in range(low, high)))
    ]
    for each in sung:
        for at, row in enumerate(each.field.seconds):
            midi = each.field.first_midi + at
            levels: list[Cell] = [None] * (high - low)
            for column, seconds in enumerate(row, each.field.first_db - low):
                levels[column] = round(seconds, 3) or None
            rows.append((each.name, note_name(midi), round(midi_to_hz(midi, a4_hz), 2), round(sum(row), 3), *levels))
    return rows


def _guide() -> list[Sequence[Cell]]:
    return [
        ("column", "unit", "meaning"),
        ("file", "", "Name of the recording."),
        ("note", "", "Number of the note in the recording, from 1."),
        *((column.name, column.unit, column.meaning) for column in COLUMNS),
        *((f"Recordings: {name}", unit, meaning) for name, unit, meaning in _OVERVIEW[1:]),
        ("Voice range: seconds_s", "s", "How long was sung within half a semitone of the note."),
        ("Voice range: …_dbfs_s", "s", "How long at that level, in steps of 1 dB below full scale; not calibrated."),
    ]


def _csv(rows: Iterable[Sequence[Cell]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(
        ["" if cell is None or cell != cell else cell for cell in row] for row in rows
    )
    return file.getvalue()


def _rounded(value: float, digits: int) -> Cell:
    return round(value, digits) if math.isfinite(value) else None


def _name(hz: float, a4_hz: float) -> Cell:
    return note_name(hz_to_midi(hz, a4_hz)) if math.isfinite(hz) else None


def _figure(digits: int, of: Callable[[NoteMeasures], float]) -> Callable[[NoteMeasures, float], Cell]:
    return lambda note, a4_hz: _rounded(of(note), digits)


def _shaken(digits: int, of: Callable[[Vibrato], float]) -> Callable[[NoteMeasures, float], Cell]:
    return lambda note, a4_hz: None if note.vibrato is None else _rounded(of(note.vibrato), digits)


COLUMNS: Final = (
    Column("start_s", "s", "Where the note begins.", _figure(3, lambda note: note.start_s)),
    Column("end_s", "s", "Where it ends.", _figure(3, lambda note: note.end_s)),
    Column("duration_s", "s", "How long it lasts.", _figure(3, lambda note: note.duration_s)),
    Column("name", "", "The nearest note of equal temperament; C4 is middle C.", lambda n, a4: _name(n.mean_hz, a4)),
    Column(
        "mean_pitch_hz", "Hz", "Mean pitch in cents, over whole vibrato cycles.", _figure(3, lambda note: note.mean_hz)
    ),
    Column(
        "median_pitch_hz", "Hz", "Median of the note's frames, 5 ms apart.", _figure(3, lambda note: note.median_hz)
    ),
    Column(
        "intonation_cents",
        "cents",
        "Mean pitch against its target; negative: flat.",
        _figure(2, lambda note: note.off_cents),
    ),
    Column(
        "target_pitch_hz",
        "Hz",
        "What the note is measured against: the nearest note of the chosen temperament, or a reference voice.",
        _figure(3, lambda note: note.target_hz),
    ),
    Column(
        "pitch_sd_cents",
        "cents",
        "Standard deviation of the note's frames, vibrato and drift included.",
        _figure(2, lambda note: note.sd_cents),
    ),
    Column(
        "drift_cents_per_s",
        "cents/s",
        "Slope of the held part without its vibrato; negative: the note sinks.",
        _figure(2, lambda note: note.drift_cents_a_s),
    ),
    Column(
        "onset_cents",
        "cents",
        "The first 30 ms against the mean; negative: scooped from below.",
        _figure(1, lambda note: note.onset_cents),
    ),
    Column(
        "settle_s",
        "s",
        "From the start to within 25 cents of the mean (or within the vibrato's extent).",
        _figure(3, lambda note: note.settle_s),
    ),
    Column(
        "voiced_share", "0 to 1", "Share of the note's frames that have a pitch.", _figure(3, lambda note: note.voiced)
    ),
    Column("vibrato_rate_hz", "Hz", "Cycles a second; empty: no vibrato measured.", _shaken(3, lambda v: v.rate_hz)),
    Column(
        "vibrato_extent_half_cents",
        "cents",
        "From the mean to the peak (±).",
        _shaken(2, lambda v: v.half_extent_cents),
    ),
    Column("vibrato_extent_pp_cents", "cents", "From the lowest to the highest.", _shaken(2, lambda v: v.pp_cents)),
    Column("vibrato_onset_s", "s", "From the start of the note to the vibrato.", _shaken(3, lambda v: v.onset_s)),
    Column(
        "vibrato_share",
        "0 to 1",
        "How much of the note the vibrato takes.",
        _figure(3, lambda note: note.vibrato_share),
    ),
    Column(
        "vibrato_regularity",
        "0 to 1",
        "1 less the coefficient of variation of the cycles' lengths and extents.",
        _shaken(3, lambda v: v.regularity),
    ),
    Column("vibrato_cycles", "", "How many cycles were measured.", _shaken(2, lambda v: v.cycles)),
    Column(
        "vibrato_rate_error_hz",
        "Hz",
        "Standard error of the rate, from the fit.",
        _shaken(4, lambda v: v.rate_error_hz),
    ),
    Column(
        "vibrato_extent_error_cents",
        "cents",
        "Standard error of the half-extent, from the fit.",
        _shaken(2, lambda v: v.extent_error_cents),
    ),
)

_OVERVIEW: Final = (
    ("file", "", "Name of the recording."),
    ("notes", "", "How many notes were found."),
    ("sung_s", "s", "How long they last together."),
    ("intonation_cents", "cents", "Mean over the notes, each by its length; negative: flat as a whole."),
    ("intonation_spread_cents", "cents", "Root mean square about that mean."),
    ("within_25_cents_share", "0 to 1", "Share of the time on notes within 25 cents of their targets."),
    ("vibrato_rate_hz", "Hz", "Mean over the notes with vibrato."),
    ("vibrato_extent_half_cents", "cents", "Mean over the notes with vibrato, from the mean to the peak."),
    ("lowest_held_hz", "Hz", "Lowest pitch held for 0.3 s."),
    ("lowest_held_note", "", "Its name."),
    ("highest_held_hz", "Hz", "Highest pitch held for 0.3 s."),
    ("highest_held_note", "", "Its name."),
    ("tessitura_low_hz", "Hz", "A tenth of the singing lies below it."),
    ("tessitura_high_hz", "Hz", "A tenth of the singing lies above it."),
)
