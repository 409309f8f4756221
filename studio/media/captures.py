"""Recordings of the screen that nobody finished: each is noted before its first picture, and found again.

A note is a small file below `captures/` of the data folder. It names the files and the process that writes them; it is
removed when the recording ends in order. The files themselves play at any moment; nothing here ever deletes one.
"""

import contextlib
import os
import uuid
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from studio import paths
from studio.media.takes import began

_SUFFIX: Final = ".json"


class CaptureNote(Struct, frozen=True, kw_only=True):
    """A recording that is running, or was when its process died."""

    files: tuple[str, ...] = ()
    began: str = ""
    writer_pid: int = 0
    writer_began: str = ""
    format: int = 1


class NoteKeeper:
    """Keeps the note of one recording true. Used by one thread at a time."""

    def __init__(self, when: str) -> None:
        self._path = folder() / f"{uuid.uuid4().hex}{_SUFFIX}"
        self._note = CaptureNote(began=when, writer_pid=os.getpid(), writer_began=began(os.getpid()) or "")

    def add(self, file: Path) -> None:
        """A part is begun."""
        self._note = msgspec.structs.replace(self._note, files=(*self._note.files, str(file)))
        part = self._path.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(self._note))
        part.replace(self._path)

    def end(self) -> None:
        """The recording ended in order."""
        self._path.unlink(missing_ok=True)


def folder() -> Path:
    """Where notes are kept."""
    path = paths.data() / "captures"
    path.mkdir(parents=True, exist_ok=True)
    return path


def interrupted() -> tuple[tuple[Path, CaptureNote], ...]:
    """The recordings whose process died, oldest first, each with the path of its note; files that are gone left out."""
    found = []
    for path in sorted(folder().glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime):
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            note = msgspec.json.decode(path.read_bytes(), type=CaptureNote)
            if note.writer_pid and began(note.writer_pid) == note.writer_began:
                continue
            files = tuple(file for file in note.files if Path(file).exists())
            if files:
                found.append((path, msgspec.structs.replace(note, files=files)))
    return tuple(found)


def seen(note: Path) -> None:
    """The person was told: do not offer it again. The files stay."""
    note.unlink(missing_ok=True)
