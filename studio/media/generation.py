"""One saved state of a project with its undo history, as the bytes of `project.json`.

The file is JSON whose first field is a checksum of every byte behind it. That rule holds for every format, so that
any version can tell a damaged file from a newer one.
"""

import re
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct

from studio.errors import Explanation, StudioError
from studio.model.edits import Edit
from studio.model.history import History, Step
from studio.model.project import Project

FORMAT = 1
"""Raise it when an older version could no longer read what this one writes."""

NEWEST = "project.json"
_OLDER = re.compile(r"project\.(\d{1,9})\.json")
_CHECKED = re.compile(rb'\{"checksum":"([0-9a-f]{16})",')


class Generation(Struct, frozen=True, kw_only=True):
    """What `project.json` says, but for the checksum.

    `mark` is the one that the journal's next entry follows. `project` is what other programs want to read; `base`,
    `steps` and `position` give back undo.
    """

    format: int = FORMAT
    made_with: str
    generation: int
    mark: str
    saved: str
    project: Project
    base: Project
    steps: Raw
    position: int


class _Front(Struct, frozen=True):
    format: int
    made_with: str = "a newer version"


class _ProjectOnly(Struct, frozen=True):
    project: Project


class Newer(NamedTuple):
    """A file of a format that this version does not write; `project` where it can at least be shown."""

    made_with: str
    project: Project | None


_decode_front = msgspec.json.Decoder(_Front).decode
_decode = msgspec.json.Decoder(Generation).decode
_decode_project = msgspec.json.Decoder(_ProjectOnly).decode
_decode_steps = msgspec.json.Decoder(tuple[Edit, ...]).decode


def encode_steps(history: History) -> Raw:
    """The edits of a history as JSON."""
    return Raw(msgspec.json.encode([step.edit for step in history.steps]))


def encode(generation: Generation) -> bytes:
    """The bytes of `project.json`."""
    rest = msgspec.json.encode(generation)[1:]
    return b'{"checksum":"%s",%s' % (_checksum(rest), rest)


def decode(data: bytes) -> Generation | Newer | None:
    """What a project file holds; None where it is damaged."""
    found = _CHECKED.match(data)
    rest = data[found.end() :] if found else b""
    whole = found is not None and found[1] == _checksum(rest)
    try:
        front = _decode_front(data)
        if front.format > FORMAT:
            return Newer(front.made_with, _project_in(data))
        return _decode(data) if whole else None
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _project_in(data: bytes) -> Project | None:
    try:
        return _decode_project(data).project
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _checksum(data: bytes) -> bytes:
    return blake2b(data, digest_size=8).hexdigest().encode()


def history_of(generation: Generation) -> tuple[History, Explanation | None]:
    """The project with its undo history, or, where the history does not lead to the project, without, and why."""
    try:
        history = History(base=generation.base)
        steps: list[Step] = []
        project = generation.base
        for edit in _decode_steps(generation.steps):
            project = edit.apply(project)
            steps.append(Step(edit, project))
        history = History(base=generation.base, steps=tuple(steps)).go_to(generation.position)
    except (msgspec.DecodeError, StudioError, ValueError, RecursionError):
        history = History(base=generation.base)
    if history.project == generation.project and history.position == generation.position:
        return history, None
    return History(base=generation.project), Explanation(
        code="open.no_undo",
        title="What was done before can no longer be undone.",
        cause=f"The undo history was saved by version {generation.made_with} and could not be read.",
        remedy="The project itself is whole; go on from here.",
    )


def older(folder: Path) -> tuple[tuple[int, Path], ...]:
    """The numbered older generations in a folder, newest first."""
    found = ((_OLDER.fullmatch(path.name), path) for path in folder.iterdir())
    return tuple(sorted(((int(match[1]), path) for match, path in found if match), reverse=True))


def older_path(folder: Path, number: int) -> Path:
    """Where a generation lies once a newer one took its place."""
    return folder / f"project.{number}.json"
