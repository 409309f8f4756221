"""Meters: peak, RMS and momentary loudness of a stream, a few thousand samples at a time."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames

FLOOR_DB: Final = -120.0
_STEP: Final = 256
_MOMENTARY_S: Final = 0.4


def decibels(amplitude: float) -> float:
    """Return dBFS, never below the floor."""
    return max(FLOOR_DB, 20.0 * float(np.log10(amplitude))) if amplitude > 0 else FLOOR_DB


class Levels:
    """Peak and RMS of each side since the last look, in dBFS."""

    def __init__(self) -> None:
        self.peak_db = (FLOOR_DB, FLOOR_DB)
        self.rms_db = (FLOOR_DB, FLOOR_DB)

    def look(self, frames: Frames) -> None:
        """Measure (n, 2); with no frames the levels fall to the floor."""
        if not len(frames):
            self.peak_db = self.rms_db = (FLOOR_DB, FLOOR_DB)
            return
        peak = np.abs(frames).max(axis=0)
        rms = np.sqrt(np.mean(np.square(frames, dtype=np.float64), axis=0))
        self.peak_db = (decibels(float(peak[0])), decibels(float(peak[1])))
        self.rms_db = (decibels(float(rms[0])), decibels(float(rms[1])))


class Momentary:
    """BS.1770 loudness of the last 400 ms of a stereo stream.

    Both filters together are one recursion of fourth order. A whole step of samples is one product with matrices
    made beforehand, exact to rounding, instead of a loop over samples.
    """

    def __init__(self, rate_hz: float) -> None:
        a, b, c, d = _k_weighting(rate_hz)
        powers: list[NDArray[np.float64]] = [np.eye(len(a), dtype=np.float64)]
        for _ in range(_STEP):
            powers.append(np.asarray(a @ powers[-1], np.float64))
        impulse = np.concatenate(([d], [float(c @ powers[n] @ b) for n in range(_STEP - 1)]))
        lag = np.subtract.outer(np.arange(_STEP), np.arange(_STEP))
        self._direct = np.where(lag >= 0, impulse[np.abs(lag)], 0.0)
        self._ringing = np.array([c @ powers[n] for n in range(_STEP)])
        self._advance = powers[_STEP]
        self._feed = np.array([powers[_STEP - 1 - n] @ b for n in range(_STEP)]).T
        self._state = np.zeros((len(a), 2))
        self._squares = np.zeros(max(1, round(_MOMENTARY_S * rate_hz / _STEP)))
        self._at = 0
        self._left: NDArray[np.float64] = np.zeros((0, 2), np.float64)

    @property
    def lufs(self) -> float:
        """Loudness now, never below the floor."""
        power = float(np.mean(self._squares))
        return max(FLOOR_DB, -0.691 + 10.0 * float(np.log10(power))) if power > 0 else FLOOR_DB

    def hear(self, frames: Frames) -> None:
        """Go on by (n, 2) frames."""
        waiting: NDArray[np.float64] = np.concatenate((self._left, frames.astype(np.float64)))
        for start in range(0, len(waiting) - _STEP + 1, _STEP):
            step = waiting[start : start + _STEP]
            weighted = self._direct @ step + self._ringing @ self._state
            self._state = self._advance @ self._state + self._feed @ step
            self._squares[self._at % len(self._squares)] = np.sum(np.mean(weighted**2, axis=0))
            self._at += 1
        self._left = waiting[len(waiting) // _STEP * _STEP :]


def _k_weighting(
    rate_hz: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    """State space (A, B, C, D) of the pre-filter and the RLB filter of BS.1770-4, for any rate.

    The two analogue prototypes behind the standard's 48 kHz coefficients, by the bilinear transform, as in
    De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018.
    """
    shelf = _biquad(rate_hz, 1681.974450955533, 0.7071752369554196, 3.999843853973347)
    high_pass = _biquad(rate_hz, 38.13547087602444, 0.5003270373238773, None)
    numerator = np.convolve(shelf[0], high_pass[0])
    denominator = np.convolve(shelf[1], high_pass[1])
    order = len(denominator) - 1
    a = np.zeros((order, order))
    a[0] = -denominator[1:]
    a[1:, :-1] = np.eye(order - 1)
    b = np.zeros(order)
    b[0] = 1.0
    c = numerator[1:] - numerator[0] * denominator[1:]
    return a, b, c, float(numerator[0])


def _biquad(
    rate_hz: float, hz: float, quality: float, shelf_db: float | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    k = np.tan(np.pi * hz / rate_hz)
    norm = 1.0 + k / quality + k * k
    denominator = np.array([1.0, 2.0 * (k * k - 1.0) / norm, (1.0 - k / quality + k * k) / norm])
    if shelf_db is None:
        return np.array([1.0, -2.0, 1.0]), denominator
    high = 10.0 ** (shelf_db / 20.0)
    middle = high**0.4996667741545416
    numerator = np.array(
        [high + middle * k / quality + k * k, 2.0 * (k * k - high), high - middle * k / quality + k * k]
    )
    return numerator / norm, denominator
