"""The pitch of what the microphone hears now: a thread that empties a queue which the callback fills.

The tracker itself is handed in: this room knows nothing of engines.
"""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.audio.clock import KNOWN_WELL_S
from studio.audio.fifo import Fifo
from studio.audio.state import Points

if TYPE_CHECKING:
    from studio.audio.stream import Microphone

FRAMES_PER_S: Final = 200
TAP_S: Final = 1.0
"""So much waits at most between callback and tracker."""

_LOOK_S: Final = 0.02  # at the latest; the callback rings when there is something
_TOO_MUCH_S: Final = 0.3
_KEPT_S: Final = 0.05
_CLOCK_ANEW_S: Final = 0.25
_SWING_EVERY: Final = 16  # frames
_LEVEL_HOPS: Final = 4  # 20 ms
_SILENT_POWER: Final = 1e-12

Numbers = NDArray[np.float64]


class Found(Protocol):
    """What a tracker says of some frames, 5 ms apart: `studio.engines.melody.stream.Frames`."""

    @property
    def time_s(self) -> Numbers: ...
    @property
    def hz(self) -> NDArray[np.float32]: ...
    @property
    def best_hz(self) -> NDArray[np.float32]: ...
    @property
    def confidence(self) -> NDArray[np.float32]: ...


class Tracks(Protocol):
    """Finds the pitch in sound as it comes."""

    def push(self, block: NDArray[np.float32], /) -> Found:
        """Take (samples,) and return the frames that are sure now."""
        ...


class Swings(Protocol):
    """Measures the vibrato of what was sung last."""

    def push(self, hz: float, /) -> None: ...
    def measure(self) -> tuple[float, float]:
        """Rate in Hz and half-extent in cents, NaN where there is none."""
        ...


class Range(NamedTuple):
    """Between which pitches somebody sings."""

    low_hz: float
    high_hz: float


Makes = Callable[[int, Range], tuple[Tracks, Swings]]
"""Builds a tracker for a sample rate and a range, and a meter of vibrato."""


class Levels:
    """The RMS level around each frame, out of the sound as it came."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._rest: NDArray[np.float32] = np.zeros(0, np.float32)
        self._hops = 0
        self._power: list[float] = [0.0] * _LEVEL_HOPS
        self._first = -_LEVEL_HOPS

    def push(self, block: NDArray[np.float32]) -> None:
        """Take (samples,)."""
        sound = np.concatenate((self._rest, block))
        start = self._edge(self._hops)
        count = 0
        while self._edge(self._hops + count + 1) - start <= len(sound):
            count += 1
        if not count:
            self._rest = sound
            return
        edges = np.array([self._edge(self._hops + index) - start for index in range(count + 1)])
        sums = np.add.reduceat(np.square(sound[: edges[-1]]), edges[:-1])
        self._power += (sums / np.diff(edges)).tolist()
        self._hops += count
        self._rest = sound[edges[-1] :]

    def at(self, frame: int) -> float:
        """The level around a frame in dBFS; frames are asked for in order."""
        half = _LEVEL_HOPS // 2
        place = frame - half - self._first
        around = self._power[max(place, 0) : place + _LEVEL_HOPS]
        if place > FRAMES_PER_S:
            del self._power[: place - _LEVEL_HOPS]
            self._first += place - _LEVEL_HOPS
        mean = sum(around) / len(around) if around else 0.0
        return float(10 * np.log10(max(mean, _SILENT_POWER)))

    def _edge(self, hop: int) -> int:
        return hop * self._rate_hz // FRAMES_PER_S


class Ear:
    """Hears one microphone until it is closed, and appends a point for each 5 ms.

    Fields: the time at the microphone (CLOCK_MONOTONIC seconds), pitch, likeliest pitch, confidence, level, rate and
    half-extent of the vibrato; see `studio.protocol.live.LIVE_PITCH_FIELDS`.
    """

    def __init__(
        self, microphone: "Microphone", tap: Fifo, rate_hz: int, points: Points, make: Makes, of: Range
    ) -> None:
        self._microphone = microphone
        self._tap = tap
        self._rate_hz = rate_hz
        self._points = points
        self._make = make
        self._range = of
        self._block: NDArray[np.float32] = np.zeros((tap.capacity, 1), np.float32)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ear", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear nothing from now on."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        tracker, vibrato = self._make(self._rate_hz, self._range)
        self._begin(tracker, vibrato)
        self._microphone.tapped = True
        try:
            while not self._ending.is_set():
                self._microphone.tap_filled.wait(_LOOK_S)
                if self._tap.available:
                    self._hear()
        finally:
            self._microphone.tapped = False

    def _begin(self, tracker: Tracks, vibrato: Swings) -> None:
        self._tracker, self._vibrato = tracker, vibrato
        self._levels = Levels(self._rate_hz)
        self._tap.skip(self._tap.available)
        self._origin = self._tap.read  # the number in the tap of the tracker's first sample
        self._swing = (np.nan, np.nan)
        self._frames = 0
        self._epoch = -1
        self._asked_s = 0.0
        self._offset_s: float | None = None

    def _hear(self) -> None:
        if self._tap.available > _TOO_MUCH_S * self._rate_hz:
            # The machine was busy. What is sung now matters more than what was sung meanwhile.
            lost = self._tap.available - round(_KEPT_S * self._rate_hz)
            self._tap.skip(lost)
            self._origin += lost
        block = self._block[: self._tap.read_into(self._block), 0]
        self._levels.push(block)
        found = self._tracker.push(block)
        if len(found.time_s):
            self._say(found)

    def _say(self, found: Found) -> None:
        start_s = self._start_s()
        rows = zip(found.time_s.tolist(), found.hz.tolist(), found.best_hz.tolist(), found.confidence.tolist(),
                   strict=True)  # fmt: skip
        for time_s, hz, best_hz, confidence in rows:
            self._vibrato.push(hz)
            self._frames += 1
            if self._frames % _SWING_EVERY == 0:
                self._swing = self._vibrato.measure()
            level_db = self._levels.at(round(time_s * FRAMES_PER_S))
            self._points.append(start_s + time_s, hz, best_hz, confidence, level_db, *self._swing)

    def _start_s(self) -> float:
        """When the tracker's first sample was at the microphone, as far as its clock is known."""
        stamps, now_s = self._microphone.stamps, time.monotonic()
        if self._epoch != stamps.epoch:
            self._epoch, self._offset_s, self._opened_s = stamps.epoch, None, now_s
        if self._offset_s is None or now_s - self._asked_s > _CLOCK_ANEW_S or now_s - self._opened_s < KNOWN_WELL_S:
            self._asked_s = now_s
            self._offset_s = stamps.offset_s()
        frame = self._origin + self._microphone.tapped_from
        if self._offset_s is None:
            return now_s - (self._tap.read - self._origin) / self._rate_hz
        return self._offset_s + frame / self._rate_hz
