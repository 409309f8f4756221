"""The journal of a project: one checked line for each thing a person did since the last generation.

A line is eight hexadecimal digits of CRC-32, a space, JSON, a newline. The first line says which generation the
journal follows. Whatever a crash leaves of the last line does not check, and is cut off before the next one is
written.
"""

import re
import zlib
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from studio.model.edits import Edit
from studio.model.history import History

_LINE = re.compile(rb"([0-9a-f]{8}) ([^\n]*)\n")
_NAME = re.compile(r"journal\.(\d{1,9})")


class Begins(Struct, frozen=True, tag="begins", kw_only=True):
    """The first line: the generation that this journal follows, and the stamp of the one before."""

    format: int
    made_with: str
    generation: int
    stamp: str
    previous: str
    sequence: int


class Did(Struct, frozen=True, tag="did"):
    """An edit was done; `continues` says that it took the place of the last step, as a drag does."""

    edit: Edit
    continues: bool = False


class WentTo(Struct, frozen=True, tag="went_to"):
    """Undo, redo or a click in the history: so many steps are in force."""

    position: int


Entry = Did | WentTo


class _Numbered(Struct, frozen=True):
    n: int
    entry: Entry


_encode = msgspec.json.Encoder().encode
_decode_begins = msgspec.json.Decoder(Begins).decode
_decode_numbered = msgspec.json.Decoder(_Numbered).decode


def replay(history: History, entry: Entry) -> History:
    """The history after one more entry; StudioError when its edit is impossible there."""
    match entry:
        case Did(edit, continues):
            return history.do(edit, continues=continues)
        case WentTo(position):
            return history.go_to(position)


def first_line(begins: Begins) -> bytes:
    """The line with which a journal begins."""
    return _line(_encode(begins))


def line(number: int, entry: Entry) -> bytes:
    """The line of one entry."""
    return _line(_encode(_Numbered(number, entry)))


def check(entry: Entry) -> None:
    """Raise ValueError for an entry that cannot be written down: a name that is not Unicode, a number beyond all."""
    try:
        _encode(entry)
    except OverflowError as large:
        raise ValueError("a number is too large") from large


def _line(body: bytes) -> bytes:
    return b"%08x %s\n" % (zlib.crc32(body), body)


class Journal(NamedTuple):
    """What a journal file holds, up to the first line that does not check.

    `length` is where the good lines end; `damaged` says that whole lines follow behind a bad one, which no crash
    leaves behind: something else changed the file.
    """

    path: Path
    begins: Begins
    entries: tuple[tuple[int, Entry], ...]
    length: int
    damaged: bool


def read(path: Path) -> Journal | None:
    """Return what can be read of a journal; None where not even its first line can."""
    data = path.read_bytes()
    begins: Begins | None = None
    entries: list[tuple[int, Entry]] = []
    length = 0
    while (found := _LINE.match(data, length)) and int(found[1], 16) == zlib.crc32(found[2]):
        try:
            if begins is None:
                begins = _decode_begins(found[2])
            else:
                numbered = _decode_numbered(found[2])
                entries.append((numbered.n, numbered.entry))
        except (msgspec.DecodeError, RecursionError):
            break  # whole, but not in words of this version
        length = found.end()
    if begins is None:
        return None
    rest = data[length:].partition(b"\n")[2]
    return Journal(path, begins, tuple(entries), length, damaged=bool(rest) or data[length:].endswith(b"\n"))


def journals(folder: Path) -> tuple[Journal, ...]:
    """The journals in a project's folder that can be read, oldest first."""
    found = [read(path) for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file()]
    return tuple(sorted((journal for journal in found if journal), key=lambda journal: journal.begins.generation))


def path_of(folder: Path, generation: int) -> Path:
    """Where the journal of a generation lies."""
    return folder / f"journal.{generation}"


def generation_of(path: Path) -> int | None:
    """The generation whose journal a file is, None for any other file."""
    found = _NAME.fullmatch(path.name)
    return int(found[1]) if found else None
