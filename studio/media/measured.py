"""What work took on this machine, kept in the cache folder, and what the next piece of such work will take."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from studio import paths

_WEIGHT_OF_NEWEST: Final = 0.5
_SHORTEST_S: Final = 5.0  # less sound says more of the start than of the speed


class Speed(Struct, frozen=True, kw_only=True):
    """What one second of sound took: on the clock, on the processor; and the most memory that was in use."""

    wall_s: float
    cpu_s: float
    memory_bytes: int


class Estimate(Struct, frozen=True, kw_only=True):
    """What a piece of work will take here."""

    wall_s: float
    cpu_s: float
    memory_bytes: int


def key(engine: str, parts: int, device: str) -> str:
    """The name under which the speed of an engine that makes so many parts on a device ("CPU") is kept."""
    return f"{engine} {parts} {device}"


def estimate(speeds: Mapping[str, Speed], engine: str, parts: int, device: str, length_s: float) -> Estimate | None:
    """What it will take to do `length_s` of sound, None where nothing like it was done here yet."""
    speed = speeds.get(key(engine, parts, device))
    if speed is None:
        return None
    return Estimate(wall_s=speed.wall_s * length_s, cpu_s=speed.cpu_s * length_s, memory_bytes=speed.memory_bytes)


def speeds() -> dict[str, Speed]:
    """Everything that was measured on this machine. A file that cannot be read counts as none."""
    try:
        return msgspec.json.decode(_file().read_bytes(), type=dict[str, Speed])
    except (OSError, msgspec.DecodeError):
        return {}


def note(name: str, length_s: float, wall_s: float, cpu_s: float, memory_bytes: int) -> None:
    """Remember what `length_s` of sound took, together with what it took before. A full disk is no reason to fail."""
    if length_s < _SHORTEST_S:
        return
    known = speeds()
    now = Speed(wall_s=wall_s / length_s, cpu_s=cpu_s / length_s, memory_bytes=memory_bytes)
    known[name] = _mixed(known[name], now) if name in known else now
    part = _file().with_name(f"speeds.{os.getpid()}.part")
    try:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(known), indent=2))
        part.replace(_file())
    except OSError:
        part.unlink(missing_ok=True)


def _mixed(before: Speed, now: Speed) -> Speed:
    old, new = 1 - _WEIGHT_OF_NEWEST, _WEIGHT_OF_NEWEST
    return Speed(
        wall_s=old * before.wall_s + new * now.wall_s,
        cpu_s=old * before.cpu_s + new * now.cpu_s,
        memory_bytes=max(now.memory_bytes, round(old * before.memory_bytes + new * now.memory_bytes)),
    )


def _file() -> Path:
    return paths.cache() / "speeds.json"
