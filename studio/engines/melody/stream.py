"""The studio's own pitch tracker on sound that is happening now: each frame is said once, 30 ms after it at most."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S, Mono
from studio.engines.melody import analysis, voicing
from studio.engines.melody.cores import single
from studio.engines.melody.decimate import Decimator
from studio.engines.melody.departure import REACHES, Departure

_CALM: Final = 3  # hops from one step to the next while nothing leaps
_AHEAD: Final = 3  # hops, 15 ms; the first of three frames waits 10 ms more, and the resampler holds back 2
_SOON: Final = 2  # hops, where the tones ahead bear a leap out
_HOPS: Final = 16  # that a step looks at; what was before is in the way that the melody came
_WINDOW: Final = _HOPS * analysis.HOP
_BURST: Final = 8  # steps between the calm ones that may follow each other,
_CREDIT_A_HOP: Final = 1 / 6  # and how soon they are granted again: no sound costs much more than a calm one
_LEAP_OCTAVES: Final = 60 / 1200
_STEADY_OCTAVES: Final = 25 / 1200
_SURE: Final = 0.8
_REMEMBERED: Final = 10 * analysis.RATE_HZ
_RANGE_ANEW: Final = 21  # hops
_NOISE_ANEW: Final = 198  # hops from one look at the noise to the next
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
    """Takes blocks of any length and gives frames; how the sound was cut into blocks makes no difference.

    Three frames are found at a time. Where the sound leaves its pitch they are found one by one, and a new note that
    is clear and steady is said with less of it heard.
    """

    def __init__(self, rate_hz: int, *, low_hz: float, high_hz: float) -> None:
        self._resampler = Decimator(rate_hz)
        self._low_hz, self._high_hz = low_hz, high_hz
        self._fresh: list[Mono] = []
        self._fresh_samples = 0
        self._waiting: Mono = np.zeros(0, np.float32)
        self._heard: Mono = np.zeros(2 * _REMEMBERED, np.float32)
        self._end = _WINDOW + analysis.REACH  # of what was heard
        self._hops = 0
        self._stepped = 0  # after so many hops
        self._said = 1 - _CALM  # the frames before this one
        self._departure = Departure()
        self._way = analysis.Way()
        self._credit = float(_BURST)
        self._hz = self._last_hz = np.nan  # of the newest frame, and of the newest that was voiced
        self._floor = analysis.Floor.under(self._heard[:_WINDOW])
        self._noise_due = _NOISE_ANEW
        self._energies = np.zeros(0, np.float32)
        self._range = (_START_LOUD, _START_LOUD)
        self._range_due = 0

    def push(self, block: Mono) -> Frames:
        """Return the frames that this block, float32 (samples,), completes: maybe none."""
        fresh = np.array(block, np.float32)
        if not np.isfinite(fresh).all():
            np.nan_to_num(fresh, copy=False, posinf=0.0, neginf=0.0)
        self._fresh.append(fresh)
        self._fresh_samples += len(fresh)
        if len(self._waiting) + self._resampler.ready(self._fresh_samples) < analysis.HOP:
            return _NOTHING
        made = self._resampler.push(np.concatenate(self._fresh))
        self._fresh, self._fresh_samples = [], 0
        self._waiting = np.concatenate((self._waiting, made))
        found: list[Frames] = []
        while len(self._waiting) >= analysis.HOP:
            self._remember(self._waiting[: analysis.HOP])
            self._waiting = self._waiting[analysis.HOP :]
            said = self._hop()
            if said is not _NOTHING:
                found.append(said)
        if len(found) <= 1:
            return found[0] if found else _NOTHING
        return Frames(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def _hop(self) -> Frames:
        """Step where it is time, or where something happens."""
        self._hops += 1
        self._credit = min(self._credit + _CREDIT_A_HOP, _BURST)
        departs = self._departure.look(self._heard[self._end - REACHES : self._end], self._hz)
        if self._hops - self._stepped < _CALM:
            if not departs or self._credit < 1:
                return _NOTHING
            self._credit -= 1
        self._way.go_on(self._hops - self._stepped)
        self._stepped = self._hops
        with single():
            return self._step(departs)

    def _step(self, departs: bool) -> Frames:
        """Find the frames that were not said yet and that enough was heard after."""
        if self._hops >= self._noise_due:
            self._noise_due += _NOISE_ANEW
            since = max(self._end - min(self._hops * analysis.HOP, _REMEMBERED + _WINDOW), 0)
            self._floor = analysis.Floor.under(self._heard[since : self._end])
        past = analysis.REACH
        window = self._heard[self._end - _WINDOW - past : self._end]
        octaves, signs, _ = analysis.hear(
            window, self._floor, self._low_hz, self._high_hz, whole=False, past=past, way=self._way
        )
        before = self._hops - _HOPS  # the number of the window's first frame
        early = departs and self._is_new_note(octaves[-_SOON:], signs)
        first = self._said
        stop = max(self._hops - (_SOON if early else _AHEAD) + 1, first)
        self._said = stop
        here = slice(first - before, stop - before)
        self._energies = np.concatenate((self._energies, signs[here, 6]))[-_REMEMBERED // analysis.HOP :]
        if self._hops >= self._range_due:
            self._range_due = self._hops + _RANGE_ANEW
            self._range = self._loud_and_quiet()
        odds = voicing.odds(signs, *self._range)
        hz = np.exp2(octaves[here])
        silent = signs[here, 6] < _SILENT
        voiced = voicing.decide(odds)[here] & (hz >= self._low_hz) & (hz <= self._high_hz) & ~silent
        sure = np.where(silent, 0, 1 / (1 + np.exp(-np.clip(odds[here], -30, 30))))
        self._note(hz, voiced)
        kept = np.arange(first, stop) >= 0
        return Frames(
            (np.arange(first, stop) / FRAMES_PER_S)[kept],
            np.where(voiced, hz, np.nan).astype(np.float32)[kept],
            hz[kept],
            sure.astype(np.float32)[kept],
        )

    def _is_new_note(self, tip: Series, signs: Series) -> bool:
        """Whether the newest frames, shape (_SOON,), agree on a pitch that was not sung before."""
        if np.isnan(self._last_hz) or abs(float(tip[0]) - np.log2(self._last_hz)) < _LEAP_OCTAVES:
            return False
        odds = float(voicing.odds(signs, *self._range)[-_SOON])
        return float(np.ptp(tip)) < _STEADY_OCTAVES and odds > np.log(_SURE / (1 - _SURE))

    def _note(self, hz: Series, voiced: NDArray[np.bool_]) -> None:
        """Remember what is sung now."""
        if len(hz):
            self._hz = float(hz[-1]) if voiced[-1] else np.nan
            self._last_hz = float(hz[-1]) if voiced[-1] else self._last_hz

    def _remember(self, fresh: Mono) -> None:
        if self._end + len(fresh) > len(self._heard):
            kept = _REMEMBERED + _WINDOW + analysis.REACH - len(fresh)
            self._heard[:kept] = self._heard[self._end - kept : self._end].copy()
            self._end = kept
        self._heard[self._end : self._end + len(fresh)] = fresh
        self._end += len(fresh)

    def _loud_and_quiet(self) -> tuple[float, float]:
        """Of what was heard so far, as `voicing.range_of` has it for a whole sound."""
        quiet, loud = np.percentile(self._energies, (10, 90))
        return max(float(loud), _START_LOUD) if self._hops < _NOISE_ANEW else float(loud), float(quiet)
