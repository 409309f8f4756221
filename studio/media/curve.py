"""Melodies as files: a float32 WAV of two channels, F0 in Hz (NaN where unvoiced) and confidence, beside the media."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from studio.media.wav import MappedWav, WavWriter
from studio.model.pitch import PitchCurve
from studio.model.project import MelodyPiece, Pitch


def write_curve(path: Path, curve: PitchCurve) -> None:
    """Write a curve to `path`, which appears whole and on the disk or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        with WavWriter(part, curve.frames_per_s, channels=2) as writer:
            writer.write(np.stack((curve.hz, curve.confidence), axis=1))
            writer.sync()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_curve(project_dir: Path, pitch: Pitch) -> PitchCurve:
    """The curve of a melody, mapped read-only; a `StudioError` says why when its file is missing or broken."""
    wav = MappedWav.open(project_dir / pitch.file)
    return PitchCurve(frames_per_s=pitch.frames_per_s, hz=wav.frames[:, 0], confidence=wav.frames[:, 1])


def covers(pieces: Sequence[MelodyPiece], start: int, stop: int, frames_per_s: int) -> bool:
    """Whether a melody in pieces, in their order, of so many frames a second, is known of a whole stretch."""
    for piece in pieces:
        if piece.pitch.frames_per_s == frames_per_s and piece.start <= start:
            start = max(start, piece.stop)
    return start >= stop


def read_pieces(
    project_dir: Path, pieces: Sequence[MelodyPiece], start: int, length: int, rate_hz: int, frames_per_s: int
) -> PitchCurve:
    """The melody of a stretch of a medium whose parts lie in several curves, from the sample `start` on.

    Unvoiced where no piece of that many frames a second has anything to say.
    """
    count = -(-length * frames_per_s // rate_hz)
    hz, confidence = np.full(count, np.nan, np.float32), np.zeros(count, np.float32)
    samples = start + np.arange(count) * (rate_hz / frames_per_s)
    for piece in pieces:
        if piece.pitch.frames_per_s != frames_per_s:
            continue
        known = read_curve(project_dir, piece.pitch)
        there = (samples >= piece.start) & (samples < piece.stop)
        wanted = np.round((samples[there] - piece.pitch.start) * frames_per_s / rate_hz).astype(np.int64)
        wanted = np.minimum(wanted, len(known.hz) - 1)
        hz[there], confidence[there] = known.hz[wanted], known.confidence[wanted]
    return PitchCurve(frames_per_s=frames_per_s, hz=hz, confidence=confidence)
