"""The picture of a sound that is not finished yet: peak and RMS, fifty times a second, added at the end."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

STEPS_PER_S: Final = 50
_FIRST_STEPS: Final = 60 * STEPS_PER_S

Steps = NDArray[np.float32]
"""Peak and RMS from 0 on, shape (steps, 2)."""


class StepWave:
    """Grows, and tells what pixel columns look like."""

    def __init__(self) -> None:
        self._steps: Steps = np.zeros((_FIRST_STEPS, 2), np.float32)
        self.count = 0

    @property
    def length_s(self) -> float:
        """How much sound it shows."""
        return self.count / STEPS_PER_S

    def clear(self) -> None:
        """Begin anew."""
        self.count = 0

    def hold(self, step: int, peak: float, rms: float) -> None:
        """At this step it was so loud: what was not seen since the last step was as loud, too."""
        self._make_room(step + 1)
        if step < self.count:
            self._steps[step] = np.maximum(self._steps[step], (peak, rms))
        else:
            self._steps[self.count : step + 1] = (peak, rms)
            self.count = step + 1

    def add(self, steps: Steps) -> None:
        """Add so many steps at the end."""
        self._make_room(self.count + len(steps))
        self._steps[self.count : self.count + len(steps)] = steps
        self.count += len(steps)

    def columns(self, first_s: float, s_per_column: float, count: int) -> Steps:
        """Peak and RMS from 0 to 1 of so many columns, shape (count, 2); 0 where nothing is yet."""
        edges = ((first_s + np.arange(count + 1) * s_per_column) * STEPS_PER_S).astype(np.int64)
        starts = edges[:-1]
        there = np.flatnonzero((starts >= 0) & (starts < self.count))
        columns = np.zeros((count, 2), np.float32)
        if there.size:
            steps = self._steps[: min(int(edges[there[-1] + 1]) + 1, self.count)]
            columns[there] = np.maximum.reduceat(steps, starts[there], axis=0)
        return np.minimum(columns, 1.0)

    def _make_room(self, count: int) -> None:
        while count > len(self._steps):
            self._steps = np.concatenate((self._steps, np.zeros_like(self._steps)))
