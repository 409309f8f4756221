"""The installed model that an engine loads: found by the engine's id, checked before it is opened."""

from pathlib import Path
from typing import Final

from studio.catalogue import store
from studio.catalogue.store import Installed
from studio.engines.base import Settings
from studio.errors import StudioError

SETTING: Final = "model"
"""The setting by which a person chooses among several models of one engine."""


def of_engine(engine: str) -> tuple[Installed, ...]:
    """Every installed model of an engine, by name."""
    return tuple(one for one in store.installed().values() if one.engine == engine)


def lacking(engine: str, name: str, suggestion: str) -> str:
    """What a card says where no model of an engine is installed, "" where one is."""
    if of_engine(engine):
        return ""
    return f"{name} needs a model, which is not on this computer. {_remedy(suggestion)}"


def chosen(engine: str, name: str, settings: Settings, suggestion: str) -> tuple[Installed, Path]:
    """The model that the settings name, or the first, with its folder; its files are those that were installed."""
    there = of_engine(engine)
    named = settings.get(SETTING)
    found = next((one for one in there if named in (None, "", one.id)), None)
    if found is None:
        cause = f"The model {named} is not installed." if named else "It needs a model, which is not on this computer."
        raise StudioError("engine.model", f"{name} could not be started.", cause=cause, remedy=_remedy(suggestion))
    return found, store.checked(found.id)


def _remedy(suggestion: str) -> str:
    return f"Install one on the models page, or with: studio models install {suggestion}."
