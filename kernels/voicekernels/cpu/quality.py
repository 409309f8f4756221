"""`reference.quality` on a batch of frames: one transform of all of them, and no loop over them."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from voicekernels.reference.quality import FINER, TINY, check

_AT_ONCE = 256  # frames; the fine autocorrelation of one has some hundred kilobytes

Series = NDArray[np.float64]


def harmonicities(
    frames: NDArray[np.float32], rate_hz: int, low_hz: float = 75.0, high_hz: float = 1000.0
) -> NDArray[np.float32]:
    """See `reference.quality.harmonicities`; equal to it within 1e-3 dB."""
    check(frames)
    count, width = frames.shape
    window = np.hanning(width + 2)[1:-1]
    first = int(FINER * rate_hz / high_hz)
    last = min(int(np.ceil(FINER * rate_hz / low_hz)), FINER * width // 2)
    out = np.full(count, np.nan, np.float32)
    if last <= first + 1:
        return out
    own = _correlated(window[None], last + 2)[0]
    own /= own[0]
    for at in range(0, count, _AT_ONCE):
        exact = frames[at : at + _AT_ONCE].astype(np.float64)
        alike = _correlated((exact - exact.mean(axis=1, keepdims=True)) * window, last + 2)
        there = alike[:, 0] > 0
        out[at : at + _AT_ONCE][there] = _decibels(alike[there] / alike[there, :1] / own, first, last)
    return out


def _correlated(sound: Series, steps: int) -> Series:
    size = 1 << (2 * sound.shape[1] - 1).bit_length()
    spectrum = fft.rfft(sound, size, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    correlated: Series = fft.irfft(power, FINER * size, axis=1)[:, :steps].copy()
    return correlated


def _decibels(ratio: Series, first: int, last: int) -> Series:
    """From the highest peak of each row, by a parabola through the steps around it."""
    at = first + np.argmax(ratio[:, first : last + 1], axis=1)
    rows = np.arange(len(ratio))
    left, here, right = (ratio[rows, at + step] for step in (-1, 0, 1))
    bend = left - 2 * here + right
    best = np.where(bend < 0, here - (right - left) ** 2 / (8 * np.where(bend < 0, bend, -1.0)), here)
    best = np.clip(np.where(best > 1, 1 / best, best), 1e-10, 1 - 1e-10)
    decibels: Series = 10 * np.log10(best / (1 - best))
    return decibels


def cepstral_peaks(
    frames: NDArray[np.float32], rate_hz: int, low_hz: float = 60.0, high_hz: float = 330.0
) -> NDArray[np.float32]:
    """See `reference.quality.cepstral_peaks`; equal to it within 1e-3 dB."""
    check(frames)
    width = frames.shape[1]
    spectrum = fft.rfft(frames.astype(np.float64) * np.hanning(width), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    heights = 20 * np.log10(np.abs(fft.irfft(10 * np.log10(power + TINY), axis=1)) + TINY)
    delay_s = np.arange(heights.shape[1]) / rate_hz
    trend = (delay_s >= 0.001) & (delay_s <= min(0.05, delay_s[-1] / 2))
    inside = np.flatnonzero((delay_s >= 1 / high_hz) & (delay_s <= min(1 / low_hz, delay_s[-1] / 2)))
    if not len(inside) or np.count_nonzero(trend) < 2:
        return np.full(len(frames), np.nan, np.float32)
    middle = delay_s[trend].mean()
    off = delay_s[trend] - middle
    mean = heights[:, trend].mean(axis=1)
    slope = heights[:, trend] @ off / (off @ off)
    peak = inside[np.argmax(heights[:, inside], axis=1)]
    found = heights[np.arange(len(frames)), peak] - (mean + slope * (delay_s[peak] - middle))
    out: NDArray[np.float32] = np.where(power.any(axis=1), found, np.nan).astype(np.float32)
    return out
