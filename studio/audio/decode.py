"""The sound of any file that FFmpeg reads, as blocks of mono or stereo float32 in bounded memory.

The one module that decodes foreign files. FFmpeg may raise anything on a broken one, so this border catches
everything: what could be decoded before is kept, and how much was lost is said.
"""

import time
from collections.abc import Generator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.codec.context import Flags2
from av.container import InputContainer

from studio.audio.downmix import to_channels
from studio.audio.resample import Resampler
from studio.errors import StudioError
from studio.media.wav import Frames

_BLOCK_FRAMES: Final = 1 << 16
_PATIENCE_S: Final = 10.0
_MOV: Final = "mov,mp4,m4a,3gp,3g2,mj2"
_TIMED: Final = frozenset({"matroska,webm", _MOV})  # their time stamps say where sound belongs
_GUESSED: Final = frozenset({"aac", "ac3", "eac3", "dts", "mp3", "mpeg", "mpegts"})  # lengths guessed from the bit rate
_SMALLEST_GAP_S: Final = 0.03
_LONGEST_FILL_S: Final = 600.0
_ABSURD: Final = 1e9  # a float file at the scale of 24-bit integers is still sound
_UNSET_FROM: Final = 0x7FFF0000  # what programs write that do not know the length yet
_CODEC_FRAME: Final = 4096
_FULL_SCALE: Final = {"u8": 128.0, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}


class Decoder:
    """An open file: `with Decoder(path) as sound: for block in sound.blocks(): ...`.

    `rate_hz` is the file's own, `channels` 1 or 2 whatever it has. A `StudioError` says why a file has no sound.
    After the last block `damage` says in a sentence what was lost, or nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._bad_packets = 0
        self._broke_off = False
        self._read_bytes = 0
        self._given = 0
        self._bad_samples = 0
        self._converters: dict[int, Resampler] = {}
        self._container = _opened(path)
        try:
            self._size = path.stat().st_size
            self._stream = _first_sound(self._container, path)
            self._cut_to = _riff_fraction(path) if self._container.format.name == "wav" else 1.0
            if (self._container.format.name, self._stream.codec_context.name) == ("caf", "alac"):
                # FFmpeg 8 cuts the short last frame of such a file short a second time
                self._stream.codec_context.flags2 |= Flags2.skip_manual
            self._frames = self._decoded()
            self._first = next(self._frames, None)
            if self._first is None:
                raise _nothing_decoded(path)
            self.rate_hz = self._first.sample_rate
            self.channels = min(self._first.layout.nb_channels, 2)
        except BaseException:
            self._container.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._frames.close()
        self._container.close()

    @property
    def fraction(self) -> float:
        """How much of the file has been read, 0 to 1: by its bytes, which do not lie, where the format says them."""
        if self._read_bytes:
            return min(1.0, self._read_bytes / max(1, self._size))
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

    def _loss(self) -> str:
        given_s = self._given / self.rate_hz
        expected_s = self.expected_s if self._length_is_stated else None
        if expected_s is not None and given_s < expected_s - max(0.5, expected_s / 100):
            return f"This file is damaged: {clock(given_s)} of about {clock(expected_s + 0.5)} could be read."
        if self._broke_off:
            return f"This file is damaged: it could be read up to {clock(given_s)}."
        if self._bad_packets == 1:
            return "This file is damaged: one short piece could not be read."
        if self._bad_packets:
            return f"This file is damaged: {self._bad_packets:,} short pieces could not be read."
        return ""

    def blocks(self) -> Iterator[Frames]:
        """Yield the sound once, in order, in blocks of about 65,536 frames, shape (n, channels)."""
        waiting: list[Frames] = []
        for piece in self._trimmed(self._pieces()):
            waiting.append(piece)
            if sum(map(len, waiting)) >= _BLOCK_FRAMES:
                yield self._joined(waiting)
                waiting = []
        if waiting:
            yield self._joined(waiting)

    def _joined(self, pieces: list[Frames]) -> Frames:
        block = np.concatenate(pieces)
        self._given += len(block)
        return block

    @property
    def _length_is_stated(self) -> bool:
        name = self._container.format.name
        return name not in _GUESSED or (name == "mp3" and bool(self._stream.start_time))  # then it has a LAME header

    def _decoded(self) -> Generator[AudioFrame]:
        packets = self._container.demux(self._stream)
        last_sound = time.monotonic()
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                self._read_bytes = max(self._read_bytes, (packet.pos or 0) + packet.size if packet.size else 0)
            except Exception:  # noqa: BLE001 - anything may come from a broken file
                self._broke_off = True
                yield from self._rest()
                return
            try:
                frames = packet.decode()
            except Exception:  # noqa: BLE001
                self._bad_packets += 1
                frames = []
            if frames:
                last_sound = time.monotonic()
            elif time.monotonic() - last_sound > _PATIENCE_S:
                self._broke_off = True
                return
            yield from frames

    def _rest(self) -> list[AudioFrame]:
        """What the decoder still holds after the file broke off."""
        try:
            return list(self._stream.codec_context.decode(None))
        except Exception:  # noqa: BLE001
            return []

    def _pieces(self) -> Iterator[Frames]:
        """Each frame as float32 at the sound's rate, with silence where the time stamps leave a gap."""
        starts_s = _first_picture_s(self._container) if self._container.format.name in _TIMED else None
        timed = self._container.format.name in _TIMED
        room_s = min(_LONGEST_FILL_S, (self._container.duration or 0) / 1_000_000)
        given = 0
        frame = self._first
        self._first = None
        while frame is not None:
            if timed and frame.pts is not None and frame.time_base is not None:
                if starts_s is None:
                    starts_s = float(frame.pts * frame.time_base)
                gap_s = float(frame.pts * frame.time_base) - starts_s - given / self.rate_hz
                if _SMALLEST_GAP_S < gap_s <= room_s:
                    room_s -= gap_s
                    for piece in _silence(round(gap_s * self.rate_hz), self.channels):
                        given += len(piece)
                        yield piece
            piece = self._converted(frame)
            given += len(piece)
            yield piece
            frame = next(self._frames, None)

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

    def _trimmed(self, pieces: Iterator[Frames]) -> Iterator[Frames]:
        """Leave out the padding of the last codec frame, which some files mark by the length of the sound alone."""
        by_length = self._container.format.name == _MOV or self._stream.codec_context.name == "vorbis"
        stated = self.expected_s if by_length else None
        if not stated:
            yield from pieces
            return
        stop = int(np.ceil((stated + 0.001) * self.rate_hz))  # lengths are rounded to a millisecond
        held: list[Frames] = []
        given = 0
        for piece in pieces:
            held.append(piece)
            given += len(piece)
            if given <= stop or given > stop + _CODEC_FRAME:
                yield from held
                held = []
        if held:
            last = np.concatenate(held)
            yield last[: len(last) - (given - stop)]


def clock(seconds: float) -> str:
    """Return a length as a person reads it: 0:41, 1:02:03."""
    whole = int(seconds)
    minutes = f"{whole // 60 % 60}:{whole % 60:02d}"
    return f"{whole // 3600}:{minutes:0>5}" if whole >= 3600 else minutes


def _opened(path: Path) -> InputContainer:
    name = path.name.encode("utf-8", "replace").decode()
    try:
        str(path).encode()
        if not path.is_file():
            raise _not_found(path) if not path.exists() else _not_sound(path, "It is not a file.")
        # "file:" because a name may look like a protocol; the white list because a playlist may name any address
        return av.open(f"file:{path}", options={"protocol_whitelist": "file"}, timeout=_PATIENCE_S)
    except StudioError:
        raise
    except UnicodeEncodeError as error:
        raise StudioError(
            "import-name",
            f"{name} was not imported.",
            cause="Its name has characters that are not valid Unicode.",
            remedy="Rename the file, or copy it under another name, then import it again.",
        ) from error
    except PermissionError as error:
        raise StudioError(
            "import-permission",
            f"{name} was not imported.",
            cause="You may not read this file.",
            remedy="Change its permissions, or copy it to a folder of yours.",
        ) from error
    except Exception as error:
        raise _not_sound(path, "Nothing in it looks like sound or video, or it is damaged from the start.") from error


def _first_sound(container: InputContainer, path: Path) -> AudioStream:
    if not container.streams.audio:
        raise StudioError(
            "import-no-sound",
            f"{path.name} was not imported.",
            cause="There is no sound in it.",
            remedy="Choose a sound file, or a video that has sound.",
        )
    return container.streams.audio[0]


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


def _not_found(path: Path) -> StudioError:
    return StudioError(
        "import-missing",
        f"{path.name} was not imported.",
        cause=f"There is no such file in {path.parent}.",
        remedy="Check the name, or whether the disk is connected.",
    )


def _not_sound(path: Path, cause: str) -> StudioError:
    return StudioError(
        "import-unreadable",
        f"{path.name} was not imported.",
        cause=cause,
        remedy="Play it in another program; if it plays there, convert it to WAV and import that.",
    )


def _nothing_decoded(path: Path) -> StudioError:
    return _not_sound(path, "It is damaged, or its sound is of a kind that the studio cannot decode.")
