"""Sound faster or slower with its pitch kept, as it comes.

Overlap and add of pieces that are chosen to continue each other's wave (WSOLA: Verhelst & Roelands, ICASSP 1993). A
voice keeps its pitch, because its periods are kept whole; of a drum at a quarter of the speed an echo may be heard.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames

SLOWEST: Final = 0.25
FASTEST: Final = 2.0

_PIECE_S: Final = 0.024
_SEARCH_S: Final = 0.007  # both ways together more than a period of the lowest voice
_AWAY: Final = 0.2  # what a piece loses at the edge of the search: the nearest of several alike is the right one
_COARSE: Final = 4

Mono = NDArray[np.float32]


class Slow:
    """Takes stereo sound of any length in blocks; frame n of what comes out is frame n * speed of what went in.

    That is so on average: for the wave's sake a piece may lie up to 7 ms beside its place.
    """

    def __init__(self, rate_hz: int, speed: float) -> None:
        if not SLOWEST <= speed <= FASTEST:
            raise ValueError(f"not a speed: {speed}")
        self._speed = speed
        self._hop = round(_PIECE_S * rate_hz / 2)
        self._search = round(_SEARCH_S * rate_hz)
        self._held: Frames = np.zeros((0, 2), np.float32)
        self._start = 0  # which frame of what went in is the first that is held
        self._in = 0
        self._out = 0
        self._hops = 0
        self._natural = 0  # where the last piece goes on
        self._tail: Frames = np.zeros((self._hop, 2), np.float32)
        phase = (np.arange(self._hop, dtype=np.float32) + 0.5) / self._hop
        self._rise: Frames = np.square(np.sin(0.5 * np.pi * phase))[:, None].astype(np.float32)

    def push(self, sound: Frames, *, last: bool) -> Frames:
        """Return what can be made now that `sound`, (n, 2), is here; with `last` everything that is left."""
        self._in += len(sound)
        parts = (self._held, sound, np.zeros((self._wanted, 2), np.float32)) if last else (self._held, sound)
        self._held = np.concatenate(parts)
        made: list[Frames] = []
        total = round(self._in / self._speed)
        while self._place + self._wanted <= self._start + len(self._held) and not (last and self._out >= total):
            made.append(self._step())
        sound = np.concatenate(made) if made else np.zeros((0, 2), np.float32)
        return sound[: max(0, len(sound) - (self._out - total))] if last else sound

    @property
    def _place(self) -> int:
        return round(self._hops * self._hop * self._speed)

    @property
    def _wanted(self) -> int:
        """Frames from the place of a piece on that are needed to choose and to take it."""
        return self._search + 2 * self._hop + _COARSE

    def _step(self) -> Frames:
        place = self._place if self._hops == 0 else self._alike(self._place)
        piece = self._held[place - self._start : place - self._start + 2 * self._hop]
        head = piece[: self._hop]
        out = head.copy() if self._hops == 0 else self._tail + head * self._rise
        self._tail = piece[self._hop :] * self._rise[::-1]
        self._natural = place + self._hop
        self._hops += 1
        self._out += self._hop
        done = max(min(self._place - self._search - _COARSE, self._natural) - self._start, 0)
        self._held, self._start = self._held[done:], self._start + done
        return out

    def _alike(self, place: int) -> int:
        """The place around `place` from which the sound goes on most like where the last piece ended."""
        first = max(place - self._search, self._start)
        natural = self._held[self._natural - self._start :][: self._hop]
        around = self._held[first - self._start : place + self._search + len(natural) - self._start]
        away = np.arange(len(around) - len(natural) + 1) + first - place
        liking = 1 - _AWAY * np.square(away / self._search)
        coarse = _COARSE * _best(_mono(natural[::_COARSE]), _mono(around[::_COARSE]), liking[::_COARSE])
        low, high = max(coarse - _COARSE + 1, 0), min(coarse + _COARSE, len(liking))
        return first + low + _best(_mono(natural), _mono(around[low : high + len(natural) - 1]), liking[low:high])


def _mono(sound: Frames) -> Mono:
    return sound[:, 0] + sound[:, 1]


def _best(wanted: Mono, among: Mono, liking: NDArray[np.float64]) -> int:
    """From which sample of `among` on it is most like `wanted`, loudness apart."""
    fits = np.correlate(among, wanted, "valid")
    energy = np.concatenate(([0.0], np.cumsum(np.square(among, dtype=np.float64))))
    power = energy[len(wanted) :] - energy[: -len(wanted)]
    likeness = fits / np.sqrt(power * float(wanted @ wanted) + 1e-9)
    return int(np.argmax(likeness[: len(liking)] - 1 + liking[: len(likeness)]))
