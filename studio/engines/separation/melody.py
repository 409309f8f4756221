"""The pitch of the voice in a mix, frame by frame, and the comb of its partials."""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Mono
from studio.engines.separation.spectrum import HOP, HZ, RATE_HZ, WINDOW, Mask, frame_count

if TYPE_CHECKING:
    from swift_f0 import SwiftF0

_TRACKER_HZ: Final = 16000
_LOWEST_HZ: Final = 70.0
_HIGHEST_HZ: Final = 900.0
_WORKING_PEAK: Final = 0.5
_TOOTH_HZ: Final = 20.0
_HIGHEST_PARTIAL_HZ: Final = 9000.0
_STEEPEST: Final = 0.06


class Melody(NamedTuple):
    """The pitch on the frames of the spectrum: F0 in Hz (never 0, also where unvoiced) and the tracker's confidence."""

    hz: NDArray[np.float32]
    sure: NDArray[np.float32]

    def slope(self) -> NDArray[np.float32]:
        """How far F0 moves within one window, as a share of itself."""
        from scipy.ndimage import uniform_filter1d

        if len(self.hz) < 2:
            return np.zeros_like(self.hz)
        moved = np.abs(np.gradient(np.log(self.hz))) * (WINDOW / HOP / 2)
        return np.asarray(np.minimum(uniform_filter1d(moved, 3), _STEEPEST), np.float32)


def follow(sound: Mono, tracker: "SwiftF0") -> Melody:
    """The melody of the loudest voice in `sound` (at `RATE_HZ`), on the frames of its spectrum."""
    import soxr
    from scipy.ndimage import median_filter

    heard = soxr.resample(sound, RATE_HZ, _TRACKER_HZ).astype(np.float32)
    loudest = float(np.abs(heard).max(initial=0.0))
    times_s = np.arange(frame_count(len(sound))) * HOP / RATE_HZ
    if loudest < 1e-6 or len(heard) < 2:
        return Melody(np.full(len(times_s), 100, np.float32), np.zeros(len(times_s), np.float32))
    found = tracker.detect(heard * np.float32(_WORKING_PEAK / loudest), _TRACKER_HZ, _LOWEST_HZ, _HIGHEST_HZ)
    hz = np.exp(np.interp(times_s, found.timestamps, np.log(median_filter(np.maximum(found.pitch_hz, 50.0), 3))))
    sure = np.interp(times_s, found.timestamps, median_filter(found.confidence, 5))
    return Melody(hz.astype(np.float32), sure.astype(np.float32))


def comb(melody: Melody) -> Mask:
    """How near each bin is to a partial of the melody. Teeth grow wider where F0 moves and, with it, every partial."""
    f0 = melody.hz[None]
    nearest = np.maximum(np.round(HZ[:, None] / f0), 1)
    away = np.abs(HZ[:, None] - nearest * f0)
    width = np.minimum(_TOOTH_HZ + 0.7 * (0.004 + melody.slope()[None]) * HZ[:, None], 0.45 * f0)
    teeth = np.exp(-0.5 * (away / width) ** 2)
    teeth[HZ >= _HIGHEST_PARTIAL_HZ] = 0
    return np.asarray(teeth, np.float32)
