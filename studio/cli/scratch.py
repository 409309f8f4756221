"""A folder for the project that a verb needs only while it runs."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from studio import paths


def folder() -> Path:
    """Where these folders are: on the disk, since sound may be larger than what /tmp has in memory."""
    path = paths.cache() / "scratch"
    path.mkdir(exist_ok=True)
    return path


def left_behind() -> tuple[Path, ...]:
    """Those whose process is gone."""
    return tuple(path for path in folder().iterdir() if path.is_dir() and not _is_alive(path.name))


@contextmanager
def project_folder() -> Iterator[Path]:
    """An empty folder that is deleted at the end; those that a killed process left are deleted first."""
    for old in left_behind():
        shutil.rmtree(old, ignore_errors=True)
    path = folder() / _name(psutil.Process())
    path.mkdir(exist_ok=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _is_alive(name: str) -> bool:
    pid = name.partition("-")[0]
    try:
        return pid.isdigit() and (int(pid) == os.getpid() or _name(psutil.Process(int(pid))) == name)
    except psutil.NoSuchProcess:
        return False


def _name(process: psutil.Process) -> str:
    """A process id may be used again, but not with the same time of start."""
    return f"{process.pid}-{round(process.create_time() * 100)}"
