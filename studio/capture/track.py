"""One sound on its way into the file: laid on the clock of the picture, kept there, and encoded.

A sound card's second is not the computer's second: after ten minutes the two are some 30 ms apart. What is missing or
too much is stretched into blocks a sample at a time, which nobody hears; a real gap is filled with silence.
"""

from fractions import Fraction
from typing import Final

import av
import numpy as np
import soxr
from av.audio.stream import AudioStream
from av.codec.context import Flags

from studio.capture.chunk import Chunk, chunk_of
from studio.capture.listening import RATE_HZ, Source
from studio.media.wav import Frames

BLOCK: Final = 1024
"""Samples of one AAC packet."""

_TIME_BASE: Final = Fraction(1, RATE_HZ)
_JUMP_S: Final = 0.06
_CALM: Final = 0.02
_DEAD_BAND_S: Final = 0.0005
_LOST_S: Final = 1.5
_BEHIND_S: Final = 0.3
_PIECE: Final = 4800


class Aligned:
    """A source on the clock of the recording: sample n of its output was heard n / 48000 s after the start."""

    def __init__(self, source: Source, start_s: float, earlier_s: float = 0.0) -> None:
        """`earlier_s` is how much sooner than it came the sound is to be put: the delay a person measured."""
        self.source = source
        self.written = 0
        self.error_s = 0.0
        self.slipped = 0
        self.filled = 0
        self._start_s = start_s + earlier_s
        self._piece: Frames = np.zeros((_PIECE, 2), np.float32)
        self._resampler = (
            soxr.ResampleStream(source.rate_hz, RATE_HZ, 2, dtype="float32") if source.rate_hz != RATE_HZ else None
        )
        self._settled = False

    def pull(self, now_s: float) -> list[Frames]:
        """Return what has come since, (n, 2) each, in step with the clock."""
        out: list[Frames] = []
        offset_s = self.source.offset_s()
        behind_s = now_s - self._start_s - self.written / RATE_HZ
        if offset_s is None or not self.source.available:
            if behind_s > _LOST_S:  # nothing comes: silence, so that the picture need not wait for it
                out.append(self._silence(round((behind_s - _BEHIND_S) * RATE_HZ)))
                self._settled = False
            return out
        while self.source.available:
            first = self.source.read
            count = self.source.read_into(self._piece)
            if not count:
                break
            frames = self._piece[:count].copy()
            if self._resampler is not None:
                frames = self._resampler.resample_chunk(frames)
            error_s = offset_s + first / self.source.rate_hz - self._start_s - self.written / RATE_HZ
            out += self._placed(frames, error_s)
        return out

    def _placed(self, frames: Frames, error_s: float) -> list[Frames]:
        """`error_s` is how much later than the next sample to be written these frames were heard."""
        out: list[Frames] = []
        if not self._settled or abs(error_s) > _JUMP_S:
            self.error_s = 0.0
            if error_s > 0:
                out.append(self._silence(round(error_s * RATE_HZ)))
            else:
                frames = frames[min(len(frames), round(-error_s * RATE_HZ)) :]
            if not len(frames):
                return out
            self._settled = True
        else:
            self.error_s += _CALM * (error_s - self.error_s)
            if abs(self.error_s) > _DEAD_BAND_S and len(frames) > 2:
                step = 1 if self.error_s > 0 else -1
                frames = stretched(frames, len(frames) + step)
                self.error_s -= step / RATE_HZ
                self.slipped += step
        self.written += len(frames)
        return [*out, frames]

    def _silence(self, samples: int) -> Frames:
        self.written += samples
        self.filled += samples
        return np.zeros((samples, 2), np.float32)


def stretched(frames: Frames, length: int) -> Frames:
    """The same sound over `length` frames, ends kept, by cubic interpolation (Catmull-Rom)."""
    at = np.linspace(0, len(frames) - 1, length)
    left = np.minimum(at.astype(int), len(frames) - 2)
    t = (at - left)[:, None].astype(np.float32)
    a, b, c, d = (frames[np.clip(left + step, 0, len(frames) - 1)] for step in (-1, 0, 1, 2))
    out: Frames = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return out


class SoundEncoder:
    """Encodes stereo at 48 kHz as AAC; its stream is a template for files, as that of `PictureEncoder`."""

    def __init__(self, stream: int, bitrate_kbps: int = 192) -> None:
        self._number = stream
        self._nowhere = av.open("/dev/null", "w", format="null")
        self.template: AudioStream = self._nowhere.add_stream("aac", RATE_HZ, layout="stereo")
        context = self.template.codec_context
        context.bit_rate = bitrate_kbps * 1000
        context.flags |= Flags.global_header.value
        self._nowhere.start_encoding()
        self._waiting: Frames = np.zeros((0, 2), np.float32)
        self._encoded = 0

    def encode(self, frames: Frames) -> list[Chunk]:
        """Take (n, 2) and return the packets that are complete."""
        sound = np.concatenate((self._waiting, frames))
        whole = len(sound) // BLOCK * BLOCK
        self._waiting = sound[whole:]
        return [chunk for start in range(0, whole, BLOCK) for chunk in self._packets(sound[start : start + BLOCK])]

    def flush(self, total: int) -> list[Chunk]:
        """What is left of `total` samples; the last packet says that it ends where they do."""
        last = np.zeros((BLOCK, 2), np.float32)
        last[: len(self._waiting)] = self._waiting
        self._waiting = last[:0]
        chunks = self._packets(last)
        chunks += [self._chunk(packet) for packet in self.template.codec_context.encode(None)]
        return [c._replace(duration=min(c.duration, total - c.pts)) for c in chunks if c.pts < total]

    def close(self) -> None:
        """Free the encoder."""
        self._nowhere.close()

    def _packets(self, block: Frames) -> list[Chunk]:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block.T), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._encoded, _TIME_BASE
        self._encoded += BLOCK
        return [self._chunk(packet) for packet in self.template.codec_context.encode(frame)]

    def _chunk(self, packet: "av.Packet[AudioStream]") -> Chunk:
        return chunk_of(packet, self._number, _TIME_BASE)  # type: ignore[arg-type]
