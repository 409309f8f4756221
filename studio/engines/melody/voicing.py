"""Whether a voice sounds in a frame, from what `analysis.hear` found in it and around it.

A linear rule, fitted by logistic regression to speech and singing that were resynthesised with a known pitch, clean
and in noise; none of it is from the sets that the tracker is judged by. The weights lie in `voicing.json`.
"""

from functools import cache
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

AROUND: Final = (-6, -3, -1, 0, 1, 3, 6)
"""The frames whose signs are heard, relative to the one in question."""

_ENERGY: Final = 6
_CHANGE: Final = 2.0  # what it takes to begin or end a note, in the logarithm of the odds
_CAREFUL: Final = 0.7  # a frame shown where nobody sings is worse than one that is missing
_FURTHEST_ABOVE: Final = 4.0

Series = NDArray[np.float32]


def odds(signs: Series, loud: float, quiet: float) -> Series:
    """The logarithm of the odds that each frame is voiced, shape (frames,).

    `loud` and `quiet` are the energies, as log10, of the loudest and the quietest tenth of the whole sound.
    """
    weights, constant = _rule()
    parts = terms(signs, loud, quiet) @ weights
    around = np.concatenate((parts[:1].repeat(-AROUND[0], 0), parts, parts[-1:].repeat(AROUND[-1], 0)))
    total = np.full(len(signs), constant, np.float32)
    for i, away in enumerate(AROUND):
        first = away - AROUND[0]
        total += around[first : first + len(signs), i]
    return total - np.float32(_CAREFUL)


def decide(odds: Series) -> NDArray[np.bool_]:
    """Which frames are voiced."""
    from voicekernels.cpu import voicing

    return voicing.decide(odds, _CHANGE)


def range_of(signs: Series) -> tuple[float, float]:
    """The energies, as log10, of the loudest and the quietest tenth of a sound."""
    quiet, loud = np.percentile(signs[:, _ENERGY], (10, 90))
    return float(np.log10(10**loud + 1e-10)), float(quiet)


def terms(signs: Series, loud: float, quiet: float) -> Series:
    """The signs, and products of them, that the rule adds up, shape (frames, 22)."""
    made = np.empty((len(signs), 22), np.float32)
    plain = made[:, : signs.shape[1] + 1]
    plain[:, :6], plain[:, 8:] = signs[:, :6], signs[:, 7:]
    both = plain[:, 6:8]
    both[:, 0] = signs[:, 6] - np.float32(loud)
    both[:, 1] = np.minimum(signs[:, 6] - np.float32(quiet), _FURTHEST_ABOVE)
    products = made[:, plain.shape[1] :]
    np.multiply(plain[:, :1], both, out=products[:, :2])
    np.multiply(plain[:, 3:4], both, out=products[:, 2:4])
    np.square(plain[:, :8], out=products[:, 4:])
    return made


@cache
def _rule() -> tuple[Series, float]:
    """Weights of shape (terms, AROUND), and the constant."""
    rule = msgspec.json.decode(Path(__file__).with_name("voicing.json").read_bytes(), type=_Rule)
    return np.array(rule.weights, np.float32), rule.constant


class _Rule(msgspec.Struct, frozen=True):
    weights: tuple[tuple[float, ...], ...]
    constant: float
