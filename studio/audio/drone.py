"""A tone that is held while somebody sings: seven harmonics, softly begun and ended."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_HARMONICS: Final = np.arange(1, 8)
_SOFTER: Final = 1.3
_SOFT_S: Final = 0.08
_HIGHEST_SHARE: Final = 0.4  # of the rate


class Drone:
    """Makes the tone piece by piece, without a click whatever is changed."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._hz = 0.0
        self._turns = 0.0
        self._gain = 0.0
        self._wanted_hz = 0.0
        self._wanted_gain = 0.0
        shares = _HARMONICS**-_SOFTER
        self._shares = shares / np.sqrt(np.square(shares).sum())

    def hold(self, hz: float, gain: float) -> None:
        """Sound at this pitch from now on, its RMS `gain` times that of a full-scale sine; 0 Hz is silence."""
        self._wanted_hz, self._wanted_gain = hz, gain if hz > 0 else 0.0
        if self._gain == 0.0:
            self._hz = hz

    @property
    def silent(self) -> bool:
        """Whether there is nothing to hear, and nothing on its way."""
        return self._gain == 0.0 and self._wanted_gain == 0.0

    def render(self, frames: int) -> NDArray[np.float32]:
        """Return the next so many samples, shape (frames,)."""
        if self.silent:
            return np.zeros(frames, np.float32)
        target_hz = self._wanted_hz or self._hz  # while it dies away it keeps its pitch
        share = min(1.0, frames / (_SOFT_S * self._rate_hz))
        hz = self._hz + (target_hz - self._hz) * share
        step = min(max(self._wanted_gain - self._gain, -share), share)
        gain = self._wanted_gain if abs(self._wanted_gain - self._gain) < 1e-4 else self._gain + step
        ramp = np.linspace(0, 1, frames + 1)[1:]
        turns = self._turns + np.cumsum(self._hz + (hz - self._hz) * ramp) / self._rate_hz
        heard = _HARMONICS[_HARMONICS * max(hz, self._hz) < _HIGHEST_SHARE * self._rate_hz]
        wave = np.sin(2 * np.pi * turns[:, None] * heard) @ self._shares[: len(heard)]
        found: NDArray[np.float32] = (wave * (self._gain + (gain - self._gain) * ramp)).astype(np.float32)
        self._turns, self._hz, self._gain = float(turns[-1] % 1.0), hz, gain
        return found
