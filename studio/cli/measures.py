"""`studio measures FILE...`: notes, intonation, vibrato and range in figures, and files of them for other programs."""

import math
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

import msgspec

from studio.cli import scratch
from studio.cli.line import Line
from studio.cli.output import readable
from studio.cli.verbs import Call, Outcome, WrongCall
from studio.media.interchange.kinds import KINDS, Kind, kind, kind_of
from studio.media.interchange.measured import MeasuredSound, read
from studio.model.pitch import hz_to_midi, note_name, note_text
from studio.protocol.common import JobId
from studio.protocol.jobs import ImportMedia, MediaImported
from studio.protocol.measures import Against, MeasureVoice, MelodyFile, SungSound, VoiceMeasured

_TONICS: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS: Final = {"DB": "C#", "EB": "D#", "GB": "F#", "AB": "G#", "BB": "A#"}
_TABLES: Final = ("csv", "xlsx")
_BENDS: Final = (0, 2, 12, 24, 48)


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="any sound or video files")
    parser.add_argument(
        "--out",
        action="append",
        default=[],
        metavar="[KIND:]OUT",
        help="write a file; its suffix says which kind, or a word before it; may be said more than once",
    )
    parser.add_argument("--a4", type=float, default=440.0, metavar="HZ", help="pitch of A4, 390 to 470 (440)")
    parser.add_argument("--just", metavar="KEY", help="measure against pure intervals over a keynote, as in --just G")
    parser.add_argument(
        "--reference",
        type=Path,
        metavar="FILE",
        help="measure against another voice that sings the same at the same time",
    )
    parser.add_argument("--low", type=float, default=50.0, metavar="HZ", help="lowest pitch to look for (50)")
    parser.add_argument("--high", type=float, default=1400.0, metavar="HZ", help="highest pitch to look for (1400)")
    parser.add_argument(
        "--bend", type=int, default=2, metavar="N", help="MIDI pitch bend range in semitones; 0: no bend (2)"
    )
    parser.add_argument("--mpe", action="store_true", help="MIDI for instruments that bend each note by itself")
    parser.add_argument("--header", action="store_true", help="headings in the tables for Tony, for spreadsheets")
    width = max(len(one.id) for one in KINDS)
    kinds = "\n".join(f"  {one.id:<{width}}  {one.suffix:<10} {one.title}. {one.holds}" for one in KINDS)
    parser.epilog = f"""Kinds of file
{kinds}

Examples
  studio measures take.wav --out take.xlsx
  studio measures take.wav --out take.TextGrid --out tony:take.csv --out take.mid
  studio measures a.wav b.wav --out both.csv --a4 442"""


def run(call: Call) -> Outcome:
    asked = call.asked
    _check(asked)
    wanted = [_wanted(word, len(asked.files)) for word in asked.out]
    against = _against(asked)
    paths = [readable(path) for path in asked.files]
    with scratch.project_folder() as folder, Line("compute") as compute:
        sounds = tuple(_sound(compute, path, folder) for path in paths)
        reference = _sound(compute, readable(asked.reference), folder) if asked.reference else None
        done = compute.do(
            lambda job: MeasureVoice(
                job=job,
                project_dir=str(folder),
                sounds=sounds,
                low_hz=asked.low,
                high_hz=asked.high,
                against=against,
                reference=reference,
                files=tuple(MelodyFile(kind=one.id, path=str(path)) for one, path in wanted),
                header=asked.header,
                bend_semitones=asked.bend,
                mpe=asked.mpe,
                figures=True,
            )
        )
        assert isinstance(done, VoiceMeasured)
        found = read(folder / done.figures)
    lines = [line for one in found for line in _lines(one, asked.a4)]
    lines += [f"Wrote {path}" for path in done.files]
    entries = [_entry(path, one) for path, one in zip(paths, found, strict=True)]
    return Outcome(text="\n".join(lines), data={"files": entries, "written": list(done.files)})


def _check(asked: Namespace) -> None:
    if not 0 < asked.low < asked.high:
        raise WrongCall(f"--low {asked.low:g} has to lie below --high {asked.high:g}, and above 0.")
    if not 390 <= asked.a4 <= 470:
        raise WrongCall(f"--a4 {asked.a4:g} does not lie between 390 and 470.")
    if asked.bend not in _BENDS:
        raise WrongCall(f"--bend {asked.bend} is none of {', '.join(map(str, _BENDS))}.")
    if asked.reference and asked.just:
        raise WrongCall("--reference and --just both say what to measure against.")
    if asked.mpe and not asked.bend:
        raise WrongCall("--mpe bends notes, and --bend 0 does not.")


def _against(asked: Namespace) -> Against:
    if asked.just is None:
        return Against(a4_hz=asked.a4)
    key = asked.just.strip().upper().replace("♯", "#").replace("♭", "B")
    key = _FLATS.get(key, key)
    if key not in _TONICS:
        raise WrongCall(f"--just {asked.just} is no key: say C, F#, Bb and so on.")
    return Against(a4_hz=asked.a4, scale="just", tonic=_TONICS.index(key))


def _wanted(word: str, count: int) -> tuple[Kind, Path]:
    """The kind of file and its path in a word like "tony:take.csv" or "take.mid"."""
    said, colon, rest = word.partition(":")
    named = said in {one.id for one in KINDS}
    path = Path(rest if colon and named else word)
    chosen = kind(said) if colon and named else kind_of(path)
    if chosen is None:
        known = ", ".join(sorted({one.suffix for one in KINDS}))
        raise WrongCall(f"--out {word}: the suffix says no kind of file. Known are {known}.")
    if count > 1 and chosen.id not in _TABLES:
        raise WrongCall(f"--out {word}: such a file holds one recording, not {count}. A .csv or .xlsx holds many.")
    return chosen, path.absolute()


def _sound(compute: Line, path: Path, folder: Path) -> SungSound:
    def ask(job: JobId) -> ImportMedia:
        return ImportMedia(job=job, path=str(path), project_dir=str(folder), rate_hz=0)

    imported = compute.do(ask)
    assert isinstance(imported, MediaImported)
    return SungSound(name=path.name, media=imported.media, start=0, length=imported.media.length)


def _lines(sound: MeasuredSound, a4_hz: float) -> list[str]:
    if not sound.notes:
        return [sound.name, "  no notes found"]
    lines = [sound.name]
    for note in sound.notes:
        shaken = note.vibrato
        vibrato = f"{shaken.rate_hz:.1f} Hz ± {shaken.half_extent_cents:.0f} ¢" if shaken else "no vibrato"
        lines.append(
            f"  {note.start_s:7.2f} to {note.end_s:.2f} s  {note_text(hz_to_midi(note.mean_hz, a4_hz)):9}"
            f"  {_signed(note.off_cents)} ¢ off, drift {_signed(note.drift_cents_a_s)} ¢/s,"
            f" onset {_signed(note.onset_cents)} ¢, {vibrato}"
        )
    summary, profile = sound.summary, sound.profile
    lines.append(
        f"  {summary.notes} notes, {summary.sung_s:.1f} s; on average {_signed(summary.off_cents)} ¢,"
        f" spread {summary.off_spread_cents:.0f} ¢, {summary.within_25:.0%} of the time within 25 ¢"
    )
    if math.isfinite(profile.lowest_hz):
        low, high = (note_name(hz_to_midi(hz, a4_hz)) for hz in (profile.lowest_hz, profile.highest_hz))
        lines.append(f"  held notes from {low} to {high}")
    return lines


def _entry(path: Path, sound: MeasuredSound) -> dict[str, object]:
    """As JSON has it: what is not there is null."""
    return {
        "file": str(path),
        "length_s": sound.length_s,
        "notes": [_plain(note) for note in sound.notes],
        "summary": _plain(sound.summary),
        "range": _plain(sound.profile),
        "voice_field": _plain(sound.field),
    }


def _plain(value: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(value))


def _signed(value: float) -> str:
    return "–" if math.isnan(value) else f"{'−' if round(value) < 0 else '+'}{abs(round(value))}"
