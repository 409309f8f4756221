"""A metronome: clicks on the beats of the timeline, or of its own time while nothing plays."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames

_CLICK_S: Final = 0.03
_DECAY_S: Final = 0.006
_FIRST_HZ, _OTHER_HZ = 1760.0, 1175.0
_OTHERS: Final = 0.6

Mono = NDArray[np.float32]


class Tempo(NamedTuple):
    """How the beats go, and how loud."""

    bpm: float = 90.0
    beats: int = 4
    gain: float = 0.25

    @property
    def bar_s(self) -> float:
        """How long a bar is."""
        return 60.0 / self.bpm * self.beats


class Metronome:
    """Adds clicks to sound as it is queued. The beats are counted from timeline sample 0."""

    def __init__(self, rate_hz: int, timeline_rate_hz: int, tempo: Tempo) -> None:
        """`rate_hz` is that of the sound, `timeline_rate_hz` the one in which places are told."""
        self._beats = tempo.beats
        self._beat = timeline_rate_hz * 60.0 / tempo.bpm
        self._first = tempo.gain * _click(rate_hz, _FIRST_HZ)
        self._other = tempo.gain * _OTHERS * _click(rate_hz, _OTHER_HZ)
        self._tail: Mono = np.zeros(0, np.float32)

    @property
    def bar(self) -> float:
        """Timeline samples of a bar."""
        return self._beat * self._beats

    def add(self, sound: Frames, start: float, per_frame: float) -> None:
        """Add the clicks that belong to `sound`, (n, 2), whose first frame is timeline sample `start`.

        Frames are `per_frame` timeline samples apart; 0 is a timeline that stands still and has no beats. What of a
        click goes beyond the end is added to what is given next.
        """
        frames = len(sound)
        clicks = np.zeros(frames + len(self._first), np.float32)
        clicks[: len(self._tail)] = self._tail
        if per_frame > 0:
            beat = math.ceil((start - per_frame / 2) / self._beat)
            while (at := round((beat * self._beat - start) / per_frame)) < frames:
                click = self._first if beat % self._beats == 0 else self._other
                clicks[max(at, 0) : max(at, 0) + len(click)] += click
                beat += 1
        sound += clicks[:frames, None]
        self._tail = clicks[frames:]


def _click(rate_hz: int, hz: float) -> Mono:
    time_s = np.arange(round(_CLICK_S * rate_hz)) / rate_hz
    found: Mono = (np.sin(2 * np.pi * hz * time_s) * np.exp(-time_s / _DECAY_S)).astype(np.float32)
    return found
