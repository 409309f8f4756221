"""Melodies as files: a float32 WAV of two channels, F0 in Hz (NaN where unvoiced) and confidence, beside the media."""

import os
from pathlib import Path

import numpy as np

from studio.media.wav import MappedWav, WavWriter
from studio.model.pitch import PitchCurve
from studio.model.project import Pitch


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
