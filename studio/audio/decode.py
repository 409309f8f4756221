"""The sound of any file that FFmpeg reads, as blocks of mono or stereo float32 in bounded memory.

FFmpeg may raise anything on a broken file, so this border catches everything: what could be decoded before is kept,
and how much was lost is said. Another decoder can go on at any of the places that one says it is at.
"""

import logging
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.codec.context import Flags2
from av.container import InputContainer

from studio.audio import downmix
from studio.audio.downmix import to_channels
from studio.audio.foreign import first_sound, nothing_decoded, open_foreign
from studio.audio.packets import Packets
from studio.audio.place import CHECKED, LostPlace, Place, reach
from studio.audio.resample import Resampler
from studio.media.wav import Frames

_BLOCK_FRAMES: Final = 1 << 16
_MOV: Final = "mov,mp4,m4a,3gp,3g2,mj2"
_TIMED: Final = frozenset({"matroska,webm", _MOV})  # their time stamps say where sound belongs
_GUESSED: Final = frozenset({"aac", "ac3", "eac3", "dts", "mp3", "mpeg", "mpegts"})  # lengths guessed from the bit rate
_SMALLEST_GAP_S: Final = 0.03
_LONGEST_FILL_S: Final = 600.0
_ABSURD: Final = 1e9  # a float file at the scale of 24-bit integers is still sound
_UNSET_FROM: Final = 0x7FFF0000  # what programs write that do not know the length yet
_CODEC_FRAME: Final = 4096
_NOTHING: Final = 0  # the check sum of no sound
_FULL_SCALE: Final = {"u8": 128.0, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}


_log = logging.getLogger(__name__)


class _Piece(NamedTuple):
    """What one packet gave, or a part of a gap; `ends_packet` where the next piece comes from the next packet."""

    frames: Frames
    ends_packet: bool


class Decoder:
    """An open file: `with Decoder(path) as sound: for block in sound.blocks(): ...`.

    `rate_hz` is the file's own, `channels` 1 or 2 whatever it has. A `StudioError` says why a file has no sound.
    After the last block `damage` says in a sentence what was lost, or nothing.

    With a `place` from an earlier decoder of the same file it begins there, and gives exactly what that one would
    have given; `LostPlace` where it cannot. `searching` is called while it looks for the place.
    """

    def __init__(self, path: Path, place: Place | None = None, searching: Callable[[], None] = lambda: None) -> None:
        self._path = path
        self._given = 0
        self._bad_samples = 0
        self._converters: dict[int, Resampler] = {}
        self._starts_s: float | None = None
        self._recent: deque[int] = deque(maxlen=CHECKED)
        self._at_border = False
        self._first: list[AudioFrame] = []
        self._open()
        try:
            if place is None:
                self._begin()
            else:
                self._go_to(place, searching)
        except BaseException:
            self._container.close()
            raise

    def _open(self) -> None:
        self._container = open_foreign(self._path)
        try:
            self._size = self._path.stat().st_size
            self._stream = first_sound(self._container, self._path)
            self._cut_to = _riff_fraction(self._path) if self._container.format.name == "wav" else 1.0
            if (self._container.format.name, self._stream.codec_context.name) == ("caf", "alac"):
                # FFmpeg 8 cuts the short last frame of such a file short a second time
                self._stream.codec_context.flags2 |= Flags2.skip_manual
            self._packets = Packets(self._container, self._stream)
            self._decoded = self._packets.decoded()
            self._timed = self._container.format.name in _TIMED
            self._room_s = min(_LONGEST_FILL_S, (self._container.duration or 0) / 1_000_000)
        except BaseException:
            self._container.close()
            raise

    def _begin(self) -> None:
        for frames in self._decoded:
            if frames:
                self._first = frames
                break
            self._recent.append(_NOTHING)
        else:
            raise nothing_decoded(self._path)
        self.rate_hz = self._first[0].sample_rate
        self.channels = min(self._first[0].layout.nb_channels, 2)
        if self._timed:
            self._starts_s = _first_picture_s(self._container)
        elif self._first[0].time is not None:
            self._starts_s = self._first[0].time

    def _go_to(self, place: Place, searching: Callable[[], None]) -> None:
        """Read up to a place; decode as little of it as will do, and see that it gives what it gave."""
        self.rate_hz, self.channels = place.rate_hz, place.channels
        codec = self._stream.codec_context.name
        near = reach(codec, place.packets)
        if near == place.packets:
            _log.info("%s is decoded again from its beginning: %s has to be", self._path.name, codec)
        if not self._gives_again(place, near, searching):
            _log.info("%s is decoded again from its beginning: %d packets were too few", self._path.name, near)
            self._container.close()
            self._open()
            if near == place.packets or not self._gives_again(place, place.packets, searching):
                raise LostPlace
        self._given = place.frames
        self._starts_s, self._room_s = place.starts_s, place.room_s
        self._bad_samples = place.bad_samples
        self._packets.bad, self._packets.read_bytes = place.bad_packets, place.read_bytes

    def _gives_again(self, place: Place, near: int, searching: Callable[[], None]) -> bool:
        self._recent.clear()
        self._packets.skip(place.packets - near, searching)
        for frames in islice(self._decoded, near):
            searching()
            self._sum_up([self._converted(frame) for frame in frames])
        return tuple(self._recent) == place.recent and self._packets.count == place.packets

    @property
    def place(self) -> Place | None:
        """Where another decoder could go on behind the block just given; None where none could."""
        if not self._at_border or self._converters or self._packets.broke_off:
            return None
        return Place(
            packets=self._packets.count,
            frames=self._given,
            rate_hz=self.rate_hz,
            channels=self.channels,
            recent=tuple(self._recent),
            starts_s=self._starts_s,
            room_s=self._room_s,
            read_bytes=self._packets.read_bytes,
            bad_packets=self._packets.bad,
            bad_samples=self._bad_samples,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._decoded.close()
        self._container.close()

    @property
    def begins_s(self) -> float:
        """The time in the file that belongs to the first frame given."""
        return self._starts_s or 0.0

    @property
    def fraction(self) -> float:
        """How much of the file has been read, 0 to 1: by its bytes, which do not lie, where the format says them."""
        if self._packets.read_bytes:
            return min(1.0, self._packets.read_bytes / max(1, self._size))
        expected_s = self.expected_s or 0.0
        return min(1.0, self._given / self.rate_hz / expected_s) if expected_s else 0.0

    @property
    def expected_s(self) -> float | None:
        """How long the file says that its sound is; None where it does not."""
        if self._stream.duration is not None and self._stream.time_base is not None:
            return float(self._stream.duration * self._stream.time_base) / self._cut_to
        if self._container.duration is not None and not _pictures(self._container):
            return self._container.duration / 1_000_000
        return None

    @property
    def damage(self) -> str:
        """What a person should know of the file's state, so far; empty when all is well."""
        said = [self._loss()]
        if self._bad_samples == 1:
            said.append("One sample was not a number and is silent now.")
        elif self._bad_samples:
            said.append(f"{self._bad_samples:,} samples were not numbers and are silent now.")
        return " ".join(filter(None, said))

    @property
    def mixed_down(self) -> str:
        """What a person should know of a sound with more channels than two; empty where there was nothing to mix."""
        return downmix.told(tuple(channel.name for channel in self._stream.codec_context.layout.channels))

    def _loss(self) -> str:
        given_s = self._given / self.rate_hz
        expected_s = self.expected_s if self._length_is_stated else None
        if expected_s is not None and given_s < expected_s - max(0.5, expected_s / 100):
            return f"This file is damaged: {clock(given_s)} of about {clock(expected_s + 0.5)} could be read."
        if self._packets.broke_off:
            return f"This file is damaged: it could be read up to {clock(given_s)}."
        if self._packets.bad == 1:
            return "This file is damaged: one short piece could not be read."
        if self._packets.bad:
            return f"This file is damaged: {self._packets.bad:,} short pieces could not be read."
        return ""

    def blocks(self) -> Iterator[Frames]:
        """Yield the sound once, in order, in blocks of about 65,536 frames, shape (n, channels)."""
        waiting: list[Frames] = []
        for piece in self._trimmed(self._pieces()):
            waiting.append(piece.frames)
            if sum(map(len, waiting)) >= _BLOCK_FRAMES:
                yield self._joined(waiting, at_border=piece.ends_packet)
                waiting = []
        if waiting:
            yield self._joined(waiting, at_border=False)

    def _joined(self, pieces: list[Frames], *, at_border: bool) -> Frames:
        block = np.concatenate(pieces)
        self._given += len(block)
        self._at_border = at_border
        return block

    @property
    def _length_is_stated(self) -> bool:
        name = self._container.format.name
        return name not in _GUESSED or (name == "mp3" and bool(self._stream.start_time))  # then it has a LAME header

    def _pieces(self) -> Iterator[_Piece]:
        """What each packet gives, float32 at the sound's rate, with silence where the time stamps leave a gap."""
        given = self._given
        for frames in chain([self._first] if self._first else [], self._decoded):
            self._first = []
            sound = [self._converted(frame) for frame in frames]
            self._sum_up(sound)
            for frame, piece in zip(frames, sound, strict=True):
                for silence in self._gap_before(frame, given):
                    given += len(silence)
                    yield _Piece(silence, ends_packet=False)
                given += len(piece)
                yield _Piece(piece, ends_packet=frame is frames[-1])

    def _sum_up(self, pieces: list[Frames]) -> None:
        """Add the check sum of what a packet gave to those of the newest."""
        check = _NOTHING
        for piece in pieces:
            check = zlib.crc32(piece.data, check)
        self._recent.append(check)

    def _gap_before(self, frame: AudioFrame, given: int) -> Iterator[Frames]:
        if not self._timed or frame.pts is None or frame.time_base is None:
            return
        at_s = float(frame.pts * frame.time_base)
        if self._starts_s is None:
            self._starts_s = at_s
        gap_s = at_s - self._starts_s - given / self.rate_hz
        if _SMALLEST_GAP_S < gap_s <= self._room_s:
            self._room_s -= gap_s
            yield from _silence(round(gap_s * self.rate_hz), self.channels)

    def _converted(self, frame: AudioFrame) -> Frames:
        names = tuple(channel.name for channel in frame.layout.channels)
        piece = to_channels(self._numbers(_floats(frame)), names, self.channels)
        if frame.sample_rate == self.rate_hz:
            return piece
        converter = self._converters.setdefault(
            frame.sample_rate, Resampler(frame.sample_rate, self.rate_hz, self.channels)
        )
        return converter.feed(piece)

    def _numbers(self, piece: Frames) -> Frames:
        """Silence instead of what is not a number, before a filter can spread it."""
        good = np.abs(piece) < _ABSURD  # false for NaN too
        if good.all():
            return piece
        self._bad_samples += int(np.count_nonzero(~good))
        return np.where(good, piece, np.float32(0))

    def _trimmed(self, pieces: Iterator[_Piece]) -> Iterator[_Piece]:
        """Leave out the padding of the last codec frame, which some files mark by the length of the sound alone."""
        by_length = self._container.format.name == _MOV or self._stream.codec_context.name == "vorbis"
        stated = self.expected_s if by_length else None
        if not stated:
            yield from pieces
            return
        stop = int(np.ceil((stated + 0.001) * self.rate_hz))  # lengths are rounded to a millisecond
        held: list[_Piece] = []
        given = self._given
        for piece in pieces:
            held.append(piece)
            given += len(piece.frames)
            if given <= stop or given > stop + _CODEC_FRAME:
                yield from (one._replace(ends_packet=False) for one in held[:-1])  # we are behind the last of them
                yield held[-1]
                held = []
        if held:
            last = np.concatenate([piece.frames for piece in held])
            yield _Piece(last[: len(last) - (given - stop)], ends_packet=False)


def clock(seconds: float) -> str:
    """Return a length as a person reads it: 0:41, 1:02:03."""
    whole = int(seconds)
    minutes = f"{whole // 60 % 60}:{whole % 60:02d}"
    return f"{whole // 3600}:{minutes:0>5}" if whole >= 3600 else minutes


def _riff_fraction(path: Path) -> float:
    """How much of a WAV is left where it was cut short: FFmpeg believes the file's length and does not say."""
    with path.open("rb") as file:
        start = file.read(8)
    declared = int.from_bytes(start[4:], "little")
    if start[:4] != b"RIFF" or not 0 < declared < _UNSET_FROM:
        return 1.0
    return min(1.0, path.stat().st_size / (declared + 8))


def _pictures(container: InputContainer) -> bool:
    return any(not stream.disposition & av.stream.Disposition.attached_pic for stream in container.streams.video)


def _first_picture_s(container: InputContainer) -> float | None:
    """When the picture starts, so that sound which starts later stays with it; None where there is no picture."""
    if not _pictures(container) or container.start_time is None:
        return None
    return max(0.0, container.start_time / 1_000_000)


def _floats(frame: AudioFrame) -> Frames:
    raw = frame.to_ndarray()
    channels = frame.layout.nb_channels
    raw = raw.reshape(-1, channels) if frame.format.is_packed else raw.T
    full_scale = _FULL_SCALE.get(frame.format.packed.name)
    if full_scale is None:
        return np.ascontiguousarray(raw, np.float32)
    offset = 128 if frame.format.packed.name == "u8" else 0
    return np.ascontiguousarray((raw.astype(np.float64) - offset) / full_scale, np.float32)


def _silence(length: int, channels: int) -> Iterator[Frames]:
    for start in range(0, length, _BLOCK_FRAMES):
        yield np.zeros((min(_BLOCK_FRAMES, length - start), channels), np.float32)
