"""Hears where somebody speaks again after a long silence: there a new chapter of a recording begins."""

import math
from typing import Final

import numpy as np

from studio.capture.listening import RATE_HZ
from studio.media.wav import Frames

_PIECE: Final = RATE_HZ // 50
_ABOVE_NOISE: Final = 10 ** (12 / 20)
_LEAST: Final = 10 ** (-50 / 20)
_RISE: Final = 10 ** (1 / 20 / 50)
"""The noise is judged to be 1 dB louder after each second in which it was never quieter."""
_SURE_S: Final = 0.2
_LET_GO_S: Final = 0.1


class Breaks:
    """Takes a voice piece by piece. A click is no speech: it has to last for 0.2 s, with gaps of at most 0.1 s."""

    def __init__(self, least_s: float) -> None:
        """A silence of at least `least_s` seconds is a long one."""
        self._least_s = least_s
        self._rest: Frames = np.zeros((0, 2), np.float32)
        self._noise = 1.0
        self._now_s = 0.0
        self._spoke_s = -math.inf
        """When somebody spoke for sure last; before the first word nobody has been silent."""
        self._loud_s = 0.0
        self._loud_at_s = -math.inf
        self._began_s = 0.0

    def hear(self, frames: Frames) -> list[tuple[float, float]]:
        """Take (n, 2) at 48 kHz; return where speech began again and how long the silence before was, in seconds."""
        sound = np.concatenate((self._rest, frames))
        count = len(sound) // _PIECE
        self._rest = sound[count * _PIECE :]
        squares = np.square(sound[: count * _PIECE]).reshape(count, 2 * _PIECE).mean(axis=1)
        found = []
        for level in np.sqrt(squares).tolist():
            self._now_s += _PIECE / RATE_HZ
            self._noise = max(1e-5, min(level, self._noise * _RISE))
            if level > max(_LEAST, self._noise * _ABOVE_NOISE):
                found += self._loud()
            elif self._now_s - self._loud_at_s > _LET_GO_S:
                self._loud_s = 0.0
        return found

    def _loud(self) -> list[tuple[float, float]]:
        if not self._loud_s:
            self._began_s = self._now_s - _PIECE / RATE_HZ
        self._loud_s += _PIECE / RATE_HZ
        self._loud_at_s = self._now_s
        if self._loud_s < _SURE_S:
            return []
        silent_s, self._spoke_s = self._began_s - self._spoke_s, self._now_s
        return [(self._began_s, silent_s)] if self._least_s <= silent_s < math.inf else []
