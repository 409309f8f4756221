"""The pictures of a video: which one is to be seen at a time, decoded as fast as can be from anywhere in the file."""

import math
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import chain, pairwise
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from studio.audio import h264
from studio.audio.foreign import open_foreign
from studio.audio.pictured import moving, nothing_seen
from studio.audio.way import way_to

_AHEAD_S: Final = 1.0
_MOST_AHEAD_S: Final = 10.0
_STEP_S: Final = 0.2
_FAR_S: Final = 1.0
_ROUNDING: Final = 1e-3  # of a tick: 3.4 s is a little less than that as a float
_EARLIER_S: Final = (0.0, 2.0, 10.0, 1e9)
_MOST_THREADS: Final = 8
_STEPS_BACK: Final = 4
_MOST_TWICE: Final = 64
_MOST_KEPT: Final = 32
_KEPT_BYTES: Final = 96 << 20


class Picture(NamedTuple):
    """A decoded picture, and the time in the file from which on it is seen."""

    frame: VideoFrame
    time_s: float


class _Kept(NamedTuple):
    """A picture that was passed on the way, and the ticks between which it is seen."""

    frame: VideoFrame
    begins: int
    ends: float


class Film:
    """An open video: `with Film(path) as film: film.at(12.3)`. Used by one thread at a time.

    Going on a little is cheap, and so is going back: the pictures that were passed last are kept. Anywhere else it
    begins at the key frame before, and leaves out what no other picture needs. A leap ends right behind its picture,
    with nothing of those after it decoded; `get_ready` makes up for that while nobody waits.
    """

    def __init__(self, path: Path, *, threads: int = min(_MOST_THREADS, os.cpu_count() or 1)) -> None:
        self._path = path
        self._container = open_foreign(path)
        try:
            self._stream = moving(self._container, path)
            self._stream.thread_type = "FRAME"
            self._stream.thread_count = threads
            context = self._stream.codec_context
            self._length_bytes = h264.length_bytes(context.extradata) if context.name == "h264" else 0
            self._tick: Fraction = self._stream.time_base or Fraction(1, 1000)
            kind = self._container.format.name
            self._rewinds = kind == "mpegts"
            self._steady = self._stream.average_rate == self._stream.base_rate and "matroska" not in kind
            self._current: VideoFrame | None = None
            self._next: VideoFrame | None = None
            self._frames: Iterator[VideoFrame] = iter(())
            self._wanted = -math.inf
            self._kept: deque[_Kept] = deque(maxlen=_kept_pictures(self._stream))
            self._ends: dict[int, float] = {}
            self._kept_from = math.inf
            self._shown = -math.inf
            self._skips = self._keys_only = self._is_over = self._leapt = self._arrived = False
            self._target: float = math.nan
            self._until: float = math.nan
            self._passing: Callable[[Picture], None] = lambda _key: None
            self._begin_at(0)
        except BaseException:
            self._container.close()
            raise

    @property
    def ratio(self) -> Fraction | None:
        """How much wider than high its pixels are."""
        return self._stream.sample_aspect_ratio

    @property
    def tick(self) -> Fraction:
        """The unit of its times, in seconds."""
        return self._tick

    @property
    def start(self) -> int:
        """Where its times begin, in ticks."""
        return self._stream.start_time or 0

    def place(self, time_s: float) -> int:
        """A time of the file in ticks; none lies before its beginning."""
        return max(self._ticks(time_s), self.start)

    def is_at_hand(self, time_s: float) -> bool:
        """Whether its picture of a time comes without a jump: it is decoded, or one of the next."""
        wanted = self.place(time_s)
        if self._leapt_to(wanted) is not None or self._kept_at(wanted) is not None:
            return True
        current = self._current
        return current is not None and self._is_near(wanted) and (wanted - _pts(current)) * self._tick < _STEP_S

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._frames, self._passing = iter(()), lambda _key: None  # either may hold the film itself, and its pictures
        self._current = self._next = None
        self._kept.clear()
        self._container.close()

    def at(
        self,
        time_s: float,
        gave_up: Callable[[], bool] = lambda: False,
        passing: Callable[[Picture], None] = lambda _key: None,
    ) -> Picture | None:
        """The picture that is seen at a time of the file: the last that begins at or before it, else the first.

        `gave_up` is asked before each picture that has to be decoded on the way; None where it says so. `passing` is
        given the key frame at which it begins, where that is far before.
        """
        self._passing = passing
        wanted = self.place(time_s)
        passed = self._leapt_to(wanted) or self._kept_at(wanted)
        if passed is not None:
            return self._picture(passed)
        if self._is_near(wanted):
            arrived = self._go_to(wanted, gave_up)
        else:
            reached = self._reach(wanted, gave_up)
            arrived = self._search(wanted, gave_up) if reached is None else reached
        if arrived and self._fell_into_a_gap(wanted):
            arrived = self._search(wanted, gave_up, skips=False)
        if not arrived:
            return None
        if self._current is None:
            raise nothing_seen(self._path)
        return self._picture(self._current)

    def get_ready(self, gave_up: Callable[[], bool] = lambda: False) -> None:
        """Decode up to the picture that is seen once more, so that those after it come at once."""
        if self._leapt and self._current is not None:
            self._passing = lambda _key: None
            self._reach(_pts(self._current), gave_up, leaping=False)

    def key_before(self, time_s: float) -> Picture | None:
        """The key frame at or before a time; None where none can be decoded. With one thread it costs one picture."""
        self._begin_at(self._ticks(time_s))
        self._keys_only = True
        found = next(self._frames, None)
        self._begin_at(0)
        return None if found is None else Picture(found, float(_pts(found) * self._tick))

    def _picture(self, shown: VideoFrame) -> Picture:
        self._shown = _pts(shown)
        return Picture(shown, float(self._shown * self._tick))

    def _ticks(self, time_s: float) -> int:
        return math.floor(time_s / float(self._tick) + _ROUNDING)

    def _is_near(self, wanted: int) -> bool:
        current = self._current
        ahead_s = (wanted - _pts(current)) * self._tick if current is not None else -1
        if ahead_s < 0 or self._leapt or (wanted < self._wanted and not self._arrived):
            return False
        return self._is_over or ahead_s < _STEP_S or ahead_s < self._cheap_s(wanted)

    def _cheap_s(self, wanted: int) -> float:
        """How far going on costs less than a jump: it depends on where the key frame is at which that would begin."""
        entries = self._stream.index_entries
        key = entries.search_timestamp(wanted)
        if self._current is None or key < 0 or entries[len(entries) - 1].timestamp < wanted:
            return _AHEAD_S
        return _MOST_AHEAD_S if entries[key].timestamp <= _pts(self._current) else 0.0

    def _leapt_to(self, wanted: int) -> VideoFrame | None:
        """The current picture, where a leap ended at it and it is seen at that time too."""
        current = self._current
        there = self._leapt and current is not None and _pts(current) == self._target
        return current if there and self._is_known(wanted) else None

    def _is_known(self, wanted: int) -> bool:
        """Whether it was read from the file that the target is what is seen at a time."""
        return self._target <= wanted < self._until

    def _kept_at(self, wanted: int) -> VideoFrame | None:
        """The picture of a time, where it was passed not long ago."""
        return next((kept.frame for kept in self._kept if kept.begins <= wanted < kept.ends), None)

    def _reach(self, wanted: int, gave_up: Callable[[], bool], *, leaping: bool = True) -> bool | None:
        """Whether the picture that is wanted is the current one; None where the file does not say which it is.

        A leap that would have to be made up for by decoding a lot twice goes the whole way at once.
        """
        way = way_to(self._container, self._stream, wanted)
        if way is None:
            return None
        self._forget()
        self._target, self._until = way.begins[-1], way.until
        self._ends = {**dict(pairwise(way.begins)), way.begins[-1]: way.until}
        if self._steps_back_to(way.begins):
            self._kept_from = way.begins[max(-_kept_pictures(self._stream), -len(way.begins))]
        self._leapt = leaping and way.steps <= _MOST_TWICE
        self._frames = self._decoded(chain(way.packets, self._packets()))
        if not self._go_to(wanted, gave_up):
            return False
        return True if self._current is not None and _pts(self._current) == self._target else None

    def _steps_back_to(self, begins: list[int]) -> bool:
        """Whether the last of these is one of the few pictures before the one that was shown."""
        few = begins[-1] - begins[-1 - _STEPS_BACK] if len(begins) > _STEPS_BACK else 0
        return 0 < self._shown - begins[-1] <= few

    def _keep(self, passed: VideoFrame) -> None:
        """Remember a picture, where it is known how long it is seen."""
        begins = _pts(passed)
        if begins in self._ends and all(kept.begins != begins for kept in self._kept):
            self._kept.append(_Kept(passed, begins, self._ends[begins]))

    def _search(self, wanted: int, gave_up: Callable[[], bool], *, skips: bool = True) -> bool:
        """Begin at the key frame before, or at an earlier one where that came after; False when it was given up."""
        for earlier_s in _EARLIER_S:
            self._begin_at(wanted - self._ticks(earlier_s))
            self._skips = self._skips and skips
            if not self._go_to(wanted, gave_up):
                return False
            if self._current is not None and _pts(self._current) <= wanted:
                break
        return True

    def _begin_at(self, wanted: int) -> None:
        """Go to the key frame before; forget what was there."""
        self._forget()
        start = self._stream.start_time or 0
        with suppress(av.FFmpegError):  # before the beginning, or a file that cannot be sought in
            if wanted <= start and self._rewinds:  # by its times one comes to the second key frame at best
                self._container.seek(0, unsupported_byte_offset=True)
            else:
                self._container.seek(max(wanted, start), stream=self._stream, backward=True)
        self._frames = self._decoded(self._packets())

    def _forget(self) -> None:
        if self._current is not None:
            self._keep(self._current)
        self._current, self._next = None, None
        self._target = self._until = math.nan
        self._ends, self._kept_from = {}, math.inf
        self._is_over = self._leapt = self._keys_only = False
        self._skips = self._steady

    def _go_to(self, wanted: int, gave_up: Callable[[], bool]) -> bool:
        """Decode until the picture that is wanted is the current one; False when it is not wanted any more."""
        self._wanted, self._arrived = wanted, False
        while True:
            current = self._current
            if current is not None and self._is_seen(current, wanted):
                break
            if gave_up():
                return False
            following = self._next or next(self._frames, None)
            self._next = None
            if following is None:
                self._is_over = True
                break
            if current is not None and _pts(following) > wanted:
                self._next = following
                break
            if current is not None:
                self._keep(current)
            self._current = following
            if current is None and (wanted - _pts(following)) * self._tick > _FAR_S:
                self._passing(Picture(following, float(_pts(following) * self._tick)))
        self._arrived = True
        return True

    def _is_seen(self, current: VideoFrame, wanted: int) -> bool:
        """Whether a picture is surely the one of a time; its length is right only in files where all last alike."""
        if self._is_known(wanted):
            return _pts(current) >= self._target
        return self._steady and wanted < _pts(current) + (current.duration or 0)

    def _fell_into_a_gap(self, wanted: int) -> bool:
        """Whether what was found is over before, so that something may have been left out."""
        current = self._current
        skipped = self._skips and not self._is_known(wanted)
        return skipped and current is not None and wanted >= _pts(current) + (current.duration or 0)

    def _decoded(self, packets: "Iterable[Packet[VideoStream]]") -> Iterator[VideoFrame]:
        context = self._stream.codec_context
        begun = False
        for packet in packets:
            context.skip_frame = "NONKEY" if self._keys_only else "NONREF" if self._is_left_out(packet) else "DEFAULT"
            with suppress(av.FFmpegError):  # what is damaged is not seen
                if begun and self._refreshes(packet):  # decoding that takes long: all before it is shown first
                    yield from _seen(context.decode(None))
                    context.flush_buffers()
                begun = True
                yield from _seen(packet.decode())
                if self._leapt and packet.pts == self._target:
                    yield from _seen(context.decode(None))
                    return

    def _refreshes(self, packet: "Packet[VideoStream]") -> bool:
        in_lengths = self._length_bytes
        return packet.is_keyframe and in_lengths > 0 and h264.refreshes(bytes(packet), in_lengths)

    def _packets(self) -> "Iterator[Packet[VideoStream]]":
        packets = self._container.demux(self._stream)
        with suppress(av.FFmpegError):
            yield from packets

    def _is_left_out(self, packet: "Packet[VideoStream]") -> bool:
        """Whether its picture need not be decoded unless others refer to it."""
        if packet.pts is None or packet.pts == self._target:
            return False
        if self._leapt or packet.pts < self._target:
            return packet.pts > self._target or packet.pts < self._kept_from
        lasts = packet.duration or 0
        return self._skips and bool(lasts) and packet.pts + lasts <= self._wanted


def _kept_pictures(stream: VideoStream) -> int:
    """How many pictures may be kept at once; they take 1.5 bytes a pixel, or 3 with more than eight bits."""
    return max(1, min(_MOST_KEPT, _KEPT_BYTES // max(1, stream.width * stream.height * 3 // 2)))


def _seen(frames: list[VideoFrame]) -> Iterator[VideoFrame]:
    return (frame for frame in frames if frame.pts is not None)


def _pts(frame: VideoFrame) -> int:
    assert frame.pts is not None
    return frame.pts
