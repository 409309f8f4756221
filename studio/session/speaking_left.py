"""Lines that were to be spoken and are not: noted for each project, so that another run of the studio can go on."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from studio import paths
from studio.model.spoken import LineId
from studio.session.background_file import BackgroundFile


class LeftToSpeak(Struct, frozen=True, kw_only=True):
    """Lines in the order in which they were to be spoken, and since when there are some."""

    lines: tuple[LineId, ...]
    began_at: str


class SpeechNotes:
    """One small file a project, in the cache, while there is something to be said. UI thread only."""

    def __init__(self) -> None:
        self._files: dict[Path, BackgroundFile] = {}
        self._noted: dict[Path, LeftToSpeak] = {}

    def left(self, folder: Path) -> LeftToSpeak | None:
        """What is noted of a project; None where there is nothing, or nothing that can be read."""
        if folder not in self._noted:
            found = _read(self._file(folder))
            if found is None:
                return None
            self._noted[folder] = found
        return self._noted[folder]

    def note(self, folder: Path, lines: Sequence[LineId]) -> None:
        """These lines of a project are to be spoken, and no others."""
        before = self._noted.get(folder)
        if tuple(lines) == (before.lines if before is not None else ()):
            return
        if not lines:
            del self._noted[folder]
            self._file(folder).remove()
            return
        began = before.began_at if before is not None else _now()
        self._noted[folder] = LeftToSpeak(lines=tuple(lines), began_at=began)
        self._file(folder).write(msgspec.json.encode(self._noted[folder]))

    def flush(self) -> None:
        """Wait until everything is on the disk. For tests."""
        for file in self._files.values():
            file.flush()

    def close(self) -> None:
        """Write what is left and end the writers."""
        for file in self._files.values():
            file.close()

    def _file(self, folder: Path) -> BackgroundFile:
        if folder not in self._files:
            self._files[folder] = BackgroundFile(paths.unspoken(folder))
        return self._files[folder]


def _read(file: BackgroundFile) -> LeftToSpeak | None:
    content = file.read()
    try:
        return msgspec.json.decode(content, type=LeftToSpeak) if content is not None else None
    except (msgspec.DecodeError, UnicodeDecodeError):  # of another version, or damaged: only an offer is lost
        return None


def _now() -> str:
    return dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds")
