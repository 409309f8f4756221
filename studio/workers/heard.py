"""Foreign recordings as one channel in memory: what a voice is learnt from, and what is converted."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from studio.audio.decode import Decoder
from studio.engines.base import Mono
from studio.errors import StudioError

_LONGEST_S = 3600.0


class Heard(NamedTuple):
    """The mean of a recording's channels, its rate, and what was wrong with its file."""

    samples: Mono
    rate_hz: int
    damage: str


def hear(path: Path, title: str, report: Callable[[float, str], None]) -> Heard:
    """Decode a file of an hour at most; `title` begins what is said where that is not possible."""
    pieces: list[Mono] = []
    length = 0
    with Decoder(path) as sound:
        for block in sound.blocks():
            pieces.append(block.mean(axis=1, dtype=np.float32))
            length += len(block)
            if length > _LONGEST_S * sound.rate_hz:
                raise StudioError(
                    "voice.long",
                    title,
                    cause=f"{path.name} is longer than {_LONGEST_S / 60:.0f} minutes.",
                    remedy="Cut it: some minutes of clean speech are all that is needed.",
                )
            report(sound.fraction, "Reading")
        rate_hz, damage = sound.rate_hz, sound.damage
    if not length:
        raise StudioError(
            "voice.empty",
            title,
            cause=f"There is not a single sample of sound in {path.name}.",
            remedy="Choose another file.",
        )
    return Heard(np.concatenate(pieces), rate_hz, damage)
