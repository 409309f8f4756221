"""The vibrato of what is being sung: rate and half-extent over the last second, soon enough for a dial.

A sinusoid over a bent line, fitted by least squares to the contour in cents; `voicekernels.reference.vibrato` measures
finished notes and searches further. Everything that depends on the window alone is worked out once.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S
from voicekernels.reference.vibrato import FASTEST_HZ, SLOWEST_HZ

WINDOW: Final = 200
"""Frames: one second, so at least three cycles of the slowest vibrato."""

_RATES: Final = 113
_DRIFT_ORDER: Final = 2
_VOICED_SHARE: Final = 0.9
_LEAST_EXPLAINED: Final = 0.6
_LEAST_EXTENT_CENTS: Final = 8.0
_MOST_EXTENT_CENTS: Final = (
    200.0  # what swings further goes from note to note: singers reach 123 (Prame, JASA 102, 1997)
)
_LEAP_CENTS: Final = 300.0
_NOTHING: Final = (float("nan"), float("nan"))

Numbers = NDArray[np.float64]


class _Fits(NamedTuple):
    rates_hz: Numbers
    drift: Numbers
    """Orthonormal columns, shape (WINDOW, order + 1)."""
    waves: Numbers
    """Two orthonormal columns a rate, at right angles to the drift, shape (WINDOW, 2 * rates)."""


class Swing:
    """Remembers the last second of a melody."""

    def __init__(self) -> None:
        self._hz: Numbers = np.full(2 * WINDOW, np.nan)
        self._at = 0

    def push(self, hz: float) -> None:
        """Take one frame, 5 ms after the last; NaN where nobody sings."""
        place = self._at % WINDOW
        self._hz[place] = self._hz[place + WINDOW] = hz  # twice, so that every window lies in one piece
        self._at += 1

    def measure(self) -> tuple[float, float]:
        """Return rate in Hz and half-extent in cents; NaN where there is no vibrato, or not a second of voice yet."""
        start = self._at % WINDOW
        hz = self._hz[start : start + WINDOW]
        voiced = np.isfinite(hz)
        if np.count_nonzero(voiced) < _VOICED_SHARE * WINDOW or not (voiced[-1] or voiced[-2]):
            return _NOTHING
        frames = np.arange(WINDOW)
        cents = np.interp(frames, frames[voiced], 1200 * np.log2(hz[voiced]))
        if np.abs(np.diff(cents)).max() > _LEAP_CENTS:
            return _NOTHING
        return _fitted(cents)


def _fitted(cents: Numbers) -> tuple[float, float]:
    fits = _fits()
    straight = cents - cents.mean()
    straight -= fits.drift @ (fits.drift.T @ straight)
    moved = float(straight @ straight)
    share = np.square(fits.waves.T @ straight).reshape(-1, 2).sum(axis=1)
    best = int(np.argmax(share))
    if best in (0, len(share) - 1) or share[best] < _LEAST_EXPLAINED * moved:
        return _NOTHING
    left, here, right = share[best - 1 : best + 2]
    bend = left - 2 * here + right
    offset = 0.5 * (left - right) / bend if bend < 0 else 0.0
    rate_hz = float(fits.rates_hz[best] + offset * (fits.rates_hz[1] - fits.rates_hz[0]))
    columns = np.column_stack((fits.drift, _wave(rate_hz)))
    found = np.linalg.lstsq(columns, straight, rcond=None)[0]
    extent = float(np.hypot(found[-2], found[-1]))
    return (rate_hz, extent) if _LEAST_EXTENT_CENTS <= extent <= _MOST_EXTENT_CENTS else _NOTHING


@cache
def _fits() -> _Fits:
    rates_hz = np.linspace(SLOWEST_HZ, FASTEST_HZ, _RATES)
    drift = np.linalg.qr(np.vander(np.linspace(-1, 1, WINDOW), _DRIFT_ORDER + 1))[0]
    waves = []
    for rate_hz in rates_hz:
        wave = _wave(float(rate_hz))
        wave -= drift @ (drift.T @ wave)
        waves.append(np.linalg.qr(wave)[0])
    return _Fits(rates_hz, drift, np.ascontiguousarray(np.concatenate(waves, axis=1)))


def _wave(rate_hz: float) -> Numbers:
    phase = 2 * np.pi * rate_hz * np.arange(WINDOW) / FRAMES_PER_S
    return np.column_stack((np.cos(phase), np.sin(phase)))
