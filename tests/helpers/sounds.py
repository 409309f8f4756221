"""Sounds for tests: voices with harmonics, sweeps, counters, and files of them in every format that people have."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from studio.media.wav import Frames, WavWriter
from studio.model.project import Media, MediaId


def buzz(length: int, rate_hz: int = 48000, f0_hz: float = 220.0, gain: float = 0.2) -> Frames:
    """A mono voice of sorts: twelve harmonics, each weaker than the one before. Shape (length, 1)."""
    phase = 2 * np.pi * f0_hz * np.arange(length) / rate_hz
    harmonics = np.arange(1, min(12, int(rate_hz / 2.2 / f0_hz)) + 1)
    return _column(gain * np.sum([np.sin(n * phase) / n for n in harmonics], axis=0))


def sweep(length: int, rate_hz: int = 48000, low_hz: float = 80.0, high_hz: float = 7000.0) -> Frames:
    """A tone that rises from low to high, at 0.3. Nothing in it repeats, so an offset shows. Shape (length, 1)."""
    time_s = np.arange(length) / rate_hz
    growth = np.log(high_hz / low_hz) * rate_hz / max(length, 1)
    return _column(0.3 * np.sin(2 * np.pi * low_hz * (np.exp(growth * time_s) - 1) / growth))


def noise(length: int, channels: int = 1, seed: int = 0, gain: float = 0.3) -> Frames:
    """White noise, the same for the same seed. Shape (length, channels)."""
    return np.random.default_rng(seed).uniform(-gain, gain, (length, channels)).astype(np.float32)


def counter(length: int, channels: int = 1, start: int = 0) -> Frames:
    """Samples that tell where they are: exactly `(start + i) / 2**20`, negated on every other channel."""
    column = ((np.arange(start, start + length) % 2**20) / 2**20).astype(np.float32)[:, None]
    signs = np.array([1, -1] * channels, np.float32)[:channels]
    return np.ascontiguousarray(column * signs)


def _column(samples: NDArray[np.float64]) -> Frames:
    return samples.astype(np.float32)[:, None]


def write_medium(project_dir: Path, id: str, frames: Frames, rate_hz: int = 48000) -> Media:
    """Lay a sound into a project's folder as its importer would, under an id of the test's choice."""
    file = f"media/{id}.wav"
    (project_dir / "media").mkdir(parents=True, exist_ok=True)
    with WavWriter(project_dir / file, rate_hz, frames.shape[1]) as writer:
        writer.write(frames)
    return Media(id=MediaId(id), name=id, file=file, rate_hz=rate_hz, channels=frames.shape[1], length=len(frames))


# What FFmpeg writes: suffix of the file -> (container, encoder, sample format, rate or 0 for any)
BY_FFMPEG: Final = {
    "wav": ("wav", "pcm_s16le", "s16", 0),
    "w64": ("w64", "pcm_s24le", "s32", 0),
    "aiff": ("aiff", "pcm_s16be", "s16", 0),
    "caf": ("caf", "alac", "s16p", 0),
    "flac": ("flac", "flac", "s16", 0),
    "mp3": ("mp3", "libmp3lame", "fltp", 0),
    "m4a": ("ipod", "aac", "fltp", 0),
    "alac.m4a": ("ipod", "alac", "s16p", 0),
    "aac": ("adts", "aac", "fltp", 0),
    "opus": ("opus", "libopus", "flt", 48000),
    "ogg": ("ogg", "flac", "s16", 0),
    "wma": ("asf", "wmav2", "fltp", 0),
    "mka": ("matroska", "pcm_f32le", "flt", 0),
    "webm": ("webm", "libopus", "flt", 48000),
    "ac3": ("ac3", "ac3", "fltp", 0),
    "mp2": ("mp2", "mp2", "s16", 0),
    "au": ("au", "pcm_s16be", "s16", 0),
}
BY_LIBSNDFILE: Final = {"rf64": ("RF64", "PCM_24"), "vorbis.ogg": ("OGG", "VORBIS"), "u8.wav": ("WAV", "PCM_U8")}
VIDEO: Final = {
    "mp4": ("mp4", "libx264", "aac", "fltp", 0),
    "mov": ("mov", "libx264", "pcm_s16le", "s16", 0),
    "mkv": ("matroska", "libx264", "flac", "s16", 0),
    "video.webm": ("webm", "libvpx", "libopus", "flt", 48000),
    "avi": ("avi", "mpeg4", "libmp3lame", "fltp", 0),
}
SUFFIXES: Final = (*BY_FFMPEG, *BY_LIBSNDFILE, *VIDEO)


def write_as(suffix: str, path: Path, frames: Frames, rate_hz: int = 48000) -> Path:
    """Write a sound in the format that a suffix of `SUFFIXES` stands for."""
    if suffix in BY_LIBSNDFILE:
        container, subtype = BY_LIBSNDFILE[suffix]
        soundfile.write(path, frames, rate_hz, format=container, subtype=subtype)
    elif suffix in VIDEO:
        _write_video(path, frames, rate_hz, *VIDEO[suffix])
    else:
        container, encoder, sample_format, only_hz = BY_FFMPEG[suffix]
        assert only_hz in (0, rate_hz), f"{suffix} is always at {only_hz} Hz"
        with av.open(str(path), "w", format=container) as out:
            encode_sound(out, sound_stream(out, encoder, sample_format, rate_hz, frames.shape[1]), frames)
    return path


def sound_stream(
    out: av.container.OutputContainer, encoder: str, sample_format: str, rate_hz: int, channels: int
) -> av.AudioStream:
    stream = out.add_stream(encoder, rate=rate_hz)
    assert isinstance(stream, av.AudioStream)
    stream.codec_context.layout = "stereo" if channels == 2 else "mono" if channels == 1 else f"{channels}c"
    stream.codec_context.format = av.AudioFormat(sample_format)
    if encoder not in ("flac", "alac") and not encoder.startswith("pcm"):
        stream.codec_context.bit_rate = 192000
    return stream


def encode_sound(out: av.container.OutputContainer, stream: av.AudioStream, frames: Frames) -> None:
    context = stream.codec_context
    resampler = av.AudioResampler(context.format, context.layout, context.sample_rate, context.frame_size or 1024)
    for start in range(0, len(frames), 1024):
        block = np.ascontiguousarray(frames[start : start + 1024].T.reshape(frames.shape[1], -1))
        frame = av.AudioFrame.from_ndarray(block, "fltp", context.layout.name)
        frame.sample_rate = context.sample_rate
        frame.pts = start
        frame.time_base = Fraction(1, context.sample_rate)
        for ready in resampler.resample(frame):
            out.mux(stream.encode(ready))
    for ready in resampler.resample(None):
        out.mux(stream.encode(ready))
    out.mux(stream.encode(None))


def _write_video(
    path: Path,
    frames: Frames,
    rate_hz: int,
    container: str,
    picture_encoder: str,
    encoder: str,
    sample_format: str,
    only_hz: int,
) -> None:
    assert only_hz in (0, rate_hz)
    with av.open(str(path), "w", format=container) as out:
        picture = out.add_stream(picture_encoder, rate=10)
        assert isinstance(picture, av.VideoStream)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        sound = sound_stream(out, encoder, sample_format, rate_hz, frames.shape[1])
        for index in range(max(1, len(frames) * 10 // rate_hz)):
            grey = np.full((64, 64, 3), index % 256, np.uint8)
            out.mux(picture.encode(av.VideoFrame.from_ndarray(grey, "rgb24")))
        out.mux(picture.encode(None))
        encode_sound(out, sound, frames)
