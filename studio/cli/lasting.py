"""A folder for long work that goes on where it stopped when the same call is made again."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Final

import psutil

from studio import paths
from studio.cli import scratch

_KEPT_S: Final = 14 * 24 * 3600.0
_OWNER: Final = "owner"


@contextmanager
def folder_for(file: Path) -> Iterator[Path]:
    """The work folder of a sound file as it is now. It stays where something in it was begun and not finished.

    Another call that is at work on the same file has it to itself; this one then begins anew elsewhere.
    """
    place = paths.cache() / "separating"
    place.mkdir(exist_ok=True)
    _remove_forgotten(place)
    stat = file.stat()
    what = f"{file.absolute()} {stat.st_size} {stat.st_mtime_ns}"
    folder = place / blake2b(what.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    if _is_taken(folder):
        with scratch.project_folder() as other:
            yield other
        return
    folder.mkdir(exist_ok=True)
    (folder / _OWNER).write_text(str(os.getpid()))
    try:
        yield folder
    finally:
        (folder / _OWNER).unlink(missing_ok=True)
        if not any(folder.glob("media/making-*")):
            shutil.rmtree(folder, ignore_errors=True)


def _is_taken(folder: Path) -> bool:
    try:
        owner = int((folder / _OWNER).read_text())
    except (OSError, ValueError):
        return False
    return owner != os.getpid() and psutil.pid_exists(owner)


def _remove_forgotten(place: Path) -> None:
    for folder in place.iterdir():
        if time.time() - folder.stat().st_mtime > _KEPT_S and not _is_taken(folder):
            shutil.rmtree(folder, ignore_errors=True)
