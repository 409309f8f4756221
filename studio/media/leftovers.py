"""What was begun and is not gone on with: work folders that are removed when they are old, or need too much room."""

import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from studio import paths

Report = Callable[[float, str], None]


class Leftover(NamedTuple):
    """A work folder or a file, when something in it was last written, and its size."""

    path: Path
    touched_s: float
    size_bytes: int


def sweep(
    places: Iterable[Path],
    keep_s: float,
    most_bytes: float,
    *,
    in_use: Callable[[Path], bool] = lambda _path: False,
    now_s: float | None = None,
    report: Report = lambda _fraction, _stage: None,
) -> tuple[Path, ...]:
    """Remove of these what is older than `keep_s`, then the oldest until the rest fits; return what went.

    What is in use stays, and counts. What cannot be removed stays, too: the next sweep comes to it again.
    """
    now_s = time.time() if now_s is None else now_s
    found = sorted((measured(path) for path in places), key=lambda one: one.touched_s)
    total = sum(one.size_bytes for one in found)
    gone = []
    for one in found:
        report(0.0, "Looking for leftovers")
        is_due = now_s - one.touched_s > keep_s or total > most_bytes
        if is_due and not in_use(one.path) and _remove(one.path):
            gone.append(one.path)
            total -= one.size_bytes
    return tuple(gone)


def places_in_cache() -> tuple[Path, ...]:
    """Every work folder of the window and of the command line, and notes of what is to be gone on with."""
    return _in_cache("batch", "separating", "unfinished", "apart", "converting")


def places_of_videos() -> tuple[Path, ...]:
    """The small pictures of every video, a folder each."""
    return _in_cache("proxies")


def places_in_project(folder: Path) -> tuple[Path, ...]:
    """What separations and cleanings of a project have not finished."""
    return tuple((folder / "media").glob("making-*"))


def _in_cache(*names: str) -> tuple[Path, ...]:
    roots = [paths.cache() / name for name in names]
    return tuple(path for root in roots if root.is_dir() for path in root.iterdir())


def measured(path: Path) -> Leftover:
    """When something in a folder was last written, and how much it holds; what goes meanwhile does not count."""
    touched_s, size = 0.0, 0
    for one in (path, *(path.rglob("*") if path.is_dir() else ())):
        try:
            stat = one.stat()
        except OSError:
            continue
        touched_s = max(touched_s, stat.st_mtime)
        size += stat.st_size if one.is_file() else 0
    return Leftover(path, touched_s, size)


def _remove(path: Path) -> bool:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return not path.exists()
