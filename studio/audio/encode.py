"""Writes sound into the formats that people send each other.

The one module that encodes, by FFmpeg. Encoders that put a delay before the sound say so in the file (LAME header,
edit list, pre-skip), so a decoder gives back the sound where it was.

To add a format: a row in `FORMATS`.
"""

import contextlib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, NamedTuple, Self, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from studio.audio.dither import Quantiser
from studio.media.wav import Frames

Container = Literal["wav", "flac", "mp3", "m4a", "opus"]
SampleFormat = Literal["int16", "int24", "float32"]

_BITS: Final[Mapping[SampleFormat, int]] = {"int16": 16, "int24": 24, "float32": 0}
_Samples = NDArray[np.float32] | NDArray[np.int32] | NDArray[np.int16]
_FRAME: Final = 4096
_AAC_HZ: Final = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000)
_MP3_HZ: Final = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)


class Format(NamedTuple):
    """How FFmpeg writes one kind of file; `kbps` is a good default for mono and for stereo, `rates_hz` () any."""

    muxer: str
    encoder: str
    suffix: str
    rates_hz: tuple[int, ...] = ()
    kbps: tuple[int, int] = (0, 0)

    @property
    def lossy(self) -> bool:
        """Whether what is read back differs from what was written."""
        return bool(self.kbps[0])


FORMATS: Final[Mapping[Container, Format]] = {
    "wav": Format("wav", "pcm", ".wav"),
    "flac": Format("flac", "flac", ".flac"),
    "mp3": Format("mp3", "libmp3lame", ".mp3", _MP3_HZ, (128, 192)),
    "m4a": Format("ipod", "aac", ".m4a", _AAC_HZ, (128, 192)),
    "opus": Format("opus", "libopus", ".opus", (48000,), (80, 128)),
}


class Choice(NamedTuple):
    """What a finished file should be. `rate_hz` is taken from `possible_rate`; `bitrate_kbps` 0 is the good default."""

    container: Container
    sample_format: SampleFormat
    rate_hz: int
    channels: int
    bitrate_kbps: int = 0
    dither: bool = True
    title: str = ""
    artist: str = ""
    comment: str = ""


def possible_rate(container: Container, rate_hz: int) -> int:
    """Return the rate that comes closest to `rate_hz` from above, else from below, that the format can hold."""
    rates = FORMATS[container].rates_hz
    return min((rate for rate in rates if rate >= rate_hz), default=max(rates)) if rates else rate_hz


class Encoder:
    """Writes one file from start to end. Close it also after a failure; whoever opened it removes the remains."""

    def __init__(self, path: Path, choice: Choice) -> None:
        self._format = FORMATS[choice.container]
        self._bits = 0 if self._format.lossy else _bits(choice)
        self._quantiser = Quantiser(self._bits, dither=choice.dither and self._bits == 16) if self._bits else None
        self._given = 0
        options = {"rf64": "auto"} if choice.container == "wav" else {}
        self._out = av.open(f"file:{path}", "w", format=self._format.muxer, options=options)
        try:
            self._out.metadata.update(_tags(choice))
            self._stream = self._add_stream(choice)
            self._stream.codec_context.open()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self._frame = self._stream.codec_context.frame_size or _FRAME
        self._rest: Frames = np.zeros((0, choice.channels), np.float32)

    @property
    def clipped(self) -> int:
        """Samples beyond full scale, which a file of whole numbers cannot hold."""
        return self._quantiser.clipped if self._quantiser else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # on a full disk closing fails too, after writing already has
            self._out.close()

    def write(self, block: Frames) -> Frames:
        """Append frames, shape (n, channels). Returns what a player of a lossless file will hear of them."""
        waiting = np.concatenate((self._rest, block)) if len(self._rest) else block
        whole = len(waiting) // self._frame * self._frame
        self._rest = waiting[whole:].copy()
        return self._encode(waiting[:whole])

    def finish(self) -> Frames:
        """Write what is left and the final header. Returns what a player will hear of the rest."""
        heard = self._encode(self._rest)
        self._out.mux(self._stream.encode(None))
        self._out.close()
        return heard

    def _encode(self, block: Frames) -> Frames:
        context = self._stream.codec_context
        heard = block
        raw: _Samples = block
        if self._quantiser:
            steps = self._quantiser.quantise(block)
            heard = (steps / 2.0 ** (self._bits - 1)).astype(np.float32)
            raw = steps << 8 if self._bits == 24 else steps.astype(np.int16)
        raw = raw.T if context.format.is_planar else raw.reshape(1, -1)
        step = self._frame if context.format.is_planar else self._frame * block.shape[1]
        for start in range(0, raw.shape[1], step):
            piece = cast("_Samples", np.ascontiguousarray(raw[:, start : start + step]))
            frame = AudioFrame.from_ndarray(piece, context.format.name, context.layout.name)
            frame.sample_rate = context.sample_rate
            frame.time_base = Fraction(1, context.sample_rate)
            frame.pts = self._given
            self._given += frame.samples
            self._out.mux(self._stream.encode(frame))
        return heard

    def _add_stream(self, choice: Choice) -> AudioStream:
        encoder, sample_format = self._format.encoder, {"libopus": "flt"}.get(self._format.encoder, "fltp")
        if not self._format.lossy:
            sample_format = {16: "s16", 24: "s32", 0: "flt"}[self._bits]
        if encoder == "pcm":
            encoder = {16: "pcm_s16le", 24: "pcm_s24le", 0: "pcm_f32le"}[self._bits]
        stream = self._out.add_stream(encoder, rate=choice.rate_hz)
        if not isinstance(stream, AudioStream):
            raise TypeError(f"{encoder} does not encode sound")
        stream.codec_context.layout = "stereo" if choice.channels == 2 else "mono"
        stream.codec_context.format = av.AudioFormat(sample_format)
        if self._format.lossy:
            stream.codec_context.bit_rate = 1000 * (choice.bitrate_kbps or self._format.kbps[choice.channels - 1])
        return stream


def _bits(choice: Choice) -> int:
    """FLAC holds no floats: 24 bits are what comes closest."""
    return _BITS[choice.sample_format] or (24 if choice.container == "flac" else 0)


def _tags(choice: Choice) -> dict[str, str]:
    tags = {"title": choice.title, "artist": choice.artist, "comment": choice.comment}
    return {name: " ".join(text.split()) for name, text in tags.items() if text.strip()}
