"""How far a melody lies from what its notes aim at, moment by moment: what a map of it is painted from."""

import math
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.model.measures import NoteMeasures
from studio.model.pitch import PitchCurve

_CYCLE_S: Final = 0.2
"""A mean over so long leaves nothing of a vibrato of 5 Hz, and little of others."""


def deviation(curve: PitchCurve, measured: Iterable[NoteMeasures]) -> NDArray[np.float32]:
    """Return cents above (or, negative, below) the target of the note that each frame lies in, shape (frames,).

    Means over a cycle of vibrato. NaN where nobody sings, between notes, and in notes that have no target. Seconds of
    the notes are counted from the first frame.
    """
    found = np.full(len(curve.hz), np.nan, np.float32)
    reach = round(_CYCLE_S * curve.frames_per_s / 2)
    for note in measured:
        first = max(0, math.ceil(note.start_s * curve.frames_per_s))
        last = min(len(found), math.ceil(note.end_s * curve.frames_per_s))
        if first >= last or not math.isfinite(note.target_hz):
            continue
        there = curve.voiced[first:last]
        cents = 1200 * np.log2(np.where(there, curve.hz[first:last], 1.0).astype(np.float64) / note.target_hz)
        sums, counts = _sums(np.where(there, cents, 0.0), reach), _sums(there.astype(np.float64), reach)
        found[first:last] = np.where(there, sums / np.maximum(counts, 1.0), np.nan)
    return found


def _sums(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """The sum over `reach` values to each side, fewer at the ends."""
    grown = np.concatenate(([0.0], np.cumsum(values)))
    at = np.arange(len(values))
    found: NDArray[np.float64] = grown[np.minimum(at + reach + 1, len(values))] - grown[np.maximum(at - reach, 0)]
    return found
