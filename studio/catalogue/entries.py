"""What can be installed, as data: the entries of `resources/models.toml` and of a person's own `models.toml`.

To add a model: an entry there. Where its engine is new, see `studio/engines/base.py`. A hash that nobody could look
up stays out: then the publisher's own word at the moment of download is what a file is held against.
"""

from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from studio import paths
from studio.errors import StudioError

Stated = Literal["hub", "github", ""]
"""Who states size and hash of a file when it is downloaded: a model hub's headers, GitHub's list of assets, nobody."""

NAME: Final = "models.toml"


class ModelFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of a model: its name when installed, where it comes from, and what is known of it beforehand.

    `size_bytes` 0 and `sha256` "" mean that this is not known before the publisher says so.
    """

    name: str
    url: str
    stated_by: Stated = "hub"
    size_bytes: int = 0
    sha256: str = ""


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model that can be installed. `about_mb` and `memory_mb` are estimates, shown as such.

    `engine` is who loads it; `terms` is the page on which the publisher wants terms to be accepted first, "" where
    anybody may download.
    """

    id: str
    name: str
    engine: str
    publisher: str
    licence: str
    page: str
    languages: tuple[str, ...]
    about: str
    about_mb: int
    memory_mb: int
    files: tuple[ModelFile, ...]
    revision: str = ""
    terms: str = ""
    recommended: bool = False

    def __post_init__(self) -> None:
        for name in (self.id, *(file.name for file in self.files)):
            if not name or name.startswith(".") or set(name) & set('/\\:"<>|?*\0'):
                raise ValueError(f"{name!r} cannot be the name of a file")
        if len({file.name for file in self.files}) != len(self.files) or not self.files:
            raise ValueError(f"{self.id} has no files, or two of one name")


class _Catalogue(Struct, frozen=True):
    model: tuple[Entry, ...] = ()


def entries() -> tuple[Entry, ...]:
    """Every entry, the recommended first; a person's own takes the place of ours with the same id.

    Raises `StudioError` where their file cannot be read.
    """
    known = {entry.id: entry for entry in _read(paths.resources() / NAME)}
    own = paths.config() / NAME
    if own.exists():
        known |= {entry.id: entry for entry in _read(own)}
    return tuple(sorted(known.values(), key=lambda entry: not entry.recommended))


def entry(id: str) -> Entry:
    """The entry of that id; a `StudioError` names the ids that there are."""
    found = next((one for one in entries() if one.id == id), None)
    if found is None:
        raise StudioError(
            "model.unknown",
            f"There is no model called {id}.",
            cause="The list of models does not name it.",
            remedy=f"Choose one of these: {', '.join(one.id for one in entries())}.",
        )
    return found


def _read(path: Path) -> tuple[Entry, ...]:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_Catalogue).model
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise StudioError(
            "model.catalogue",
            "The list of models could not be read.",
            cause=f"{path} does not say what it should: {error}.",
            remedy="Correct the file, or take it away.",
        ) from error
