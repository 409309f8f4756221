"""Recipes: an engine, its stems and what is cleaned with them, in one word; those of the person kept in a file."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from studio import paths
from studio.protocol.jobs import CleanStep, EngineSettings
from studio.session.background_file import BackgroundFile

Name = Annotated[str, Meta(min_length=1, max_length=60)]
_MOST: Final = 50


class Recipe(Struct, frozen=True, kw_only=True):
    """How a sound is taken apart. A step without a stem cleans the mix first, others the stem they name.

    One stem is the whole sound, which is only cleaned. `keep` names the stems that are wanted, () all of them.
    """

    engine: str = "builtin"
    stems: int = 2
    settings: EngineSettings = {}
    chain: tuple[CleanStep, ...] = ()
    keep: tuple[str, ...] = ()


class Named(Struct, frozen=True, kw_only=True):
    """A recipe under the name that the person gave it."""

    name: Name
    recipe: Recipe


def saved_recipes() -> tuple[Named, ...]:
    """The person's recipes as they are on the disk, the newest first; none where the file cannot be read."""
    try:
        return msgspec.json.decode(recipes_path().read_bytes(), type=tuple[Named, ...])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return ()


def recipes_path() -> Path:
    """Where the person's recipes are kept."""
    return paths.config() / "recipes.json"


class Recipes(QObject):
    """The recipes that were saved, by name. UI thread only."""

    changed = Signal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = BackgroundFile(path)
        self._all = self._load()

    @property
    def all(self) -> tuple[Named, ...]:
        """Every saved recipe, the newest first."""
        return self._all

    def save(self, name: str, recipe: Recipe) -> None:
        """Keep a recipe; one of the same name gives way."""
        others = tuple(one for one in self._all if one.name != name)
        self._become((Named(name=name, recipe=recipe), *others)[:_MOST])

    def remove(self, name: str) -> None:
        """Forget a recipe."""
        self._become(tuple(one for one in self._all if one.name != name))

    def rename(self, name: str, other: str) -> None:
        """Give a recipe another name; one that has that name gives way."""
        if any(one.name == name for one in self._all) and name != other:
            kept = tuple(one for one in self._all if one.name != other)
            self._become(tuple(replace(one, name=other) if one.name == name else one for one in kept))

    def flush(self) -> None:
        """Wait until the file is on the disk."""
        self._file.flush()

    def close(self) -> None:
        """Write what is left and end the writer."""
        self._file.close()

    def _become(self, recipes: tuple[Named, ...]) -> None:
        self._all = recipes
        self._file.write(msgspec.json.encode(recipes))
        self.changed.emit()

    def _load(self) -> tuple[Named, ...]:
        content = self._file.read()
        if content is None:
            return ()
        try:
            return msgspec.json.decode(content, type=tuple[Named, ...])
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._file.keep_aside(".damaged")
            return ()
