"""Sound as it comes, at the rate that the tracker works at, 2 ms later and not more."""

from math import gcd
from typing import Final

import numpy as np

from studio.engines.base import Mono
from studio.engines.melody.analysis import RATE_HZ

_HALF_S: Final = 0.0018
_CUT_HZ: Final = 3900.0
_SHAPE: Final = 5.5  # of Kaiser's window: what is mirrored stays 57 dB down


class Decimator:
    """A short symmetric filter, one set of taps for each place that an output can have between two inputs."""

    def __init__(self, rate_hz: int) -> None:
        common = gcd(rate_hz, RATE_HZ)
        self._up, self._down = RATE_HZ // common, rate_hz // common
        half = int(np.ceil(_HALF_S * rate_hz))
        self._length = 2 * half + 1
        away = (np.arange(-half, half + 1) - np.arange(self._up)[:, None] / self._up) / rate_hz
        window = np.i0(_SHAPE * np.sqrt(np.maximum(1 - (away / _HALF_S) ** 2, 0))) / np.i0(_SHAPE)
        taps = np.sinc(2 * min(_CUT_HZ, rate_hz / 2) * away) * window
        self._taps = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
        self._held: Mono = np.zeros(half, np.float32)
        self._start = -half  # which input sample is the first that is held
        self._made = 0

    def ready(self, samples: int) -> int:
        """How many samples `push` would return for a block of so many."""
        last = self._start + len(self._held) + samples - 1 - self._length // 2  # the last input one may be centred on
        return max((last * self._up) // self._down + 1 - self._made, 0) if last >= 0 else 0

    def push(self, block: Mono) -> Mono:
        """Return what can be made now that `block` is here."""
        ready = self.ready(len(block))
        self._held = np.concatenate((self._held, block))
        half = self._length // 2
        made = self._evenly(ready) if self._up == 1 else self._unevenly(ready)
        self._made += ready
        keep = max(self._made * self._down // self._up - half - self._start, 0)
        self._held, self._start = self._held[keep:], self._start + keep
        return made

    def _evenly(self, ready: int) -> Mono:
        """Where every so many inputs have an output between them, as at 48 kHz, one set of taps does for all."""
        first = self._made * self._down - self._length // 2 - self._start
        size = self._held.itemsize
        windows = np.ndarray(
            (ready, self._length), np.float32, self._held, first * size if ready else 0, (self._down * size, size)
        )
        made: Mono = np.einsum("ij,j->i", windows, self._taps[0])
        return made

    def _unevenly(self, ready: int) -> Mono:
        place = (self._made + np.arange(ready)) * self._down
        centre, phase = place // self._up, place % self._up
        windows = (centre - self._length // 2 - self._start)[:, None] + np.arange(self._length)
        made: Mono = np.einsum("ij,ij->i", self._held[windows], self._taps[phase])
        return made
