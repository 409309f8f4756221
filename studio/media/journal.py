"""The journal of a project: one checked line for each thing a person did since the last generation.

A line is eight hexadecimal digits of CRC-32, a space, JSON, a newline. Every entry names the mark of the state that
it follows, and its own bytes make the mark of the state after it: entries chain through all journals, whatever file
they stand in, and never attach to a state that they were not made for. Whatever a crash leaves of the last line does
not check, and is cut off before the next one is written.
"""

import re
import uuid
import zlib
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from studio.model.edits import Edit
from studio.model.history import History

_NAME = re.compile(r"journal\.(\d{1,9})")
_CRC_DIGITS = 8


class Begins(Struct, frozen=True, tag="begins", kw_only=True):
    """The first line: the generation behind which this journal was begun, and its mark."""

    format: int
    made_with: str
    generation: int
    mark: str


class Did(Struct, frozen=True, tag="did"):
    """An edit was done; `continues` says that it took the place of the last step, as a drag does."""

    edit: Edit
    continues: bool = False


class WentTo(Struct, frozen=True, tag="went_to"):
    """Undo, redo or a click in the history: so many steps are in force."""

    position: int


Entry = Did | WentTo


class _After(Struct, frozen=True, tag="after"):
    mark: str
    entry: Entry


_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[Begins | _After] = msgspec.json.Decoder(Begins | _After)


_entry_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


def fresh_mark() -> str:
    """The mark of a state to which no entry leads."""
    return uuid.uuid4().hex[:16]


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


def lines(mark: str, entries: Sequence[Entry]) -> tuple[bytes, str]:
    """The lines of entries that follow the state of that mark, and the mark of the state after them."""
    written: list[bytes] = []
    for entry in entries:
        body = _encode(_After(mark, entry))
        mark = _mark_after(body)
        written.append(_line(body))
    return b"".join(written), mark


def check(entry: Entry) -> None:
    """Raise ValueError for an entry that would not be read as it was written: a name that is not Unicode, say."""
    if _entry_decoder.decode(_encode(entry)) != entry:
        raise ValueError(f"read differently from what was written: {entry}")


def _line(body: bytes) -> bytes:
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _mark_after(body: bytes) -> str:
    return blake2b(body, digest_size=8).hexdigest()


class Link(NamedTuple):
    """One entry with the marks of the states before and after it."""

    before: str
    entry: Entry
    after: str


class Journal(NamedTuple):
    """What a journal file holds.

    `begins` is None where the first line is damaged. `length` is where the whole lines end; behind it may lie the
    `torn` rest of a line that was being written when the writer died. `damaged` says that a whole line does not
    check, which no crash leaves behind: something else changed the file.
    """

    path: Path
    generation: int
    begins: Begins | None
    links: tuple[Link, ...]
    length: int
    torn: bool
    damaged: bool


def read(path: Path, generation: int) -> Journal:
    """Return what can be read of a journal."""
    whole, newline, torn = path.read_bytes().rpartition(b"\n")
    begins: Begins | None = None
    links: list[Link] = []
    damaged = False
    for text in whole.split(b"\n") if newline else ():
        body = _checked(text)
        try:
            said = _decoder.decode(body) if body is not None else None
        except (msgspec.DecodeError, ValueError, RecursionError):
            said = None  # whole, but not in words of this version
        match said:
            case None:
                damaged = True
            case Begins():
                begins = said
            case _After(mark, entry):
                links.append(Link(mark, entry, _mark_after(body or b"")))
    length = len(whole) + len(newline)
    return Journal(path, generation, begins, tuple(links), length, bool(torn), damaged or begins is None)


def _checked(text: bytes) -> bytes | None:
    """The body of a line, None where it does not check."""
    crc, space, body = text[:_CRC_DIGITS], text[_CRC_DIGITS : _CRC_DIGITS + 1], text[_CRC_DIGITS + 1 :]
    return body if space == b" " and crc == b"%08x" % zlib.crc32(body) else None


def journals(folder: Path) -> tuple[Journal, ...]:
    """The journals in a project's folder, oldest first."""
    numbered = sorted((number, path) for path in folder.iterdir() if (number := generation_of(path)) is not None)
    found: list[Journal] = []
    for number, path in numbered:
        with suppress(FileNotFoundError):  # its turn to be forgotten came just now
            found.append(read(path, number))
    return tuple(found)


def path_of(folder: Path, generation: int) -> Path:
    """Where the journal of a generation lies."""
    return folder / f"journal.{generation}"


def generation_of(path: Path) -> int | None:
    """The generation whose journal a file is, None for any other file."""
    found = _NAME.fullmatch(path.name)
    return int(found[1]) if found else None
