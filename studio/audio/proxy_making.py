"""Makes the small pictures of a video one by one, by plain decoding, first where the person is."""

import logging
import math
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, NamedTuple, Self

import av
import numpy as np
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from av.video.stream import VideoStream

from studio.audio.foreign import open_foreign
from studio.audio.pictured import end_s, moving
from studio.audio.proxy import PART_S, Look, Part, file_of, folder_for, part_of, room_for
from studio.errors import StudioError

_MOST_BYTES: Final = 4 << 30
_LEFT_FREE: Final = 4 << 30
_EARLIER_S: Final = (0.0, 2.0, 10.0)
_MOST_LOOKED_AT: Final = 50_000
_QUICK: Final = 24 * 1920 * 1080
"""So many pixels are decoded soon enough: about a second of 1080p."""
_ENCODER: Final = {"preset": "ultrafast", "tune": "zerolatency", "g": "1", "crf": "18"}
_STRETCH: Final = 16
_THREADS: Final = 2

Hindrance = Literal["", "room", "damage"]
"""Why there are pictures that are not made: the disk or what is allowed of it is full, or they cannot be decoded."""

_log = logging.getLogger(__name__)


class _Run(NamedTuple):
    """Pictures in the order in which they are seen, from somewhere on to the end of the video."""

    frames: Iterator[VideoFrame]
    begins: float
    """All pictures that begin from here on are among them, and right."""


class ProxyMaker:
    """Makes what is missing, a step at a time; what is there, from whenever, is not made again.

    It reads the video from a key frame on as any player does. Parts that are damaged get none; a video whose times go
    back gets none from there on. Used by one thread at a time.
    """

    def __init__(self, path: Path, *, most_bytes: int = _MOST_BYTES, quick: int = _QUICK) -> None:
        """`StudioError` or `OSError` where the file cannot be opened.

        All videos together get `most_bytes`. One with at most `quick` pixels to decode for any picture needs none.
        """
        self._path, self._most_bytes = path, most_bytes
        self._folder = folder_for(path)
        self._container, self._stream = _opened(path)
        self._tick: Fraction = self._stream.time_base or Fraction(1, 1000)
        self._start = self._stream.start_time or 0
        length_s = max(0.0, end_s(self._container, self._stream) - self._start * float(self._tick))
        self.parts = max(1, math.ceil(length_s / PART_S))
        """How many parts there are to be, as the file tells it."""
        self.is_needed = _longest_way(self._stream, self.parts * PART_S) > quick
        """Whether pictures of the video take long to reach."""
        self.is_over = not self.is_needed
        """Whether no more will be made: all is there, or it cannot be made, or the video needs none."""
        self._missing = self._not_there()
        self._failed: set[int] = set()
        self._is_full = self._is_broken = False
        self._run: _Run | None = None
        self._last = -math.inf
        self._doing = self._heading = -1
        self._making: _Making | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run = None
        self._container.close()

    @property
    def share(self) -> float:
        """How much of the video is there, from 0 to 1."""
        return 1 - len(self._missing) / self.parts

    @property
    def hindrance(self) -> Hindrance:
        """What keeps some from being made, as far as it is known by now."""
        if self._is_full:
            return "room"
        return "damage" if self._is_broken or self._failed else ""

    def step(self, near_s: float) -> bool:
        """Make one picture more, before all others those around a time in the file; False where there is none to make.

        When there is no room for the whole video, only those around that time are made.
        """
        if self.is_over:
            return False
        near = min(part_of(math.floor(near_s / self._tick), self._start, self._tick), self.parts - 1)
        wanted = self._most_wanted(near)
        if wanted is None:
            self.is_over = not self._is_full
            return False
        if self._run is None or not self._doing <= wanted <= max(self._doing + 1, self._heading):
            try:
                self._run = self._run_to(wanted)
            except StudioError:  # it is gone
                self.is_over = self._is_broken = True
                return False
            if self._run is None:
                self._failed.add(wanted)
                return True
            self._last, self._making, self._heading = -math.inf, None, wanted
            self._doing = next(n for n in range(wanted + 1) if self._begin_of(n) >= self._run.begins)
        try:
            frame = next(self._run.frames, None)
            if frame is None:
                self._end(near)
            else:
                self._take(frame, near)
        except av.FFmpegError as error:
            _log.info("no small pictures of some seconds of %s: %s", self._path.name, error)
            self._failed |= {self._doing, max(self._doing, self._heading)} & self._missing
            self._run = None
        except ValueError as error:
            _log.info("no more small pictures of %s: %s", self._path.name, error)
            self.is_over = self._is_broken = True
        except OSError as error:  # nothing can be written
            _log.info("no more small pictures of %s: %s", self._path.name, error)
            self.is_over = self._is_full = True
        return not self.is_over

    def _most_wanted(self, near: int) -> int | None:
        """The next part that is missing: first a stretch from there on, then one that ends there, then farther away.

        One that is begun is finished before: whoever goes to and fro would else never have any.
        """
        left = self._missing - self._failed
        is_begun = self._making is not None and self._making.count > 1  # the first one ends the part before
        if is_begun and self._doing in left and not self._is_full:
            return self._doing
        if self._is_full:
            left &= {near, near + 1}

        def rank(number: int) -> tuple[int, bool, int]:
            is_before = number < near
            away = near - 1 - number if is_before else number - near
            return away // _STRETCH, is_before, number

        return min(left, key=rank, default=None)

    def _take(self, frame: VideoFrame, near: int) -> None:
        assert self._run is not None
        begins = frame.pts
        if begins is None or begins < self._run.begins:
            return
        if begins <= self._last:
            raise ValueError("its times go back")
        self._last = begins
        number = part_of(begins, self._start, self._tick)
        while self._doing < number:
            self._finish(near)
        if number not in self._missing or number < self._doing:
            return
        if self._making is None:
            self._making = _Making(Look.of(frame))
        self._making.add(frame)

    def _finish(self, near: int) -> None:
        """Write the part that was made; one without pictures is written, too: the one before is seen on."""
        made, number = self._making, self._doing
        self._making, self._doing = None, number + 1
        if number not in self._missing:
            return
        assert self._run is not None
        if self._begin_of(number) < self._run.begins:
            self._failed.add(number)
            return
        written = _nothing() if made is None else made.written()
        self._folder.mkdir(parents=True, exist_ok=True)
        enough = shutil.disk_usage(self._folder).free > _LEFT_FREE + len(written)
        is_near = number in (near, near + 1)
        if not enough or not room_for(self._folder, len(written), self._most_bytes, own_too=is_near):
            self._is_full = True
            if is_near:
                self._failed.add(number)
            return
        path = file_of(self._folder, number)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            part.write_bytes(written)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        self._missing.discard(number)
        if self._is_full:  # others of this video had to go for it
            self._missing = self._not_there()

    def _not_there(self) -> set[int]:
        return {number for number in range(self.parts) if not file_of(self._folder, number).exists()}

    def _end(self, near: int) -> None:
        while self._doing < self.parts:
            self._finish(near)
        self._run = None

    def _begin_of(self, number: int) -> float:
        """When a part begins, in ticks."""
        return math.ceil(self._start + number * PART_S / self._tick)

    def _run_to(self, number: int) -> _Run | None:
        """Begin at the last key frame that comes before a part; None where none can be found."""
        if number == 0:
            self._container.close()
            self._container, self._stream = _opened(self._path)
            return _Run(self._decoded(self._container, -math.inf), -math.inf)
        begin = self._begin_of(number)
        for earlier_s in _EARLIER_S:
            with suppress(av.FFmpegError):
                self._container.seek(int(begin - earlier_s / self._tick), stream=self._stream, backward=True)
                key = next((p.pts for p in self._container.demux(self._stream) if p.is_keyframe), None)
                if key is not None and key <= begin:
                    self._container.seek(int(begin - earlier_s / self._tick), stream=self._stream, backward=True)
                    frames = self._decoded(self._container, key)
                    first = next(frames, None)
                    if first is not None and _pts(first) <= begin:
                        return _Run(_again(first, frames), _pts(first))
        return None

    def _decoded(self, container: InputContainer, key: float) -> Iterator[VideoFrame]:
        """Pictures from a key frame on; those that are seen before it refer to what was not decoded."""
        begun = False
        for packet in container.demux(self._stream):
            begun = begun or packet.is_keyframe
            if begun:
                for frame in packet.decode():
                    if frame.pts is not None and frame.pts >= key:
                        yield frame


class _Making:
    """A part on its way."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._begins: list[int] = []
        self._pictures: list[bytes] = []
        made = av.CodecContext.create("libx264", "w")
        assert isinstance(made, VideoCodecContext)
        made.width, made.height, made.pix_fmt = look.width, look.height, "yuv420p"
        made.time_base = Fraction(1, 1000)
        made.thread_count = 1
        made.options = dict(_ENCODER)
        self._encoder = made

    @property
    def count(self) -> int:
        """How many pictures it has by now."""
        return len(self._begins)

    def add(self, frame: VideoFrame) -> None:
        """Encode one picture; ValueError where the encoder does not give it at once."""
        look, begins = self._look, _pts(frame)  # what is small enough comes back itself, and gets another time
        small = frame.reformat(look.width, look.height, "yuv420p", interpolation=Interpolation.AREA)
        if not self._begins:
            self._look = look._replace(colours=small.colorspace, levels=small.color_range)
        small.pts, small.time_base = len(self._begins), Fraction(1, 1000)
        packets = self._encoder.encode(small)
        if len(packets) != 1:
            raise ValueError("not one packet a picture")
        self._begins.append(begins)
        self._pictures.append(bytes(packets[0]))

    def written(self) -> bytes:
        """The file."""
        sizes = np.array([len(one) for one in self._pictures], np.uint32)
        return Part(self._look, np.array(self._begins, np.int64), sizes).written(self._pictures)


def _nothing() -> bytes:
    return Part(Look(2, 2, 2, 2, 0, 0, 0), np.zeros(0, np.int64), np.zeros(0, np.uint32)).written([])


def _longest_way(stream: VideoStream, length_s: float) -> float:
    """How many pixels there are from a key frame to the picture farthest from it."""
    pixels = stream.width * stream.height
    entries = stream.index_entries
    keys = [e.timestamp for _, e in zip(range(_MOST_LOOKED_AT), entries, strict=False) if e.is_keyframe]
    whole = len(keys) if len(entries) <= _MOST_LOOKED_AT else len(keys) - 1
    if whole < 1 or stream.time_base is None:
        gap_s = length_s
    else:
        begin = stream.start_time or 0
        ends = [*keys, begin + length_s / stream.time_base][: whole + 1]
        gap_s = float(max(np.diff(np.array(ends, float)), default=0.0) * stream.time_base)
    return gap_s * float(stream.average_rate or 25) * pixels


def _opened(path: Path) -> tuple[InputContainer, VideoStream]:
    container = open_foreign(path)
    try:
        stream = moving(container, path)
        stream.thread_type = "FRAME"
        stream.codec_context.thread_count = _THREADS  # pictures are decoded while the one before is made small
    except BaseException:
        container.close()
        raise
    return container, stream


def _again(first: VideoFrame, following: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    yield first
    yield from following


def _pts(frame: VideoFrame) -> int:
    assert frame.pts is not None
    return frame.pts
