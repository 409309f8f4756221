"""The list of a batch on the disk, so that another run of the studio can go on with the files that are not done."""

import datetime as dt
from pathlib import Path
from typing import Final

import msgspec
import psutil
from msgspec import Struct

from studio import paths
from studio.model.project import Media
from studio.protocol.jobs import CleanStep, ExportSpec
from studio.session.background_file import BackgroundFile
from studio.session.recipes import Recipe

_SUFFIX: Final = ".list.json"


class KeptRow(Struct, frozen=True, kw_only=True):
    """A file that is not done: its work folder, and the sound in it where it was read already."""

    path: str
    folder: str
    media: Media | None = None


class KeptList(Struct, frozen=True, kw_only=True):
    """What was to be done with which files, and by which process."""

    owner: int
    owner_began_s: float
    kept_at: str
    out: str
    spec: ExportSpec
    recipe: Recipe | None = None
    cleaning: CleanStep | None = None
    rows: tuple[KeptRow, ...] = ()


class BatchList:
    """Writes the list of this process, and finds those of processes that are no more."""

    def __init__(self) -> None:
        self._me = psutil.Process()
        self._file = BackgroundFile(_folder() / f"{self._me.pid}{_SUFFIX}")
        self._written = False

    def keep(self, work: Recipe | CleanStep, out: Path, spec: ExportSpec, rows: tuple[KeptRow, ...]) -> None:
        """Write what is not done; nothing is left of an empty list once it is closed."""
        if not rows and not self._written:
            return
        kept = KeptList(
            owner=self._me.pid,
            owner_began_s=self._me.create_time(),
            kept_at=dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds"),
            out=str(out),
            spec=spec,
            recipe=work if isinstance(work, Recipe) else None,
            cleaning=work if isinstance(work, CleanStep) else None,
            rows=rows,
        )
        self._written = bool(rows)
        self._file.write(msgspec.json.encode(kept))

    def flush(self) -> None:
        """Wait until it is on the disk."""
        self._file.flush()

    def close(self) -> None:
        """End the writer."""
        self._file.close()
        if not self._written:
            self._file.path.unlink(missing_ok=True)


def left() -> tuple[KeptList, ...]:
    """The lists of processes that are no more, oldest first. Each is handed over once: its file goes."""
    found = []
    for path in sorted(_folder().glob(f"*{_SUFFIX}"), key=_age):
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=KeptList)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            continue  # what is damaged, or of another version, goes with its age
        if not _lives(kept):
            path.unlink(missing_ok=True)
            found.append(kept)
    return tuple(kept for kept in found if kept.rows and (kept.recipe or kept.cleaning))


def is_in_use(folder: Path) -> bool:
    """Whether this is the list of a process that lives, or a work folder that such a list names."""
    for path in _folder().glob(f"*{_SUFFIX}"):
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=KeptList)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            continue
        if _lives(kept) and (path == folder or any(row.folder == str(folder) for row in kept.rows)):
            return True
    return False


def _lives(kept: KeptList) -> bool:
    try:
        began_s: float = psutil.Process(kept.owner).create_time()
    except psutil.Error:
        return False
    return abs(began_s - kept.owner_began_s) < 1.0


def _folder() -> Path:
    return paths.cache() / "batch"


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
