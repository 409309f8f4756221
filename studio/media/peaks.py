"""The peak pyramid of a medium, mapped: what a view draws of a waveform at any zoom, without touching the sound.

Written by `studio.audio.peaks`, which describes the file.
"""

import struct
from pathlib import Path
from typing import Final, Self

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.errors import StudioError
from studio.media.wav import Frames

MAGIC: Final = b"MPK1"
HEADER_BYTES: Final = 4096
BASE: Final = 256
FACTOR: Final = 4

Bins = NDArray[np.float32]
"""Minimum, maximum and root mean square of stretches of sound, shape (bins, channels, 3)."""
Columns = NDArray[np.float32]
"""Minimum, maximum and root mean square of each column of a picture, shape (columns, 3)."""
_Places = NDArray[np.int64]


class Level(Struct, frozen=True, kw_only=True):
    """Where one level of the pyramid lies in the file: `count` bins from byte `offset` on."""

    offset: int
    count: int


class PeaksHeader(Struct, frozen=True, kw_only=True):
    """What the file says of itself. `base` samples a bin at the first level, `factor` bins a bin at each further."""

    length: int
    channels: int
    rate_hz: int
    base: int
    factor: int
    levels: list[Level]


class Peaks:
    """A mapped pyramid, read-only."""

    def __init__(self, header: PeaksHeader, levels: tuple[Bins, ...]) -> None:
        self.length = header.length
        self.channels = header.channels
        self.rate_hz = header.rate_hz
        self._levels = levels

    @property
    def levels(self) -> tuple[Bins, ...]:
        """The bins themselves, `BASE * FACTOR**n` samples each at level n; for pictures that may be off by a bin."""
        return self._levels

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a pyramid; a `StudioError` asks for a new one when it is missing, broken or of another format."""
        try:
            with path.open("rb") as file:
                magic, room = struct.unpack("<4sI", file.read(8).ljust(8, b"\0"))
                if magic != MAGIC or room != HEADER_BYTES - 8:
                    raise _broken(path)
                header = msgspec.json.decode(file.read(room), type=PeaksHeader)
            if not header.levels or (header.base, header.factor) != (BASE, FACTOR):
                raise _broken(path)
            mapped = np.memmap(path, np.uint8, "r")
            return cls(header, tuple(_level(mapped, header, level) for level in header.levels))
        except (OSError, ValueError, msgspec.DecodeError) as error:
            raise _broken(path) from error

    def columns(self, start: float, samples_per_column: float, count: int, channel: int | None) -> Columns:
        """Return the picture's columns from sample `start` on; `channel` None takes the extremes of all.

        Column `i` stands for samples `floor(start + i * samples_per_column)` to the same of `i + 1`, at least for
        one, and takes in every bin of 256 samples that it touches. Where there is no sound a column is 0.
        """
        first, last = _edges(start, samples_per_column, count, self.length)
        pile = _Pile(count)
        some = first < last
        first, last = np.where(some, first // BASE, 0), np.where(some, -(-last // BASE), 0)
        for depth, level in enumerate(self._levels):
            view = level if channel is None else level[:, channel : channel + 1]
            first, last = pile.take_edges(view, BASE * FACTOR**depth, self.length, first, last)
        return pile.columns()


class _Pile:
    """Columns in the making: extremes and energy of the bins that were put on each."""

    def __init__(self, count: int) -> None:
        self._low = np.full(count, np.inf, np.float32)
        self._high = np.full(count, -np.inf, np.float32)
        self._energy = np.zeros(count)
        self._samples = np.zeros(count, np.int64)

    def take_edges(
        self, level: Bins, bin_samples: int, length: int, first: _Places, last: _Places
    ) -> tuple[_Places, _Places]:
        """Take the bins of ranges `first` to `last` that no bin of the next level stands for, and return the rest."""
        top = len(level) == 1
        for _ in range(FACTOR - 1):
            take = (first < last) & ((first % FACTOR != 0) | top)
            self._add(level, bin_samples, length, np.flatnonzero(take), first)
            first = first + take
        for _ in range(FACTOR - 1):
            take = (first < last) & (last % FACTOR != 0) & (last != len(level))
            last = last - take
            self._add(level, bin_samples, length, np.flatnonzero(take), last)
        some = first < last
        return np.where(some, first // FACTOR, 0), np.where(some, -(-last // FACTOR), 0)

    def _add(self, level: Bins, bin_samples: int, length: int, columns: _Places, bins: _Places) -> None:
        if not len(columns):
            return
        at = bins[columns]
        taken = level[at]
        samples = np.minimum(length - at * bin_samples, bin_samples)
        self._low[columns] = np.minimum(self._low[columns], taken[:, :, 0].min(axis=1))
        self._high[columns] = np.maximum(self._high[columns], taken[:, :, 1].max(axis=1))
        self._energy[columns] += np.square(taken[:, :, 2], dtype=np.float64).mean(axis=1) * samples
        self._samples[columns] += samples

    def columns(self) -> Columns:
        """Return minimum, maximum and root mean square of each column; 0 where nothing was put."""
        some = self._samples > 0
        out = np.zeros((len(some), 3), np.float32)
        out[some, 0] = self._low[some]
        out[some, 1] = self._high[some]
        out[some, 2] = np.sqrt(self._energy[some] / self._samples[some])
        return out


def columns_of(frames: Frames, start: float, samples_per_column: float, count: int, channel: int | None) -> Columns:
    """Return the same columns from the sound itself: exact to the sample, for below 256 samples a column."""
    first, last = _edges(start, samples_per_column, count, len(frames))
    out = np.zeros((count, 3), np.float32)
    there = np.flatnonzero(last > first)
    if not len(there):
        return out
    begin, end = int(first[there[0]]), int(last[there[-1]])
    stretch = frames[begin:end] if channel is None else frames[begin:end, channel : channel + 1]
    low, high = stretch.min(axis=1), stretch.max(axis=1)
    energy = np.square(stretch, dtype=np.float64).mean(axis=1)
    places = first[there] - begin
    if samples_per_column >= 1:  # then each column begins where the one before ends
        out[there, 0] = np.minimum.reduceat(low, places)
        out[there, 1] = np.maximum.reduceat(high, places)
        out[there, 2] = np.sqrt(np.add.reduceat(energy, places) / (last - first)[there])
    else:
        out[there] = np.stack((low[places], high[places], np.sqrt(energy[places])), axis=1)
    return out


def _edges(start: float, samples_per_column: float, count: int, length: int) -> tuple[_Places, _Places]:
    """First and last sample of each column, within the sound."""
    edges = np.floor(start + np.arange(count + 1) * samples_per_column).astype(np.int64)
    first, last = edges[:-1], np.maximum(edges[1:], edges[:-1] + 1)
    return np.clip(first, 0, length), np.clip(last, 0, length)


def _level(mapped: NDArray[np.uint8], header: PeaksHeader, level: Level) -> Bins:
    stop = level.offset + level.count * header.channels * 3 * 4
    if level.offset < HEADER_BYTES or level.count < 0 or stop > len(mapped):
        raise ValueError(f"level {level} lies outside the file")
    plain = np.asarray(mapped)[level.offset : stop]
    return plain.view("<f4").reshape(level.count, header.channels, 3)


def _broken(path: Path) -> StudioError:
    return StudioError(
        "peaks-missing",
        "The picture of a sound is not there yet.",
        cause=f"{path.name} is missing or was written by another version.",
        remedy="It is made again by itself; the sound is not touched.",
    )
