"""The small pictures of a video that stand in while a person drags through it: each can be decoded by itself.

They lie in the cache, a folder for each video and a file for each few seconds of it. A file: `MPX1`, how many pictures,
their size, that of the video's, the colours, by how much they are turned; then when each begins in ticks of the video
(int64), how many bytes each has (uint32), and the bytes, H.264 with nothing but key frames. What the video shows
at a time is looked up by the very rule of `studio.audio.film`; so it is the right picture, only in less detail.
"""

import hashlib
import os
import struct
from collections import OrderedDict
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple, Self

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from studio import paths

PART_S: Final = 2
MOST_PIXELS: Final = 960 * 540
_MAGIC: Final = b"MPX1"
_HEADER: Final = struct.Struct("<4sIIIIIiii")
_AT_HAND: Final = 16
_MOST_BACK: Final = 64
_QUARTER_DEG: Final = 90


class Look(NamedTuple):
    """What all pictures of a part have in common."""

    width: int
    height: int
    whole_width: int
    whole_height: int
    colours: int
    """The matrix between colours and what is stored, as FFmpeg numbers them."""
    levels: int
    """Whether black is 16 or 0, as FFmpeg numbers them."""
    quarters: int
    """By how many right angles they are turned to be seen upright, as `VideoFrame.rotation`."""

    @classmethod
    def of(cls, frame: VideoFrame) -> Self:
        """The one of a video's pictures: as many pixels as are allowed, in an even number of rows and columns."""
        scale = min(1.0, (MOST_PIXELS / (frame.width * frame.height)) ** 0.5)
        width, height = (max(2, round(side * scale / 2) * 2) for side in (frame.width, frame.height))
        quarters = round(frame.rotation / _QUARTER_DEG)
        return cls(width, height, frame.width, frame.height, frame.colorspace, frame.color_range, quarters)


class Part(NamedTuple):
    """The pictures that begin within a few seconds of a video."""

    look: Look
    begins: NDArray[np.int64]
    sizes: NDArray[np.uint32]

    @property
    def header_bytes(self) -> int:
        return _HEADER.size + 12 * len(self.begins)

    def written(self, pictures: list[bytes]) -> bytes:
        """The file of a part."""
        head = _HEADER.pack(_MAGIC, len(self.begins), *self.look)
        return b"".join((head, self.begins.tobytes(), self.sizes.tobytes(), *pictures))

    @classmethod
    def read(cls, path: Path) -> Self:
        """What a file has, without its pictures; `OSError` or `ValueError` where it is none."""
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
            if len(head) < _HEADER.size:
                raise ValueError(f"no pictures: {path}")
            magic, count, *look = _HEADER.unpack(head)
            if magic != _MAGIC or 12 * count > path.stat().st_size:
                raise ValueError(f"no pictures: {path}")
            begins = np.frombuffer(file.read(8 * count), np.int64)
            sizes = np.frombuffer(file.read(4 * count), np.uint32)
        part = cls(Look(*look), begins, sizes)
        if len(begins) != len(sizes) or path.stat().st_size != part.header_bytes + int(sizes.sum()):
            raise ValueError(f"no pictures: {path}")
        return part


class Small(NamedTuple):
    """A picture that stands in for one of the video, and the time in the file from which on that is seen."""

    frame: VideoFrame
    time_s: float
    look: Look

    def size(self, ratio: Fraction | None) -> tuple[int, int]:
        """How wide and high the video's own picture is shown in whole."""
        width, height = max(1, round(self.look.whole_width * (ratio or 1))), self.look.whole_height
        return (height, width) if self.look.quarters % 2 else (width, height)

    def most(self, width: int, height: int) -> tuple[int, int]:
        """Of this size what the small picture fills without being blown up."""
        across, down = self.look.width, self.look.height
        if self.look.quarters % 2:
            across, down = down, across
        return min(width, across), min(height, down)


class Proxy:
    """Finds the small picture of a time, as far as they are made. Used by one thread at a time."""

    def __init__(self, folder: Path, tick: Fraction, start: int) -> None:
        """`tick` is the unit of the video's times in seconds, `start` where they begin."""
        self._folder, self._tick, self._start = folder, tick, start
        self._parts: OrderedDict[int, Part] = OrderedDict()
        self._decoder = _decoder()

    def at(self, wanted: int) -> Small | None:
        """The picture that is seen at a time in ticks of the video; None where it is not made."""
        number = part_of(wanted, self._start, self._tick)
        for earlier in range(number, max(-1, number - _MOST_BACK), -1):
            part = self._part(earlier)
            if part is None:
                return None
            if len(part.begins) and (earlier == 0 or part.begins[0] <= wanted):
                index = max(0, int(np.searchsorted(part.begins, wanted, side="right")) - 1)
                return self._decoded(earlier, part, index)
        return None

    def _part(self, number: int) -> Part | None:
        part = self._parts.get(number)
        if part is None:
            path = file_of(self._folder, number)
            try:
                part = Part.read(path)
                os.utime(path)  # those that are looked at are kept longest
            except (OSError, ValueError):
                return None
            self._parts[number] = part
            while len(self._parts) > _AT_HAND:
                self._parts.popitem(last=False)
        self._parts.move_to_end(number)
        return part

    def _decoded(self, number: int, part: Part, index: int) -> Small | None:
        try:
            with file_of(self._folder, number).open("rb") as file:
                file.seek(part.header_bytes + int(part.sizes[:index].sum()))
                stored = file.read(int(part.sizes[index]))
            frames = [*self._decoder.decode(av.Packet(stored)), *self._decoder.decode(None)]
            self._decoder.flush_buffers()
        except (OSError, av.FFmpegError):  # the cache was deleted, or something else wrote there
            self._parts.pop(number, None)
            self._decoder = _decoder()
            return None
        if not frames:
            return None
        frame = frames[0]
        frame.colorspace, frame.color_range = part.look.colours, part.look.levels
        return Small(frame, float(int(part.begins[index]) * self._tick), part.look)


def part_of(ticks: int, start: int, tick: Fraction) -> int:
    """In which part a time lies."""
    return max(0, int((ticks - start) * tick // PART_S))


def folder_for(video: Path) -> Path:
    """Where the small pictures of a video lie: elsewhere when the video changes. `OSError` where it is not there."""
    known = video.stat()
    what = f"{video.absolute()}|{known.st_size}|{known.st_mtime_ns}|{PART_S}|{MOST_PIXELS}"
    key = hashlib.blake2b(what.encode("utf-8", "surrogateescape"), digest_size=10).hexdigest()
    return paths.cache() / "proxies" / key


def file_of(folder: Path, number: int) -> Path:
    """Where one part lies."""
    return folder / f"{number:06d}.pictures"


def room_for(folder: Path, wanted_bytes: int, most_bytes: int, *, own_too: bool) -> bool:
    """Whether so much more may be written: what was looked at longest ago goes, of this video
    only with `own_too`.
    """
    found = []
    for path in folder.parent.glob("*/*.pictures"):
        with suppress(OSError):
            known = path.stat()
            found.append((known.st_mtime, known.st_size, path))
    over = sum(size for _, size, _ in found) + wanted_bytes - most_bytes
    for _, size, path in sorted(found):
        if over <= 0:
            break
        if own_too or path.parent != folder:
            with suppress(OSError):
                path.unlink()
                over -= size
    return over <= 0


def _decoder() -> VideoCodecContext:
    made = av.CodecContext.create("h264", "r")
    assert isinstance(made, VideoCodecContext)
    made.thread_count = 1
    return made
