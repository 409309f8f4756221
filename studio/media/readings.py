"""Sentences read aloud for a voice that is not learnt yet: takes in the person's data folder, each with its text.

They are takes like any other, so that what was read survives the death of whoever wrote it, and a `texts/NAME.json`
beside them that was there before the first sample. They go once a voice has its own copy of them.
"""

import shutil
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
    for take in {*takes, *_aside()}:
        shutil.rmtree(folder() / TAKES / take, ignore_errors=True)
        shutil.rmtree(paths.rescued(folder()) / TAKES / take, ignore_errors=True)
        _note_of(take).unlink(missing_ok=True)


def _aside() -> set[str]:
    found = set()
    for path in (folder() / TAKES).glob("*"):
        header = read_header(path)
        if header is not None and header.state == "recovered":
            found.add(path.name)
    return found


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
