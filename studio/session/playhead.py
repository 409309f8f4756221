"""Reading what the live worker writes into shared memory: where the ear is, how loud it is."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.errors import StudioError
from studio.ipc.series import Series

_AHEAD_S: Final = 0.04
"""No further ahead of the newest point than this is guessed; a stalled worker makes the playhead stand still."""
_STALE_S: Final = 0.5


class Levels(Struct, frozen=True):
    """Levels in dBFS, floor -120, as the live worker measured them last."""

    monotonic_s: float
    in_peak_db_l: float
    in_peak_db_r: float
    in_rms_db_l: float
    in_rms_db_r: float
    out_peak_db_l: float
    out_peak_db_r: float
    out_rms_db_l: float
    out_rms_db_r: float
    out_lufs_momentary: float


class Playhead:
    """The two series of the live worker, attached anew whenever it names others."""

    def __init__(self) -> None:
        self.points: Series | None = None
        self.meters: Series | None = None
        self._since_s = 0.0

    def attach(self, points: str, meters: str) -> None:
        """Look at the series of these names; "" is none."""
        self.points = _attached(self.points, points)
        self.meters = _attached(self.meters, meters)

    def detach(self) -> None:
        """The worker is gone, and its memory with it."""
        self.attach("", "")

    def forget(self, now_s: float) -> None:
        """Playing was asked for now: what was written before belongs to the playing before."""
        self._since_s = now_s

    def position(self, now_s: float, rate_hz: int, loop: tuple[int, int] | None) -> float | None:
        """The sample heard now, carried on from the newest point; None while nothing is heard yet."""
        newest = self._newest()
        if newest is None:
            return None
        return carried_on(float(newest[0]), float(newest[1]), now_s, rate_hz * float(newest[2]), loop)

    def laps(self, now_s: float, rate_hz: int, loop: tuple[int, int]) -> int:
        """How often the sound that is heard now has gone round the loop."""
        newest = self._newest()
        if newest is None:
            return 0
        goes_on = carried_on(float(newest[0]), float(newest[1]), now_s, rate_hz * float(newest[2]), None)
        return int(newest[3]) + (goes_on >= loop[1])

    def _newest(self) -> NDArray[np.float64] | None:
        newest = self.points.latest() if self.points is not None else None
        return None if newest is None or newest[0] < self._since_s or not newest[2] else newest


def carried_on(at_s: float, position: float, now_s: float, rate_hz: float, loop: tuple[int, int] | None) -> float:
    """Return where a playhead is now that was at `position` at `at_s`; in a loop it starts again.

    `rate_hz` is how many samples it passes in a second: fewer than the project has where it is slowed down.
    """
    ahead_s = min(now_s - at_s, _AHEAD_S)  # negative: the point lies in the future, by the latency of the output
    now = position + ahead_s * rate_hz
    if loop is not None and loop[1] > loop[0] and loop[0] <= position < loop[1]:
        now = loop[0] + (now - loop[0]) % (loop[1] - loop[0])
    return max(0.0, now)


def read_levels(meters: Series | None, now_s: float) -> Levels | None:
    """The newest levels, or None when there are none or they are old."""
    newest = meters.latest() if meters is not None else None
    if newest is None or now_s - float(newest[0]) > _STALE_S:
        return None
    return Levels(*(float(value) for value in newest))


def _attached(old: Series | None, name: str) -> Series | None:
    if old is not None:
        if old.name == name:
            return old
        old.close()
    if not name:
        return None
    try:
        return Series.attach(name)
    except StudioError:  # the worker died after it had named it; the next one names another
        return None
