"""A long sound in overlapping chunks, and chunks that became one sound again.

Where a chunk begins depends on the length of the sound and on nothing else, so work that was interrupted goes on as
if it had not been. In an overlap one chunk fades linearly out while the next fades in; both add up to one.
"""

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.media.wav import Frames

Parts = NDArray[np.float32]
"""Several sounds of one length, shape (parts, frames, channels)."""

Read = Callable[[int, int], Frames]
"""Gives the frames from one position to another, of which each lies inside the sound."""

_MARGIN_S: Final = 0.1
_SHORTEST_S: Final = 1.0


class Span(NamedTuple):
    """One chunk: it is made from frames `start` to `stop`, and counts from `begin` on.

    It fades in over `fade_in` frames from `begin` on, and out over the `fade_out` frames before `stop`.
    """

    start: int
    begin: int
    stop: int
    fade_in: int
    fade_out: int


def spans(length: int, chunk: int, overlap: int, unit: int = 1) -> tuple[Span, ...]:
    """Return the chunks of a sound; every `start` and every length but the last is a multiple of `unit` frames.

    The last chunk starts early enough to be no shorter than the others, where the sound is long enough.
    """
    chunk = max(unit, chunk // unit * unit)
    overlap = min(overlap // unit * unit, chunk // 2 // unit * unit)
    hop = chunk - overlap
    count = 1 if length <= chunk else -(-(length - overlap) // hop)
    return tuple(
        Span(
            start=index * hop if index < count - 1 else max(0, min(index * hop, (length - chunk) // unit * unit)),
            begin=index * hop,
            stop=min(index * hop + chunk, length),
            fade_in=overlap if index else 0,
            fade_out=overlap if index < count - 1 else 0,
        )
        for index in range(count)
    )


class Joiner:
    """Adds up chunk after chunk. `tail` is what still waits for the next one, shape (parts, fade_out, channels)."""

    def __init__(self, parts: int, channels: int, tail: Parts | None = None) -> None:
        self.tail: Parts = np.zeros((parts, 0, channels), np.float32) if tail is None else tail

    def add(self, span: Span, made: Parts) -> Parts:
        """Return the frames that are finished, from `span.begin` on; `made` covers `span.start` to `span.stop`."""
        out = made[:, span.begin - span.start :].astype(np.float32)
        if span.fade_in:
            out[:, : span.fade_in] *= rise(span.fade_in)
            out[:, : span.fade_in] += self.tail
        ready = out.shape[1] - span.fade_out
        self.tail = out[:, ready:] * (1 - rise(span.fade_out))
        return out[:, :ready]


def rise(frames: int) -> NDArray[np.float32]:
    """A straight line from just above 0 to just below 1, shape (frames, 1)."""
    return (np.arange(1, frames + 1, dtype=np.float32) / np.float32(frames + 1))[:, None]


def unit_of(rate_hz: int, other_hz: int) -> int:
    """The fewest frames at one rate that last a whole number of frames at the other."""
    return rate_hz // math.gcd(rate_hz, other_hz)


def at_rate(read: Read, length: int, start: int, stop: int, rate_hz: int, wanted_hz: int) -> Frames:
    """Return frames `start` to `stop` of a sound of `length` frames at another rate, as if all of it were converted.

    `start` is a multiple of `unit_of(rate_hz, wanted_hz)`. What is shorter than a second is filled up with silence.
    """
    if wanted_hz == rate_hz:
        sound = read(start, stop)
    else:
        unit = unit_of(rate_hz, wanted_hz)
        margin = min(start, math.ceil(_MARGIN_S * rate_hz / unit) * unit)
        around = read(start - margin, min(length, stop + math.ceil(_MARGIN_S * rate_hz)))
        first = margin * wanted_hz // rate_hz
        sound = _converted(around, rate_hz, wanted_hz)[first : first + -(-(stop - start) * wanted_hz // rate_hz)]
    missing = round(_SHORTEST_S * wanted_hz) - len(sound)
    return np.pad(sound, ((0, missing), (0, 0))) if missing > 0 else np.ascontiguousarray(sound)


def back_at(parts: Parts, made_hz: int, rate_hz: int, frames: int) -> Parts:
    """Return what was made of a chunk at the chunk's own rate and length."""
    if made_hz != rate_hz:
        parts = np.stack([_converted(part, made_hz, rate_hz) for part in parts])
    missing = frames - parts.shape[1]
    return np.pad(parts, ((0, 0), (0, missing), (0, 0))) if missing > 0 else parts[:, :frames]


def _converted(frames: Frames, from_hz: int, to_hz: int) -> Frames:
    import soxr

    converted: Frames = soxr.resample(np.ascontiguousarray(frames), from_hz, to_hz, "VHQ")
    return converted
