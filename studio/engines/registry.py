"""Which engines there are: everything that named itself in the entry-point group `studio.engines`."""

import importlib.util
from functools import cache
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from typing import Any, Final, cast

from msgspec.structs import replace

from studio.engines.base import (
    Converter,
    Denoiser,
    Engine,
    EngineInfo,
    Lacking,
    PitchTracker,
    Separator,
    Speaker,
    Task,
)
from studio.errors import StudioError

GROUP: Final = "studio.engines"

_FIRST: Final = (
    "melisma",
    "praat",
    "swift-f0",
    "crepe-tiny",
    "crepe-full",
    "builtin",
    "spectral",
    "rnnoise",
    "dereverb",
)


def cards() -> tuple[tuple[EngineInfo, str], ...]:
    """Every engine with the reason why it cannot run here, "" when it can. Imports no engine's library."""
    found = [_card(entry) for entry in entry_points(group=GROUP)]
    return tuple(sorted(found, key=lambda card: (card[0].task, _rank(card[0].id), card[0].name)))


def pitch_tracker(id: str) -> PitchTracker:
    """The pitch tracker of that id, made once and kept; a `StudioError` says why when there is none to be had."""
    return cast("PitchTracker", _made("pitch", id))  # the contract test holds every engine of a task to its protocol


def separator(id: str) -> Separator:
    """The separator of that id, as `pitch_tracker` does it."""
    return cast("Separator", _made("separate", id))


def denoiser(id: str) -> Denoiser:
    """The engine of that id that takes out noise or the room, as `pitch_tracker` does it."""
    rooms = any(info.id == id and info.task == "dereverb" for info, _ in cards())
    return cast("Denoiser", _made("dereverb" if rooms else "denoise", id))


def speaker(id: str) -> Speaker[Any]:
    """The engine of that id that speaks, as `pitch_tracker` does it. What it opens only it can speak with."""
    return cast("Speaker[Any]", _made("speak", id))


def converter(id: str) -> Converter[Any]:
    """The engine of that id that converts voices, as `pitch_tracker` does it."""
    return cast("Converter[Any]", _made("convert", id))


def installed_version(info: EngineInfo) -> str:
    """The version of what an engine stands on, for a result's lineage; "" when it has none."""
    try:
        return version(info.version_of) if info.version_of else ""
    except PackageNotFoundError:
        return ""


@cache
def _made(task: Task, id: str) -> Engine:
    for entry in entry_points(group=GROUP):
        info, missing = _known(entry)
        if info.id == id and info.task == task:
            if missing:
                raise StudioError(
                    "engine.missing",
                    f"{info.name} cannot be used.",
                    cause=missing,
                    remedy="Choose another engine, or install what is missing and start the studio again.",
                )
            return cast("Engine", entry.load()())
    known = ", ".join(info.id for info, _ in cards() if info.task == task)
    raise StudioError(
        "engine.unknown",
        "The engine could not be started.",
        cause=f"This installation has no engine for this task called {id}.",
        remedy=f"Choose one of these: {known}." if known else "Install the studio again.",
    )


def _card(entry: EntryPoint) -> tuple[EngineInfo, str]:
    info, missing = _known(entry)
    if missing:
        return info, missing
    kind = entry.load()
    return info, kind.lacks() if isinstance(kind, Lacking) else ""


def _known(entry: EntryPoint) -> tuple[EngineInfo, str]:
    """An engine's card, and why its class or its libraries cannot be had."""
    try:
        info = getattr(entry.load(), "info", None)
    except Exception as error:  # noqa: BLE001 somebody else's code: its failure belongs on its card, not in ours
        unnamed = EngineInfo(id=entry.name, task="pitch", name=entry.name, licence="")
        return unnamed, f"{entry.value} could not be loaded: {error}."
    if not isinstance(info, EngineInfo):
        unnamed = EngineInfo(id=entry.name, task="pitch", name=entry.name, licence="")
        return unnamed, f"{entry.value} carries no EngineInfo."
    if info.id != entry.name:
        return replace(info, id=entry.name), f"It calls itself {info.id}, but is registered as {entry.name}."
    return info, _missing(info)


def _missing(info: EngineInfo) -> str:
    absent = [module for module in info.needs if importlib.util.find_spec(module) is None]
    if not absent:
        return ""
    bring = f' It comes with pip install "melisma-studio[{info.extra}]".' if info.extra else ""
    return f"{' and '.join(absent)} {'is' if len(absent) == 1 else 'are'} not installed.{bring}"


def _rank(id: str) -> int:
    return _FIRST.index(id) if id in _FIRST else len(_FIRST)
