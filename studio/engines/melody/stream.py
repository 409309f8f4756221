"""The studio's own pitch tracker on sound that is happening now: each frame is said once, 30 ms after it at most."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S, Mono
from studio.engines.melody import analysis, voicing
from studio.engines.melody.cores import single
from studio.engines.melody.decimate import Decimator

_FRAMES: Final = 3  # are found at a time
_STEP: Final = _FRAMES * analysis.HOP
_AHEAD: Final = 3 * analysis.HOP  # 15 ms; the first of three frames waits 10 ms more, and the resampler holds back 2
_WINDOW: Final = 8 * _STEP
_REMEMBERED: Final = 10 * analysis.RATE_HZ
_RANGE_ANEW: Final = 7
_NOISE_ANEW: Final = analysis.RATE_HZ // _STEP  # steps from one look at the noise to the next
_SILENT: Final = -8.0  # log10 of the mean square
_START_LOUD: Final = -2.5  # what is taken for loud until something louder was heard

Series = NDArray[np.float32]


class Frames(NamedTuple):
    """What was found, a row each frame of 5 ms."""

    time_s: NDArray[np.float64]
    """Since the first sample."""
    hz: Series
    """NaN where nobody sings."""
    best_hz: Series
    """The likeliest pitch also where nobody seems to sing."""
    confidence: Series


_NOTHING: Final = Frames(np.zeros(0), *(np.zeros(0, np.float32) for _ in range(3)))


class Stream:
    """Takes blocks of any length and gives frames; how the sound was cut into blocks makes no difference."""

    def __init__(self, rate_hz: int, *, low_hz: float, high_hz: float) -> None:
        self._resampler = Decimator(rate_hz)
        self._low_hz, self._high_hz = low_hz, high_hz
        self._fresh: list[Mono] = []
        self._fresh_samples = 0
        self._waiting: Mono = np.zeros(0, np.float32)
        self._heard: Mono = np.zeros(2 * _REMEMBERED, np.float32)
        self._end = _WINDOW  # of what was heard
        self._steps = 0
        self._floor = analysis.Floor.under(self._heard[:_WINDOW])
        self._energies = np.zeros(0, np.float32)
        self._range = (_START_LOUD, _START_LOUD)

    def push(self, block: Mono) -> Frames:
        """Return the frames that this block, float32 (samples,), completes: maybe none."""
        fresh = np.array(block, np.float32)
        if not np.isfinite(fresh).all():
            np.nan_to_num(fresh, copy=False, posinf=0.0, neginf=0.0)
        self._fresh.append(fresh)
        self._fresh_samples += len(fresh)
        if len(self._waiting) + self._resampler.ready(self._fresh_samples) < _STEP:
            return _NOTHING
        made = self._resampler.push(np.concatenate(self._fresh))
        self._fresh, self._fresh_samples = [], 0
        self._waiting = np.concatenate((self._waiting, made))
        found = []
        with single():
            while len(self._waiting) >= _STEP:
                found.append(self._step(self._waiting[:_STEP]))
                self._waiting = self._waiting[_STEP:]
        return Frames(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def _step(self, fresh: Mono) -> Frames:
        self._remember(fresh)
        self._steps += 1
        if self._steps % _NOISE_ANEW == 0:
            since = max(self._end - min(self._steps * _STEP, _REMEMBERED + _WINDOW), 0)
            self._floor = analysis.Floor.under(self._heard[since : self._end])
        window = self._heard[self._end - _WINDOW : self._end]
        octaves, signs, _ = analysis.hear(window, self._floor, self._low_hz, self._high_hz, guesses=False)
        last = (_WINDOW - _AHEAD) // analysis.HOP
        here = slice(last + 1 - _FRAMES, last + 1)
        first = self._steps * _STEP // analysis.HOP + here.start - _WINDOW // analysis.HOP
        self._energies = np.concatenate((self._energies, signs[here, 6]))[-_REMEMBERED // analysis.HOP :]
        if self._steps % _RANGE_ANEW == 1:
            self._range = self._loud_and_quiet()
        odds = voicing.odds(signs, *self._range)
        hz = np.exp2(octaves[here])
        silent = signs[here, 6] < _SILENT
        voiced = voicing.decide(odds)[here] & (hz >= self._low_hz) & (hz <= self._high_hz) & ~silent
        sure = np.where(silent, 0, 1 / (1 + np.exp(-np.clip(odds[here], -30, 30))))
        kept = np.arange(first, first + _FRAMES) >= 0
        return Frames(
            (np.arange(first, first + _FRAMES) / FRAMES_PER_S)[kept],
            np.where(voiced, hz, np.nan).astype(np.float32)[kept],
            hz[kept],
            sure.astype(np.float32)[kept],
        )

    def _remember(self, fresh: Mono) -> None:
        if self._end + _STEP > len(self._heard):
            kept = _REMEMBERED + _WINDOW - _STEP
            self._heard[:kept] = self._heard[self._end - kept : self._end].copy()
            self._end = kept
        self._heard[self._end : self._end + _STEP] = fresh
        self._end += _STEP

    def _loud_and_quiet(self) -> tuple[float, float]:
        """Of what was heard so far, as `voicing.range_of` has it for a whole sound."""
        quiet, loud = np.percentile(self._energies, (10, 90))
        return max(float(loud), _START_LOUD) if self._steps < _NOISE_ANEW else float(loud), float(quiet)
