"""Sample rate conversion of streams: soxr at its best quality, with the delay of its filter taken out."""

import math
from typing import Final

import numpy as np
import soxr

from studio.media.wav import Frames

_MARGIN_S: Final = 0.1
_STRETCH: Final = 1 << 18


class Resampler:
    """Turns a stream of one rate into a stream of another. What comes out starts where what went in started."""

    def __init__(self, from_hz: int, to_hz: int, channels: int) -> None:
        self._from_hz = from_hz
        self._to_hz = to_hz
        self._taken = 0
        self._given = 0
        same = from_hz == to_hz
        self._soxr = None if same else soxr.ResampleStream(from_hz, to_hz, channels, "float32", "VHQ")

    def feed(self, block: Frames, *, last: bool = False) -> Frames:
        """Return what is ready after this block; with `last`, all the rest, to the frame."""
        if self._soxr is None:
            return block
        self._taken += len(block)
        out: Frames = self._soxr.resample_chunk(np.ascontiguousarray(block), last)
        if last:
            wanted = -(-self._taken * self._to_hz // self._from_hz) - self._given
            out = out[:wanted] if len(out) >= wanted else np.pad(out, ((0, wanted - len(out)), (0, 0)))
        self._given += len(out)
        return out


class SteadyResampler:
    """A `Resampler` whose result does not depend on where it was interrupted.

    It converts stretches that lie on a fixed grid, each by itself with what surrounds it, so that `waiting`, the
    frames from `kept_from` on that it still has to convert, is all that another one needs to go on after `taken`.
    """

    def __init__(
        self, from_hz: int, to_hz: int, channels: int, *, taken: int = 0, waiting: Frames | None = None
    ) -> None:
        self._from_hz, self._to_hz, self._channels = from_hz, to_hz, channels
        unit = from_hz // math.gcd(from_hz, to_hz)
        self._margin = -(-round(_MARGIN_S * from_hz) // unit) * unit
        self._hop = max(1, _STRETCH // unit) * unit
        self._waiting: Frames = np.zeros((0, channels), np.float32) if waiting is None else waiting
        self._fed: list[Frames] = []
        self.taken = taken

    @property
    def waiting(self) -> Frames:
        """What was taken and is still needed, shape (n, channels)."""
        if self._fed:
            self._waiting = np.concatenate((self._waiting, *self._fed))
            self._fed = []
        return self._waiting

    def feed(self, block: Frames, *, last: bool = False) -> Frames:
        """Return what is ready after this block; with `last`, all the rest, to the frame."""
        if self._from_hz == self._to_hz:
            self.taken += len(block)
            return block
        begin = self._begin
        self.taken += len(block)
        self._fed.append(block)
        ready = [np.zeros((0, self._channels), np.float32)]
        while self.taken >= begin + self._hop + self._margin:
            ready.append(self._converted(begin, begin + self._hop, begin + self._hop + self._margin))
            begin += self._hop
            self._waiting = self.waiting[-(self.taken - max(0, begin - self._margin)) :]
        if last and begin < self.taken:
            ready.append(self._converted(begin, self.taken, self.taken))
        return np.concatenate(ready)

    @property
    def _begin(self) -> int:
        """The first frame that has not been converted."""
        return max(0, (self.taken - self._margin) // self._hop) * self._hop

    def _converted(self, start: int, stop: int, until: int) -> Frames:
        kept_from = self.taken - len(self.waiting)
        around = np.ascontiguousarray(self.waiting[: until - kept_from])
        first = (start - kept_from) * self._to_hz // self._from_hz
        count = -(-stop * self._to_hz // self._from_hz) - start * self._to_hz // self._from_hz
        made: Frames = soxr.resample(around, self._from_hz, self._to_hz, "VHQ")[first : first + count]
        return made if len(made) == count else np.pad(made, ((0, count - len(made)), (0, 0)))
