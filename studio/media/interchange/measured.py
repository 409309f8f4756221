"""The figures of sounds as a file of our own, from the worker that made them to whoever shows them."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from studio.model.measures import NoteMeasures, Summary
from studio.model.range_profile import RangeProfile, VoiceField


class MeasuredSound(Struct, frozen=True, kw_only=True):
    """The figures of one sound; times count from the beginning of the stretch that was measured."""

    name: str
    length_s: float
    notes: tuple[NoteMeasures, ...]
    summary: Summary
    profile: RangeProfile
    field: VoiceField


def encode(sounds: Sequence[MeasuredSound]) -> bytes:
    """Return the file; MessagePack, for JSON has no way to say that a figure is not there."""
    return msgspec.msgpack.encode(list(sounds))


def read(path: Path) -> tuple[MeasuredSound, ...]:
    """Read such a file."""
    return tuple(msgspec.msgpack.decode(path.read_bytes(), type=list[MeasuredSound]))
