"""Sentences read aloud for a voice that is not learnt yet: takes in the person's data folder, each with its text.

They are takes like any other, so that what was read survives the death of whoever wrote it, and a `texts/NAME.json`
beside them that was there before the first sample. They go once a voice has its own copy of them.
"""

import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from studio import paths
from studio.media.store import TAKES
from studio.media.takes import mark_recovered, read_header, recover
from studio.model.project import Media

_TEXTS: Final = "texts"
_GONE: Final = "gone"
_KEPT_S: Final = 7 * 24 * 3600.0
"""How long what nobody wanted is kept, in case it was put aside by mistake."""


class Reading(Struct, frozen=True, kw_only=True):
    """A sound file with what is read in it, "" where the take was interrupted in the middle of it."""

    take: str
    path: str
    text: str
    length_s: float


def folder() -> Path:
    """Where they are: built as a project's folder is, with `takes/` in it."""
    found = paths.data() / "readings"
    (found / _TEXTS).mkdir(parents=True, exist_ok=True)
    return found


def note(take: str, text: str) -> None:
    """Write down what is going to be read."""
    _note_of(take).write_bytes(msgspec.json.encode(text))


def landed(take: str, text: str, segments: Iterable[Media]) -> tuple[Reading, ...]:
    """What has become of a sentence. One in several parts was interrupted: then nobody knows what is said in which."""
    parts = [part for part in segments if part.length]
    return tuple(
        Reading(
            take=take,
            path=str(_where(part)),
            text=text if len(parts) == 1 else "",
            length_s=part.length / part.rate_hz,
        )
        for part in parts
    )


def left() -> tuple[Reading, ...]:
    """What was read and neither became a voice nor was put aside, oldest first; reads all of it."""
    found: list[Reading] = []
    for take in recover(folder(), also_complete=True):
        header = read_header(folder() / TAKES / take.take)
        whole = header is not None and header.state == "complete"
        found += landed(take.take, _text(take.take) if whole else "", take.segments)
    return tuple(found)


def take_of(path: str) -> str:
    """The take that a sound file belongs to, "" where it is none of these."""
    for root in (folder(), paths.rescued(folder())):
        if path.startswith(f"{root / TAKES}/"):
            return path.removeprefix(f"{root / TAKES}/").partition("/")[0]
    return ""


def put_aside(takes: Iterable[str]) -> None:
    """Offer these no more: they were read again, or are not wanted."""
    for take in takes:
        mark_recovered(folder(), take)


def remove(takes: Iterable[str]) -> None:
    """Delete these, and what was put aside before."""
    _remove({*takes, *_aside()})


def sweep(keep_s: float = _KEPT_S) -> int:
    """Remove what was put aside, and texts whose take is gone, once they are that old; return how many went.

    What was read and is still offered stays, however old. It may be killed at any point: the next one goes on.
    """
    if not (paths.data() / "readings").is_dir():
        return 0
    oldest_s = time.time() - keep_s
    alone = {path.stem for path in (folder() / _TEXTS).glob("*.json") if not any(map(Path.exists, _places(path.stem)))}
    due = {take for take in {*_aside(), *alone} if _touched_s(take) < oldest_s}
    _remove(due)
    return len(due)


def _remove(takes: Iterable[str]) -> None:
    """Take each out of sight in one step before its files go: half a take would be offered again."""
    gone = folder() / _GONE
    for take in takes:
        for number, place in enumerate(_places(take)):
            gone.mkdir(exist_ok=True)
            try:
                place.rename(gone / f"{take}-{number}-{os.getpid()}")
            except OSError:  # it is not there, or lies on another disk
                shutil.rmtree(place, ignore_errors=True)
        _note_of(take).unlink(missing_ok=True)
    shutil.rmtree(gone, ignore_errors=True)


def _aside() -> set[str]:
    found = set()
    for root in (folder(), paths.rescued(folder())):
        for path in (root / TAKES).glob("*"):
            header = read_header(path)
            if header is not None and header.state == "recovered":
                found.add(path.name)
    return found


def _places(take: str) -> tuple[Path, Path]:
    """Where a take may lie: here, or where takes go for which there was no room here."""
    return folder() / TAKES / take, paths.rescued(folder()) / TAKES / take


def _touched_s(take: str) -> float:
    """When something of a take was last written."""
    there = [path for path in (_note_of(take), *(place / "take.json" for place in _places(take))) if path.is_file()]
    return max((path.stat().st_mtime for path in there), default=0.0)


def _where(part: Media) -> Path:
    """The file of a segment: here, or where takes go for which there was no room here."""
    here = folder() / part.file
    elsewhere = paths.rescued(folder()) / part.file
    return elsewhere if not here.is_file() and elsewhere.is_file() else here


def _text(take: str) -> str:
    try:
        return msgspec.json.decode(_note_of(take).read_bytes(), type=str)
    except (OSError, msgspec.MsgspecError):
        return ""


def _note_of(take: str) -> Path:
    return folder() / _TEXTS / f"{take}.json"
