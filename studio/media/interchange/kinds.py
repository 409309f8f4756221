"""The kinds of file that a melody and its notes can be written as, and those that labels come from."""

from pathlib import PurePath
from typing import Final, Literal, NamedTuple

KindId = Literal[
    "csv", "xlsx", "textgrid", "pitch", "pitchtier", "midi", "svl", "svl-notes", "tony", "tony-notes", "labels"
]


class Kind(NamedTuple):
    """A kind of file: what it is called, what stands in it, and for which program."""

    id: KindId
    suffix: str
    title: str
    holds: str


KINDS: Final = (
    Kind("csv", ".csv", "Figures of notes (CSV)", "A row a note with units in the headings; beside it a guide."),
    Kind("xlsx", ".xlsx", "Figures of notes (spreadsheet)", "Notes, recordings, and what each column means."),
    Kind("textgrid", ".TextGrid", "Praat TextGrid", "Notes and vibrato as intervals, markers as points."),
    Kind("pitch", ".Pitch", "Praat Pitch", "The melody, a frame each 5 ms."),
    Kind("pitchtier", ".PitchTier", "Praat PitchTier", "The voiced frames of the melody."),
    Kind("midi", ".mid", "MIDI", "Notes, with the melody as pitch bend."),
    Kind("svl", ".svl", "Sonic Visualiser: melody", "A layer of time values in Hz."),
    Kind("svl-notes", ".svl", "Sonic Visualiser: notes", "A layer of notes in Hz."),
    Kind("tony", ".csv", "Tony: melody (CSV)", "time,frequency without a header; 0 where unvoiced."),
    Kind("tony-notes", ".csv", "Tony: notes (CSV)", "time,frequency,duration without a header."),
    Kind("labels", ".txt", "Audacity labels", "Notes as labels; markers where there are any."),
)

LABEL_SUFFIXES: Final = (".textgrid", ".txt", ".svl", ".csv", ".tsv")
"""What labels can be read from."""


def kind(id: str) -> Kind:
    """The kind of that id. Raises KeyError."""
    return _BY_ID[id]


def kind_of(path: PurePath) -> Kind | None:
    """The first kind of file with that suffix, None where there is none."""
    suffix = _ALSO.get(path.suffix.lower(), path.suffix.lower())
    return next((kind for kind in KINDS if kind.suffix.lower() == suffix), None)


_BY_ID: Final[dict[str, Kind]] = {kind.id: kind for kind in KINDS}
_ALSO: Final = {".midi": ".mid"}
