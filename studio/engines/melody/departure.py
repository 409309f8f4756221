"""Whether sound that comes still repeats at the pitch that was found in it: a leap shows so before it is measured."""

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.melody.analysis import HOP, RATE_HZ

_PIECE: Final = 48  # samples, 6 ms
_FARTHEST: Final = 80  # samples back: over several periods of a high note a small step shows as well
_ALIKE: Final = 0.9
_UNLIKE: Final = 0.8
_LOOKS: Final = 6  # this many looks, 5 ms apart, are remembered
_NOTHING: Final = 1e-20

REACHES: Final = _PIECE + RATE_HZ // 40 + HOP
"""Samples that are looked at, at most."""

Sound = NDArray[np.float32]


class Departure:
    """Looks each 5 ms; where the sound has not repeated well before either, as in noise, it says nothing."""

    def __init__(self) -> None:
        self._alike: deque[float] = deque([0.0], maxlen=_LOOKS)
        self._alike_above: deque[float] = deque([1.0], maxlen=_LOOKS)

    def look(self, heard: Sound, hz: float) -> bool:
        """Say whether the end of `heard`, at least `REACHES` samples, has left `hz`; NaN for no pitch says no."""
        if np.isnan(hz):
            return False
        period = RATE_HZ / hz
        new = heard[-_PIECE:]
        power = float(new @ new)
        alike = _alike(heard, new, power, period)
        above = _alike(heard, new, power, period / 2)  # an octave higher repeats at the old pitch too
        departs = (alike < _UNLIKE and max(self._alike) > _ALIKE) or (
            above > _ALIKE and min(self._alike_above) < _UNLIKE
        )
        self._alike.append(alike)
        self._alike_above.append(above)
        return departs


def _alike(heard: Sound, new: Sound, power: float, period: float) -> float:
    """How well the newest piece repeats what lies an odd number of periods before; an octave lower repeats in two."""
    lag = _lag(period)
    old = heard[-_PIECE - lag : -lag]
    return float(new @ old) / math.sqrt(power * float(old @ old) + _NOTHING)


def _lag(period: float) -> int:
    """Of the odd numbers of periods that are near enough, the one that whole samples say best."""
    best, off = round(period), math.inf
    for periods in range(1, max(1, int(_FARTHEST // period)) + 1, 2):
        nearest = round(periods * period)
        if abs(periods * period - nearest) < off:
            best, off = nearest, abs(periods * period - nearest)
    return best
