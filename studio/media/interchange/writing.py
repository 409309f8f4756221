"""A melody, its notes and its labels in one kind of file or another."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from studio.media.interchange import audacity, figures, midi, praat_pitch, svl, tables, textgrid, xlsx
from studio.media.interchange.kinds import KindId
from studio.media.interchange.midi import MidiSettings
from studio.model.labels import Label, Tier
from studio.model.measures import NoteMeasures, Summary
from studio.model.notes import Note, Vibrato
from studio.model.pitch import PitchCurve, hz_to_midi, note_text
from studio.model.range_profile import RangeProfile, VoiceField


class Sung(Struct, frozen=True, kw_only=True):
    """Everything that is known of one recording's melody."""

    name: str
    rate_hz: int
    length_s: float
    curve: PitchCurve
    notes: tuple[Note, ...]
    measures: tuple[NoteMeasures, ...]
    summary: Summary
    profile: RangeProfile
    field: VoiceField
    markers: tuple[Label, ...] = ()


class WritingSettings(Struct, frozen=True, kw_only=True):
    """What can be chosen for the kinds that can be written in several ways."""

    a4_hz: float = 440.0
    header: bool = False
    """Headings in Tony's and Sonic Visualiser's tables: for spreadsheets, not for those programs."""
    bend_semitones: int = 2
    mpe: bool = False
    ceiling_hz: float = 1400.0


def contents(kind: KindId, sung: Sequence[Sung], settings: WritingSettings) -> bytes:
    """Return a file of that kind; only tables of figures hold more than one recording.

    Raises
    ------
    ValueError
        For several recordings in a kind that holds one.
    """
    if kind in _FIGURES:
        return _figures(kind, sung, settings)
    if len(sung) != 1:
        raise ValueError(f"a file of kind {kind} holds one recording, not {len(sung)}")
    (one,) = sung
    match kind:
        case "textgrid":
            text = textgrid.write(textgrid.TextGrid(0.0, one.length_s, tiers(one, settings.a4_hz)))
        case "pitch":
            text = praat_pitch.write_pitch(one.curve, one.length_s, settings.ceiling_hz)
        case "pitchtier":
            text = praat_pitch.write_tier(one.curve, one.length_s)
        case "midi":
            bend = MidiSettings(bend_semitones=settings.bend_semitones, mpe=settings.mpe, a4_hz=settings.a4_hz)
            return midi.write(one.notes, one.curve, bend)
        case "svl":
            text = svl.write_melody(one.curve, one.rate_hz)
        case "svl-notes":
            text = svl.write_notes(_rows(one, settings.a4_hz), one.rate_hz)
        case "tony":
            text = tables.write_melody(one.curve, header=settings.header)
        case "tony-notes":
            text = tables.write_notes(_rows(one, settings.a4_hz), header=settings.header)
        case _:
            text = audacity.write((*_note_labels(one, settings.a4_hz), *one.markers))
    return text.encode()


def guide_path(path: Path) -> Path:
    """Where the guide to the columns of a CSV lies: beside it."""
    return path.with_name(f"{path.stem}-columns.csv")


def tiers(sung: Sung, a4_hz: float) -> tuple[Tier, ...]:
    """Notes and vibrato as stretches; markers as places and regions where there are any."""
    shaken = tuple(
        Label(start_s=note.start_s + note.vibrato.onset_s, end_s=note.end_s, text=_vibrato_text(note.vibrato))
        for note in sung.notes
        if note.vibrato is not None
    )
    found = [
        Tier(name="notes", kind="stretches", labels=_note_labels(sung, a4_hz)),
        Tier(name="vibrato", kind="stretches", labels=shaken),
    ]
    places = tuple(label for label in sung.markers if label.is_place)
    regions = tuple(label for label in sung.markers if not label.is_place)
    if places:
        found.append(Tier(name="markers", kind="places", labels=places))
    if regions:
        found.append(Tier(name="regions", kind="stretches", labels=regions))
    return tuple(found)


def _figures(kind: KindId, sung: Sequence[Sung], settings: WritingSettings) -> bytes:
    measured = [figures.Measured(one.name, one.measures, one.summary, one.profile, one.field) for one in sung]
    if kind == "csv":
        return figures.csv_text(measured, settings.a4_hz).encode()
    return xlsx.write(figures.sheets(measured, settings.a4_hz))


def _note_labels(sung: Sung, a4_hz: float) -> tuple[Label, ...]:
    return tuple(
        Label(start_s=note.start_s, end_s=note.end_s, text=note_text(hz_to_midi(note.named_hz, a4_hz)))
        for note in sung.notes
    )


def _rows(sung: Sung, a4_hz: float) -> list[tables.NoteRow]:
    labels = _note_labels(sung, a4_hz)
    return [
        tables.NoteRow(note.start_s, note.named_hz, note.end_s - note.start_s, label.text)
        for note, label in zip(sung.notes, labels, strict=True)
    ]


def _vibrato_text(vibrato: Vibrato) -> str:
    return f"{vibrato.rate_hz:.1f} Hz ± {vibrato.half_extent_cents:.0f} ¢"


_FIGURES: Final = ("csv", "xlsx")
