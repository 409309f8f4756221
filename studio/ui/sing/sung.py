"""The last minutes of what was sung, in columns that are there from the beginning."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from studio.model.pitch import A4_MIDI
from studio.session.singing import Numbers, Swing, Trace

CAPACITY: Final = 1 << 16
"""Points kept: five and a half minutes at 200 a second."""
_STALE_S: Final = 0.5
BREAK_S: Final = 0.03
"""Points further apart do not follow each other."""


class Stretch(NamedTuple):
    """Points one after the other: monotonic seconds, F0 in Hz (NaN where nobody sings), confidence, level in dBFS.

    The last two are the vibrato of the second before, NaN where there is none.
    """

    time_s: Numbers
    hz: Numbers
    confidence: Numbers
    level_db: Numbers
    vibrato_hz: Numbers
    vibrato_cents: Numbers


class Sung:
    """A log of points in the order of their time. Appending and looking copy what they touch, and allocate no more."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._rows = np.full((len(Stretch._fields), capacity), np.nan)
        self._written = 0

    def __len__(self) -> int:
        """The points that are still there."""
        return min(self._written, self._rows.shape[1])

    @property
    def counter(self) -> int:
        """Points appended since the beginning."""
        return self._written

    @property
    def newest_s(self) -> float:
        """The time of the newest point; minus infinity before the first."""
        return float(self._rows[0, (self._written - 1) % self._rows.shape[1]]) if self._written else -np.inf

    def clear(self) -> None:
        """Forget everything."""
        self._written = 0

    def take_in(self, trace: Trace) -> int:
        """Append what is newer than everything here; return how many points that were."""
        fresh = trace.time_s > self.newest_s
        columns = (
            trace.time_s,
            trace.f0_hz,
            trace.confidence,
            trace.level_db,
            trace.vibrato_rate_hz,
            trace.vibrato_half_extent_cents,
        )
        self.append(Stretch(*(column[fresh] for column in columns)))
        return int(np.count_nonzero(fresh))

    def append(self, points: Stretch) -> None:
        """Add points, each column float64 (points,), later than all before."""
        capacity = self._rows.shape[1]
        fresh = np.stack(points)[:, -capacity:]
        self._rows[:, np.arange(self._written, self._written + fresh.shape[1]) % capacity] = fresh
        self._written += fresh.shape[1]

    def swing(self, now_s: float) -> Swing | None:
        """The vibrato of the newest point; None where there is none, or the point is old."""
        newest = self.last(1)
        if not len(newest.time_s) or now_s - newest.time_s[0] > _STALE_S or np.isnan(newest.vibrato_hz[0]):
            return None
        return Swing(float(newest.vibrato_hz[0]), float(newest.vibrato_cents[0]))

    def since(self, counter: int) -> Stretch:
        """The points from number `counter` on that are still there."""
        capacity = self._rows.shape[1]
        first = min(max(counter, self._written - capacity, 0), self._written)
        return Stretch(*self._rows[:, np.arange(first, self._written) % capacity])

    def last(self, count: int) -> Stretch:
        """The newest points, so many at most."""
        return self.since(self._written - count)

    def after(self, start_s: float) -> Stretch:
        """The points from a time on."""
        capacity = self._rows.shape[1]
        low, high = self._written - len(self), self._written
        while low < high:
            middle = (low + high) // 2
            if self._rows[0, middle % capacity] < start_s:
                low = middle + 1
            else:
                high = middle
        return self.since(low)


def unbroken(points: Stretch) -> Iterator[Stretch]:
    """The points in parts between which sound is missing: nothing may be drawn, or counted, across such a gap."""
    breaks = np.flatnonzero(np.diff(points.time_s) > BREAK_S) + 1
    for first, last in pairwise((0, *breaks.tolist(), len(points.time_s))):
        yield Stretch(*(column[first:last] for column in points))


def to_midi(hz: Numbers, a4_hz: float, transposed: float = 0.0) -> Numbers:
    """Note numbers with their fraction, moved up by so many semitones; NaN where there is no frequency."""
    with np.errstate(invalid="ignore", divide="ignore"):
        midi: Numbers = A4_MIDI + 12.0 * np.log2(np.where(hz > 0, hz, np.nan) / a4_hz) + transposed
    return midi
