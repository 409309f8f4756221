"""How loud a sound is: gated loudness after ITU-R BS.1770-5 and true peak, block by block, in little memory.

The K filter of the recommendation is given at 48 kHz only; at other rates the analogue prototype behind its
coefficients is taken to the digital side anew, as libebur128 does. True peak is read from the sound at four times its
rate (twice from 96 kHz, as it is from 192 kHz).
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames

_ABSOLUTE_GATE_LUFS: Final = -70.0
_RELATIVE_GATE_LU: Final = -10.0
_OFFSET_LU: Final = -0.691
_STEPS_PER_WINDOW: Final = 4  # windows of 400 ms, a new one each 100 ms
_STEPS_PER_S: Final = 10
REACH: Final = 12
_CHUNK: Final = 1024


class Measured(NamedTuple):
    """BS.1770 figures of a sound; None where it is too short or silent."""

    integrated_lufs: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None


class LoudnessMeter:
    """Takes a sound block by block; `measured` says how loud all of it was. One or two channels."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        self._filter = k_weighting(rate_hz)
        self._state = np.zeros((len(self._filter), channels, 2))
        self._rest: NDArray[np.float64] = np.zeros(0)
        self._steps: list[float] = []
        self._taken = 0
        self._sample_peak = 0.0
        self._true_peak = TruePeak(rate_hz, channels)

    def add(self, block: Frames) -> None:
        """Append frames, shape (n, channels)."""
        from scipy.signal import sosfilt  # heavy, and only needed here

        if not len(block):
            return
        self._sample_peak = max(self._sample_peak, float(np.abs(block).max()))
        self._true_peak.add(block)
        weighted, self._state = sosfilt(self._filter, block.T.astype(np.float64), zi=self._state)
        self._rest = np.concatenate((self._rest, np.square(weighted).sum(axis=0)))
        self._take_steps()

    def measured(self) -> Measured:
        """Return the figures of everything added so far."""
        true_peak = max(self._true_peak.value(), self._sample_peak)
        return Measured(_gated(np.array(self._steps)), _decibels(true_peak), _decibels(self._sample_peak))

    def _take_steps(self) -> None:
        begin = 0
        while True:  # a tenth of a second is not a whole number of frames at every rate
            index = len(self._steps)
            frames = (index + 1) * self._rate_hz // _STEPS_PER_S - index * self._rate_hz // _STEPS_PER_S
            if begin + frames > len(self._rest):
                break
            self._steps.append(float(self._rest[begin : begin + frames].mean()))
            begin += frames
        self._rest = self._rest[begin:]


class TruePeak:
    """The largest value between the samples. Looks closely only where a stretch could beat what was found before."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._times = oversampling(rate_hz)
        kernel = np.abs(interpolator(self._times))
        self._most = max(float(kernel[phase :: self._times].sum()) for phase in range(self._times))
        self._tail: Frames = np.zeros((2 * REACH, channels), np.float32)
        self._peak = 0.0

    def add(self, block: Frames) -> None:
        """Append frames, shape (n, channels)."""
        sound = np.concatenate((self._tail, block))
        self._tail = sound[len(sound) - 2 * REACH :].copy()
        for start in range(2 * REACH, len(sound), _CHUNK):
            self._look(sound[start - 2 * REACH : start + _CHUNK])

    def value(self) -> float:
        """Return the largest absolute value so far, the end of the sound included."""
        self._look(np.concatenate((self._tail, np.zeros_like(self._tail))))
        return self._peak

    def _look(self, stretch: Frames) -> None:
        if float(np.abs(stretch).max(initial=0.0)) * self._most > self._peak:
            self._peak = max(self._peak, float(between_samples(stretch, self._times).max(initial=0.0)))


def oversampling(rate_hz: int) -> int:
    """Return how many times finer than its samples a sound of this rate has to be read for its true peak."""
    return 4 if rate_hz < 96000 else 2 if rate_hz < 192000 else 1


@cache
def interpolator(times: int) -> NDArray[np.float64]:
    """Return the low-pass that reads a sound `times` finer; the samples themselves go through it unchanged."""
    half = REACH * times
    place: NDArray[np.float64] = np.arange(-half, half + 1) / times
    kernel: NDArray[np.float64] = np.sinc(place) * np.kaiser(2 * half + 1, 6.0)
    kernel.flags.writeable = False
    return kernel


def between_samples(stretch: Frames, times: int) -> NDArray[np.float64]:
    """Return the absolute values at and between the samples of all channels, shape (channels, (n - 2 * REACH) * times).

    The first and the last `REACH` frames have no answer: what lies beyond them would change it.
    """
    from scipy.signal import upfirdn

    if times == 1:
        return np.abs(stretch[REACH : len(stretch) - REACH].T.astype(np.float64))
    fine: NDArray[np.float64] = upfirdn(interpolator(times), stretch.T.astype(np.float64), up=times, axis=1)
    begin = 2 * REACH * times  # half a kernel of delay, and the frames that have no answer
    return np.abs(fine[:, begin : begin + (len(stretch) - 2 * REACH) * times])


def k_weighting(rate_hz: int) -> NDArray[np.float64]:
    """Return the K filter as second-order sections: a shelf for the head, then the high-pass RLB."""
    k = np.tan(np.pi * 1681.974450955533 / rate_hz)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = [
        (high + band * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0,
        1.0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    ]
    k, q = np.tan(np.pi * 38.13547087602444 / rate_hz), 0.5003270373238773
    a0 = 1 + k / q + k * k
    high_pass = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]
    return np.array([shelf, high_pass])


def _gated(steps: NDArray[np.float64]) -> float | None:
    if len(steps) < _STEPS_PER_WINDOW:
        return None
    windows = np.convolve(steps, np.full(_STEPS_PER_WINDOW, 1 / _STEPS_PER_WINDOW), "valid")
    heard = windows[windows > _power(_ABSOLUTE_GATE_LUFS)]
    if not len(heard):
        return None
    heard = heard[heard > heard.mean() * 10 ** (_RELATIVE_GATE_LU / 10)]
    return float(_OFFSET_LU + 10 * np.log10(heard.mean()))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET_LU) / 10))


def _decibels(peak: float) -> float | None:
    return float(20 * np.log10(peak)) if peak > 0 else None
