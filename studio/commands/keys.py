"""Which keys do what: the default map beside the commands, other maps as differences, a person's own on top. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from studio import paths
from studio.commands.base import Command
from studio.settings.schema import KeySettings

Keymap = dict[str, tuple[str, ...]]
"""Command id to its keys, the first of which is shown."""


class Conflict(NamedTuple):
    """Keys that more than one command wants."""

    keys: str
    commands: tuple[str, ...]


def effective(commands: Sequence[Command], chosen: KeySettings, folder: Path | None = None) -> Keymap:
    """The keys of every command as the settings want them."""
    keymap = {one.id: split(one.keys) for one in commands}
    keymap.update(differences((folder or paths.resources() / "keymaps") / f"{chosen.map}.toml"))
    for command, keys in chosen.custom.items():
        if command in keymap:
            keymap[command] = split(keys)
    return {one.id: keymap[one.id] for one in commands}


def differences(path: Path) -> Keymap:
    """What a map file changes in the default map."""
    with path.open("rb") as file:
        content = tomllib.load(file)
    return {command: split(keys) for command, keys in content.get("keys", {}).items()}


def conflicts(keymap: Mapping[str, Sequence[str]]) -> tuple[Conflict, ...]:
    """Keys that several commands have, in the order of the map."""
    owners: dict[str, list[str]] = {}
    for command, keys in keymap.items():
        for one in dict.fromkeys(map(normal, keys)):
            owners.setdefault(one, []).append(command)
    return tuple(Conflict(keys, tuple(ids)) for keys, ids in owners.items() if len(ids) > 1)


def taken_by(keymap: Mapping[str, Sequence[str]], keys: str, but: str) -> str:
    """The command that has these keys already, other than `but`; "" when they are free."""
    wanted = {normal(one) for one in split(keys)}
    return next((other for other, have in keymap.items() if other != but and wanted & set(map(normal, have))), "")


def rebound(chosen: KeySettings, keymap: Mapping[str, Sequence[str]], id: str, keys: str) -> KeySettings:
    """The settings with a command on other keys, which are taken from whichever command had them."""
    custom = {**chosen.custom, id: join(split(keys))}
    wanted = {normal(one) for one in split(keys)}
    for other, have in keymap.items():
        left = [one for one in have if normal(one) not in wanted]
        if other != id and len(left) < len(have):
            custom[other] = join(left)
    return KeySettings(map=chosen.map, custom=custom)


def split(keys: str) -> tuple[str, ...]:
    """Alternatives joined by "; ", apart."""
    return tuple(part.strip() for part in keys.split("; ") if part.strip())


def join(keys: Sequence[str]) -> str:
    """Alternatives, together again."""
    return "; ".join(keys)


def normal(keys: str) -> str:
    """One spelling of each: modifiers in order, names in small letters."""
    head, plus, last = keys.strip().rpartition("+")
    if not last and plus:  # the plus key itself: "Ctrl++"
        head, last = head.removesuffix("+"), "+"
    modifiers = {part.strip().lower() for part in head.split("+") if part.strip()}
    return "+".join([*(part for part in ("ctrl", "alt", "shift", "meta") if part in modifiers), last.lower()])
