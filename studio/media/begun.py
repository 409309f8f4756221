"""Imports that were begun and not finished, as anyone can see them in a project's folder."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

PREFIX: Final = "importing-"
STATE: Final = "state.json"


class Wish(Struct, frozen=True, kw_only=True):
    """What was asked for: the file, and the rate (see `ImportMedia`)."""

    path: str
    rate_hz: int
    any_rate: bool = False


class Source(Struct, frozen=True, kw_only=True):
    """What tells a file from another one that took its name: its size, its time, and its first and last 64 KiB."""

    size: int
    mtime_ns: int
    digest: str


class _Reached(Struct, frozen=True, kw_only=True):
    read_bytes: int


class Begun(Struct, frozen=True, kw_only=True):
    """The part of an import's state that says what it is about, and how far it is in the file."""

    wish: Wish
    source: Source
    place: _Reached

    @property
    def fraction(self) -> float:
        """How far it is, 0 to 1."""
        return min(1.0, self.place.read_bytes / max(1, self.source.size))


def begun_in(project_dir: Path) -> tuple[Begun, ...]:
    """The imports into a project that can be gone on with and that no living process is doing now."""
    found: list[Begun] = []
    for folder in sorted((project_dir / "media").glob(f"{PREFIX}*")):
        with suppress(OSError, msgspec.DecodeError):
            kept = msgspec.json.decode((folder / STATE).read_bytes(), type=Begun)
            if not is_used(folder):
                found.append(kept)
    return tuple(found)


def owner_name(pid: int | str) -> str:
    """The name of the file that says which process is at work in such a folder."""
    return f"{pid}.owner"


def is_used(folder: Path) -> bool:
    """Whether another process that lives is at work in it."""
    owners = [int(owner.stem) for owner in folder.glob(owner_name("*")) if owner.stem.isdigit()]
    return any(pid != os.getpid() and _lives(pid) for pid in owners)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True
