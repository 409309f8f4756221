"""Builds the peak pyramid of a medium, while it is imported or afterwards, in one pass and little memory.

The file: `MPK1`, the header's length as uint32, a JSON header padded to a fixed size, then one array of float32 of
shape (bins, channels, 3) a level: minimum, maximum, root mean square of 256 samples each at level 0, of four bins of
the level below at every further one. Read by `studio.media.peaks`.
"""

import os
import struct
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from studio.media.peaks import BASE, FACTOR, HEADER_BYTES, MAGIC, Bins, Level, PeaksHeader
from studio.media.wav import Frames, MappedWav
from voicekernels.cpu.peaks import summarise

_BLOCK_FRAMES = 1 << 18


class PeakBuilder:
    """Takes the sound block by block, in blocks of any size, then writes the pyramid."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._length = 0
        self._rest: Frames = np.zeros((0, channels), np.float32)
        self._base: list[Bins] = []

    def add(self, block: Frames) -> None:
        """Append frames, shape (n, channels). What is not a number counts as silence."""
        self._length += len(block)
        block = block if np.isfinite(block).all() else np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        waiting = np.concatenate((self._rest, block)) if len(self._rest) else block
        whole = len(waiting) // BASE * BASE
        if whole:
            self._base.append(summarise(waiting[:whole], BASE))
        self._rest = waiting[whole:].copy()

    def write(self, path: Path, rate_hz: int) -> None:
        """Write the pyramid of all that was added. It appears by rename."""
        levels = self._levels()
        at = HEADER_BYTES
        places = []
        for level in levels:
            places.append(Level(offset=at, count=len(level)))
            at += level.nbytes
        header = PeaksHeader(
            length=self._length, channels=self._channels, rate_hz=rate_hz, base=BASE, factor=FACTOR, levels=places
        )
        room = HEADER_BYTES - 8
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                file.write(struct.pack("<4sI", MAGIC, room) + msgspec.json.encode(header).ljust(room))
                for level in levels:
                    file.write(np.ascontiguousarray(level, "<f4").data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def _levels(self) -> list[Bins]:
        base = [*self._base, summarise(self._rest, BASE)]
        levels = [np.concatenate(base)]
        samples = BASE
        while len(levels[-1]) > 1:
            levels.append(_combined(levels[-1], self._length - samples * np.arange(len(levels[-1])), samples))
            samples *= FACTOR
        return levels


def build_peaks(wav: Path, peaks: Path, report: Callable[[float, str], None]) -> None:
    """Write the pyramid of a WAV that is already there."""
    sound = MappedWav.open(wav)
    builder = PeakBuilder(sound.channels)
    for start in range(0, sound.length, _BLOCK_FRAMES):
        builder.add(sound.frames[start : start + _BLOCK_FRAMES])
        report(start / sound.length, "Drawing the waveform")
    builder.write(peaks, sound.rate_hz)


def _combined(level: Bins, left: NDArray[np.int64], bin_samples: int) -> Bins:
    """The next coarser level; `left` is how many samples of the sound are left from the start of each bin on."""
    starts = np.arange(0, len(level), FACTOR)
    samples = np.minimum(left, bin_samples)
    energy = np.square(level[:, :, 2], dtype=np.float64) * samples[:, None]
    total = np.add.reduceat(samples, starts)
    return np.stack(
        [
            np.minimum.reduceat(level[:, :, 0], starts, axis=0),
            np.maximum.reduceat(level[:, :, 1], starts, axis=0),
            np.sqrt(np.add.reduceat(energy, starts, axis=0) / total[:, None]).astype(np.float32),
        ],
        axis=2,
    )
