"""The pitch of a voice while it is recorded, for a trace in the picture: good to look at, and no measurement.

The normalised autocorrelation of 43 ms of sound, a hundred times a second. Source: McLeod and Wyvill, "A smarter way to
find pitch", ICMC 2005, whose threshold takes the first peak that is nearly as high as the highest.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames

HOP_S: Final = 0.01
_RATE_HZ: Final = 48000 // 3
_WINDOW: Final = 688
_HOP: Final = round(HOP_S * _RATE_HZ)
_LOW_HZ, _HIGH_HZ = 60.0, 1100.0
_SURE: Final = 0.85
_NEARLY: Final = 0.93
_QUIET: Final = 0.003
_KEPT: Final = 1024


class Melody:
    """Takes sound at 48 kHz and keeps the newest ten seconds of its pitch. One thread feeds it, any may look."""

    def __init__(self) -> None:
        self._rest: Frames = np.zeros((0, 2), np.float32)
        self._sound: NDArray[np.float32] = np.zeros(_WINDOW, np.float32)
        self._waiting = 0
        self.hz: NDArray[np.float32] = np.full(_KEPT, np.nan, np.float32)
        """Hertz, the newest last, one each 10 ms; NaN where nobody sings."""

    def hear(self, frames: Frames) -> None:
        """Take (n, 2) at 48 kHz."""
        sound = np.concatenate((self._rest, frames))
        whole = len(sound) // 3 * 3
        self._rest = sound[whole:]
        # Three samples become one: their mean is low-pass enough below 1.1 kHz.
        slow = sound[:whole].mean(axis=1).reshape(-1, 3).mean(axis=1)
        self._sound = np.concatenate((self._sound, slow))
        self._waiting += len(slow)
        count = self._waiting // _HOP
        if not count:
            return
        self._waiting -= count * _HOP
        last = len(self._sound) - self._waiting
        found = [
            pitch_of(self._sound[max(0, end - _WINDOW) : end])
            for end in range(last - (count - 1) * _HOP, last + 1, _HOP)
        ]
        self.hz = np.concatenate((self.hz, np.array(found, np.float32)))[-_KEPT:]
        self._sound = self._sound[-(_WINDOW + self._waiting) :]


def pitch_of(sound: NDArray[np.float32]) -> float:
    """The pitch of a piece at 16 kHz in Hz, NaN where it has none."""
    if len(sound) < _WINDOW or float(np.abs(sound).max()) < _QUIET:
        return float("nan")
    size = 2048
    spectrum = np.fft.rfft(sound, size)
    likeness = np.fft.irfft(np.abs(spectrum) ** 2, size)[: _WINDOW // 2]
    squares = np.concatenate(([0.0], np.cumsum(sound.astype(np.float64) ** 2)))
    lags = np.arange(len(likeness))
    energy = squares[len(sound) - lags] + squares[-1] - squares[lags]
    normal = 2 * likeness / np.maximum(energy, 1e-12)
    low, high = int(_RATE_HZ / _HIGH_HZ), min(len(normal) - 2, int(_RATE_HZ / _LOW_HZ))
    middle = normal[low : high + 1]
    peaks = low + 1 + np.flatnonzero((middle[1:-1] > middle[:-2]) & (middle[1:-1] >= middle[2:]))
    if not len(peaks) or normal[peaks].max() < _SURE:
        return float("nan")
    lag = int(peaks[normal[peaks] >= _NEARLY * normal[peaks].max()][0])
    before, here, after = normal[lag - 1 : lag + 2]
    bend = before - 2 * here + after
    return float(_RATE_HZ / (lag + (0.5 * (before - after) / bend if bend else 0.0)))
