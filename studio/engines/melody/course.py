"""Where a pitch most likely ran, seen in the scores around a first guess: a small network amends the guess.

Three layers of convolutions over time look at the picture of the melody, pulled straight along the guess, 140 ms to
either side, and say of each column nearby how likely it is. It learnt from speech and singing that were resynthesised
with a known pitch, clean and in noise (`packaging/training/course`); none of it is from the sets that the tracker is
judged by. The weights lie in `course.npz`.
"""

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.errors import StudioError

REACH: Final = 12
"""Columns to either side of the guess that are looked at, and that it may be moved by."""

SPAN: Final = 5
"""Frames that a layer takes in, each `DILATIONS` frames from the next."""

DILATIONS: Final = (1, 2, 4)
OUTSIDE: Final = -0.3
"""What is seen beyond the range of pitches."""

_EDGE: Final = SPAN // 2 * max(DILATIONS)
_BLOCK: Final = 128  # frames whose surroundings stay in the cache while they are multiplied
_NEAR: Final = 2  # columns, 50 cents: what lies so near together is one guess
_AWAY: Final = np.subtract.outer(np.arange(2 * REACH + 1), np.arange(2 * REACH + 1)).astype(np.float32)
_BESIDE: Final = (np.abs(_AWAY) <= _NEAR).astype(np.float32)
_BALANCE: Final = _BESIDE * _AWAY
_MOST_COLUMNS: Final = 4.0

Series = NDArray[np.float32]


class Sight(NamedTuple):
    """What is known of each frame, all float32; places are columns of the grid."""

    scores: Series
    """How well each pitch fits, shape (frames, columns)."""
    guess: Series
    """Where the pitch is thought to run, shape (frames,)."""
    path: Series
    """Where the likeliest path ran, shape (frames,)."""
    strength: Series
    """The score on that path, shape (frames,)."""
    clear: Series
    """How much harmonics stood out of the noise along the guess, shape (frames,)."""
    lowest: int
    """Which column of the widest range is the first of this grid."""


def seen(sight: Sight) -> Series:
    """What the network is given, shape (frames, 2 * REACH + 1 + 5)."""
    from voicekernels.cpu import ridge

    guess = sight.guess
    moves = np.diff(guess, prepend=guess[:1])
    beside = np.stack(
        (
            np.clip(moves, -_MOST_COLUMNS, _MOST_COLUMNS) / 2,
            (guess + (sight.lowest - 114)) / 50,
            2 * sight.strength - 0.6,
            2 * sight.clear - 1,
            np.clip(sight.path - guess, -_MOST_COLUMNS, _MOST_COLUMNS) / 2,
        ),
        axis=1,
    )
    scores = ridge.around(sight.scores, guess, REACH, OUTSIDE)
    return np.concatenate((3 * scores, beside), axis=1, dtype=np.float32)


def amended(sight: Sight) -> Series:
    """The guess where it most likely should be, in columns, shape (frames,)."""
    rule = _rule()
    given = seen(sight)
    hidden = np.pad(given, ((_EDGE, _EDGE), (0, 0)))  # nothing lies beyond either end
    for weights, constant, dilation in zip(rule.layers, rule.constants, DILATIONS, strict=True):
        hidden = _layer(hidden, weights, constant, dilation)
    logits = hidden[_EDGE:-_EDGE] @ rule.last
    logits += rule.last_constant + rule.skip * given[:, : 2 * REACH + 1]
    return sight.guess + likeliest(logits)


def _layer(values: Series, weights: Series, constant: Series, dilation: int) -> Series:
    """What a layer makes of each row and those before and after it; `_EDGE` rows of zeros lie at both ends."""
    frames, width = len(values) - 2 * _EDGE, values.shape[1]
    made = np.empty((len(values), len(constant)), np.float32)
    made[:_EDGE] = made[-_EDGE:] = 0
    inner = made[_EDGE:-_EDGE]
    step = values.strides[0]
    first = (_EDGE - SPAN // 2 * dilation) * step
    around = np.ndarray((frames, SPAN, width), np.float32, values, first, (step, dilation * step, 4))
    block = np.empty((_BLOCK, SPAN * width), np.float32)
    for begin in range(0, frames, _BLOCK):
        some = around[begin : begin + _BLOCK]
        np.copyto(block[: len(some)].reshape(some.shape), some)
        np.matmul(block[: len(some)], weights, out=inner[begin : begin + len(some)])
    inner += constant
    np.maximum(inner, 0, out=inner)
    return made


def likeliest(logits: Series) -> Series:
    """The middle of the likeliest 100 cents, in columns from the guess, shape (frames,)."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    near = odds @ _BESIDE
    rows, best = np.arange(len(odds)), near.argmax(axis=1)
    middle: Series = best - REACH + (odds @ _BALANCE)[rows, best] / near[rows, best]
    return middle.astype(np.float32)


class _Rule(NamedTuple):
    layers: tuple[Series, ...]
    constants: tuple[Series, ...]
    last: Series
    last_constant: Series
    skip: float


def weights() -> Path:
    """The file that says how the network weighs what it sees."""
    return Path(__file__).with_name("course.npz")


@cache
def _rule() -> _Rule:
    """What the file says; StudioError where it cannot be read."""
    try:
        with np.load(weights(), allow_pickle=False) as file:
            stored = {name: file[name].astype(np.float32) for name in file.files}
        numbers = range(len(DILATIONS))
        return _Rule(
            tuple(stored[f"weights{i}"] for i in numbers),
            tuple(stored[f"constant{i}"] for i in numbers),
            stored["last"],
            stored["last_constant"],
            float(stored["skip"]),
        )
    except Exception as error:
        raise StudioError(
            "pitch.weights",
            "The built-in pitch tracker did not start.",
            cause=f"Its weights could not be read: {error}",
            remedy="Run packaging/run --setup again.",
        ) from error
