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


class Marker:
    """Marks a sound that comes block by block. What comes out is as long in the end, and 20 ms later on the way."""

    def __init__(self, rate_hz: int) -> None:
        self._hop = _hop(rate_hz)
        size = 2 * self._hop
        self._window = np.sqrt(np.hanning(size + 1)[:size])
        self._bands = _bands(size, rate_hz)
        self._gains = 10 ** (STEP_DB * _pattern() / 20)
        self._waiting = np.zeros(size)
        self._sum = np.zeros(size)
        self._frames = 0
        self._late = size
        self._fed = self._given = 0

    def feed(self, block: Mono) -> Mono:
        """Return what is ready of the marked sound."""
        self._fed += len(block)
        return self._turned(block.astype(np.float64))

    def rest(self) -> Mono:
        """Return the end of it."""
        missing = self._fed - self._given
        return self._turned(np.zeros(2 * len(self._window)))[:missing]

    def _turned(self, block: NDArray[np.float64]) -> Mono:
        self._waiting = np.concatenate([self._waiting, block])
        size, inside, made = len(self._window), self._bands >= 0, []
        while len(self._waiting) >= size:
            spectrum = np.fft.rfft(self._waiting[:size] * self._window)
            column = self._gains[self._frames // _PARTS % _COLUMNS]
            spectrum[inside] *= column[self._bands[inside]]
            self._sum += np.fft.irfft(spectrum, size) * self._window
            made.append(self._sum[: self._hop])
            self._sum = np.concatenate([self._sum[self._hop :], np.zeros(self._hop)])
            self._waiting = self._waiting[self._hop :]
            self._frames += 1
        whole = np.concatenate([*made, np.zeros(0)])
        skipped = min(self._late, len(whole))
        self._late -= skipped
        ready = whole[skipped:].astype(np.float32)
        self._given += len(ready)
        return ready


def marked(samples: Mono, rate_hz: int) -> Mono:
    """The same sound with the mark."""
    marker = Marker(rate_hz)
    return np.concatenate([marker.feed(samples), marker.rest()])


def detect(samples: Mono, rate_hz: int) -> Verdict:
    """Look for the mark, whatever the rate the sound was marked at."""
    paces = {_hop(rate) / rate for rate in (22050, 48000)}  # a hop is whole samples, so not quite as long at each rate
    score = max(_score(samples, rate_hz, pace_s) for pace_s in paces)
    return Verdict(score > SURE, score)


def _score(samples: Mono, rate_hz: int, pace_s: float) -> float:
    """By how many standard deviations the pattern's best place stands out of all places."""
    size = 2 * _hop(rate_hz)
    if rate_hz < 2 * _HIGH_HZ or len(samples) < size * _PARTS * 4:
        return 0.0
    starts = np.round(np.arange(0, (len(samples) - size) / rate_hz, pace_s) * rate_hz).astype(np.int64)
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float64), size)[starts]
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
    return float((found.max() - np.median(found)) / spread)


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
