"""`studio vibrato FILE...`: the notes of any recordings, and the vibrato of each."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import TextIO

import msgspec

from studio.cli import scratch
from studio.cli.line import Line
from studio.cli.output import new_text, readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.model.notes import Note
from studio.model.pitch import cents_off, hz_to_midi, note_text
from studio.protocol.jobs import ImportMedia, MeasureNotes, MediaImported, NotesMeasured

_COLUMNS = (
    "file",
    "start_s",
    "end_s",
    "pitch_hz",
    "cents",
    "rate_hz",
    "extent_half_cents",
    "extent_pp_cents",
    "onset_s",
    "regularity",
    "cycles",
    "rate_error_hz",
    "extent_error_cents",
)


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="any sound or video files")
    parser.add_argument("--csv", metavar="OUT", help="write a row a note; empty cells where no vibrato was measured")
    parser.add_argument("--low", type=float, default=50.0, metavar="HZ", help="lowest pitch to look for (50)")
    parser.add_argument("--high", type=float, default=1400.0, metavar="HZ", help="highest pitch to look for (1400)")
    parser.epilog = "The extent is given as ± cents about the mean pitch, which is what most singers mean by it."


def run(call: Call) -> Outcome:
    asked = call.asked
    if not 0 < asked.low < asked.high:
        raise WrongCall(f"--low {asked.low:g} has to lie below --high {asked.high:g}, and above 0.")
    paths = [readable(path) for path in asked.files]
    with Line("compute") as compute:
        measured = [(path, _notes(compute, path, asked.low, asked.high)) for path in paths]
    if asked.csv:
        with new_text(Path(asked.csv)) as file:
            write_csv(file, measured)
    text = "\n".join(line for path, notes in measured for line in _lines(path, notes))
    entries: list[dict[str, object]] = [
        {"file": str(path), "notes": [entry(note) for note in notes]} for path, notes in measured
    ]
    return Outcome(text=text, entries=entries)


def entry(note: Note) -> dict[str, object]:
    """A note as JSON has it; `cents` from the nearest tempered note at A4 = 440 Hz."""
    vibrato = note.vibrato and {
        "rate_hz": round(note.vibrato.rate_hz, 4),
        "half_extent_cents": round(note.vibrato.half_extent_cents, 2),
        "pp_cents": round(note.vibrato.pp_cents, 2),
        "onset_s": round(note.vibrato.onset_s, 3),
        "regularity": round(note.vibrato.regularity, 3),
        "cycles": round(note.vibrato.cycles, 2),
        "rate_error_hz": round(note.vibrato.rate_error_hz, 4),
        "extent_error_cents": round(note.vibrato.extent_error_cents, 2),
    }
    return {
        "start_s": round(note.start_s, 3),
        "end_s": round(note.end_s, 3),
        "pitch_hz": round(note.pitch_hz, 3),
        "cents": cents_off(hz_to_midi(note.pitch_hz)),
        "vibrato": vibrato,
    }


def write_csv(file: TextIO, measured: list[tuple[Path, list[Note]]]) -> None:
    """Write a row for each note of each file."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for path, notes in measured:
        for note in notes:
            row = entry(note)
            vibrato = row.pop("vibrato")
            cells = list(vibrato.values()) if isinstance(vibrato, dict) else [""] * 8
            writer.writerow([str(path), *row.values(), *cells])


def _notes(compute: Line, path: Path, low_hz: float, high_hz: float) -> list[Note]:
    with scratch.project_folder() as folder:
        imported = compute.do(lambda job: ImportMedia(job=job, path=str(path), project_dir=str(folder), rate_hz=0))
        assert isinstance(imported, MediaImported)
        measured = compute.do(
            lambda job: MeasureNotes(
                job=job, media=imported.media, project_dir=str(folder), low_hz=low_hz, high_hz=high_hz
            )
        )
        assert isinstance(measured, NotesMeasured)
        return msgspec.json.decode((folder / measured.file).read_bytes(), type=list[Note])


def _lines(path: Path, notes: list[Note]) -> list[str]:
    lines = [f"{path}", "  no notes found"] if not notes else [f"{path}"]
    for note in notes:
        where = f"  {note.start_s:7.2f} to {note.end_s:.2f} s  {note_text(hz_to_midi(note.pitch_hz)):9}"
        if note.vibrato is None:
            lines.append(f"{where}  no vibrato measured")
        else:
            lines.append(
                f"{where}  {note.vibrato.rate_hz:.1f} Hz ± {note.vibrato.half_extent_cents:.0f} ¢"
                f" from {note.vibrato.onset_s:.2f} s, {note.vibrato.cycles:.0f} cycles"
            )
    return lines
