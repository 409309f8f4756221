"""What was sung as a list of notes, while it is sung: quick, and only as sure as a first hearing is.

The notes of a finished take are found by the compute worker, which may look ahead; see `studio.session.measuring`.
"""

from typing import Final, NamedTuple

import numpy as np

from studio.session.singing import Numbers
from studio.ui.sing.sung import Stretch

SHORTEST_S: Final = 0.15
SWINGS_FROM_S: Final = 0.5
"""A note has to be held so long before what is measured of its vibrato is one."""
_POINT_S: Final = 0.005
_LONGEST_GAP: Final = 12  # points
_LEAP_CENTS: Final = 70.0
_CYCLE: Final = 40
"""Points over which a swing of 5 Hz averages out: a vibrato is no new note."""


class Heard(NamedTuple):
    """A note: when it began (monotonic seconds), how long it was, its mean, and its vibrato where it had one."""

    start_s: float
    length_s: float
    hz: float
    vibrato_hz: float
    """NaN where there was none; so is `vibrato_cents`."""
    vibrato_cents: float


class HeardNotes:
    """Cuts the points into notes where the voice rests or leaves a note for another."""

    def __init__(self) -> None:
        self.notes: list[Heard] = []
        self._open: list[Numbers] = []
        self._gap = 0

    @property
    def held_s(self) -> float:
        """How long the note of this moment has been held."""
        return len(self._open) * _POINT_S

    def clear(self) -> None:
        """Forget everything."""
        self.notes.clear()
        self._open.clear()

    def add(self, points: Stretch) -> bool:
        """Take in points that follow those before; return whether there are more notes now."""
        before = len(self.notes)
        for row in np.stack((points.time_s, points.hz, points.vibrato_hz, points.vibrato_cents), axis=1):
            if self._open and row[0] - self._open[-1][0] > (_LONGEST_GAP + 1) * _POINT_S:
                self._close(len(self._open))
            if np.isnan(row[1]):
                self._gap += 1
                if self._gap > _LONGEST_GAP:
                    self._close(len(self._open))
            else:
                self._gap = 0
                self._open.append(row)
                if len(self._open) >= 2 * _CYCLE and len(self._open) % 8 == 0:
                    self._part()
        return len(self.notes) > before

    def _part(self) -> None:
        """Begin another note where the last cycle lies elsewhere than what is before it."""
        cents = 1200 * np.log2(np.array([row[1] for row in self._open]))
        if abs(cents[-_CYCLE:].mean() - np.median(cents[:-_CYCLE])) > _LEAP_CENTS:
            self._close(len(cents) - 2 * _CYCLE + _turn(cents[-2 * _CYCLE :]))

    def _close(self, count: int) -> None:
        rows, self._open = self._open[:count], self._open[count:]
        if len(rows) * _POINT_S < SHORTEST_S:
            return
        table = np.array(rows)
        mean_hz = float(np.exp2(np.log2(table[:, 1]).mean()))
        length_s = float(table[-1, 0] - table[0, 0])
        shaken = table[~np.isnan(table[:, 2]), 2:]
        shakes = length_s >= SWINGS_FROM_S and len(shaken) * 3 > len(rows)
        swing = np.median(shaken, axis=0) if shakes else np.full(2, np.nan)
        self.notes.append(Heard(float(table[0, 0]), length_s, mean_hz, float(swing[0]), float(swing[1])))


def _turn(cents: Numbers) -> int:
    """Where to cut so that both sides lie as near to their means as can be."""
    before = np.arange(1, len(cents), dtype=np.float64)
    left = np.cumsum(cents)[:-1]
    right = cents.sum() - left
    return int(np.argmax(left**2 / before + right**2 / (len(cents) - before))) + 1
