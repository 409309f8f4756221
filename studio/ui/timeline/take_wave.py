"""The picture of a take while it is being recorded: from the levels, because its sound is still being written."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.model.levels import db_to_gain
from studio.session.playhead import Levels
from studio.session.taking import Taking

STEPS_PER_S: Final = 50
_FIRST_STEPS: Final = 60 * STEPS_PER_S


class TakeWave:
    """Peak and RMS of the microphone, fifty times a second, from the beginning of the take that runs."""

    def __init__(self) -> None:
        self._take = ""
        self._steps = np.zeros((_FIRST_STEPS, 2), np.float32)
        self._count = 0

    @property
    def length_s(self) -> float:
        """How much of the take it shows."""
        return self._count / STEPS_PER_S

    def feed(self, taking: Taking, levels: Levels) -> None:
        """Take in the newest levels; another take begins with an empty picture."""
        if taking.name != self._take:
            self._take, self._count = taking.name, 0
        step = int((levels.monotonic_s - taking.began_s) * STEPS_PER_S)
        if not taking.has_begun or step < 0:
            return
        peak = db_to_gain(max(levels.in_peak_db_l, levels.in_peak_db_r))
        rms = db_to_gain(max(levels.in_rms_db_l, levels.in_rms_db_r))
        while step >= len(self._steps):
            self._steps = np.concatenate((self._steps, np.zeros_like(self._steps)))
        if step < self._count:
            self._steps[step] = np.maximum(self._steps[step], (peak, rms))
        else:  # what lies between two looks was as loud as what was seen last
            self._steps[self._count : step + 1] = (peak, rms)
            self._count = step + 1

    def columns(self, first_s: float, s_per_column: float, count: int) -> NDArray[np.float32]:
        """Peak and RMS from 0 to 1 of so many columns, shape (count, 2); 0 where nothing was recorded yet."""
        edges = ((first_s + np.arange(count + 1) * s_per_column) * STEPS_PER_S).astype(np.int64)
        starts = edges[:-1]
        there = np.flatnonzero((starts >= 0) & (starts < self._count))
        columns = np.zeros((count, 2), np.float32)
        if there.size:
            steps = self._steps[: min(int(edges[there[-1] + 1]) + 1, self._count)]
            columns[there] = np.maximum.reduceat(steps, starts[there], axis=0)
        return np.minimum(columns, 1.0)
