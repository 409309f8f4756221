"""An inaudible mark in speech that a machine made, and the detector that finds it.

A pseudo-random pattern of weak gains over time and frequency: in each cell of 40 ms by a 24th of the band from 300
to 3,800 Hz the sound is made louder or softer by one decibel, in a pattern that repeats after 64 columns. The
detector correlates what a recording's cells are above their neighbours with the pattern at every shift in time.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Mono = NDArray[np.float32]

STEP_DB: Final = 1.0
SURE: Final = 5.0
"""From this score on a sound is taken to be marked: five standard deviations above what chance gives."""

_COLUMN_S: Final = 0.04
_PARTS: Final = 4
_BANDS: Final = 24
_COLUMNS: Final = 64
_LOW_HZ: Final = 300.0
_HIGH_HZ: Final = 3800.0
_SEED: Final = 0x4D454C49


class Verdict(NamedTuple):
    """Whether a mark was found, and by how many standard deviations it stands out."""

    marked: bool
    score: float


def marked(samples: Mono, rate_hz: int) -> Mono:
    """The same sound with the mark."""
    hop = _hop(rate_hz)
    size = 2 * hop
    if len(samples) < size or rate_hz < 2 * _HIGH_HZ:
        return samples.copy()
    window = np.sqrt(np.hanning(size + 1)[:size])
    padded = np.pad(samples.astype(np.float64), (size, 2 * size))
    made = np.zeros_like(padded)
    bands = _bands(size, rate_hz)
    pattern = 10 ** (STEP_DB * _pattern() / 20)
    inside = bands >= 0
    for number, start in enumerate(range(0, len(padded) - size, hop)):
        spectrum = np.fft.rfft(padded[start : start + size] * window)
        gains = np.ones(len(spectrum))
        gains[inside] = pattern[number // _PARTS % _COLUMNS, bands[inside]]
        made[start : start + size] += np.fft.irfft(spectrum * gains, size) * window
    return made[size : size + len(samples)].astype(np.float32)


def detect(samples: Mono, rate_hz: int) -> Verdict:
    """Look for the mark."""
    hop = _hop(rate_hz)
    size = 2 * hop
    if rate_hz < 2 * _HIGH_HZ or len(samples) < size * _PARTS * 4:
        return Verdict(False, 0.0)
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64), size)[::hop]
    spectra = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    bands = _bands(size, rate_hz)
    cells = np.stack([spectra[:, bands == band].sum(1) for band in range(_BANDS)], axis=1)
    levels = np.log(cells + 1e-10)
    loud = levels.mean(1) > np.percentile(levels.mean(1), 30)
    around = np.stack([np.roll(levels, step, axis=1) for step in (-1, 1)]).mean(0)
    apart = np.clip(levels - around, -3, 3)
    apart[:, [0, -1]] = 0
    apart -= _running_mean(apart, 2 * _PARTS)
    apart *= loud[:, None]
    period = _COLUMNS * _PARTS
    folded = np.zeros((period, _BANDS))
    np.add.at(folded, np.arange(len(apart)) % period, apart)
    pattern = np.repeat(_pattern(), _PARTS, axis=0)
    expected = pattern - np.stack([np.roll(pattern, step, axis=1) for step in (-1, 1)]).mean(0)
    expected[:, [0, -1]] = 0
    expected -= _running_mean(expected, 2 * _PARTS, wrap=True)
    found = np.fft.ifft((np.fft.fft(folded, axis=0) * np.conj(np.fft.fft(expected, axis=0))).sum(1)).real
    spread = 1.4826 * float(np.median(np.abs(found - np.median(found)))) + 1e-12
    score = float((found.max() - np.median(found)) / spread)
    return Verdict(score > SURE, score)


def _hop(rate_hz: int) -> int:
    return round(rate_hz * _COLUMN_S / _PARTS)


def _pattern() -> NDArray[np.float64]:
    """Plus or minus one for each cell, shape (columns, bands)."""
    return np.random.default_rng(_SEED).choice(np.array([-1.0, 1.0]), (_COLUMNS, _BANDS))


def _bands(size: int, rate_hz: int) -> NDArray[np.int64]:
    """The band of each bin, -1 outside."""
    hz = np.fft.rfftfreq(size, 1 / rate_hz)
    band = np.floor((hz - _LOW_HZ) / (_HIGH_HZ - _LOW_HZ) * _BANDS).astype(np.int64)
    return np.where((band >= 0) & (band < _BANDS), band, -1)


def _running_mean(rows: NDArray[np.float64], reach: int, *, wrap: bool = False) -> NDArray[np.float64]:
    """The mean of each row's neighbourhood in time."""
    padded = np.pad(rows, ((reach, reach), (0, 0)), mode="wrap" if wrap else "edge")
    sums = np.cumsum(np.vstack([np.zeros((1, rows.shape[1])), padded]), axis=0)
    means: NDArray[np.float64] = (sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)
    return means
