"""Songs that nobody sang, of any length: harmonics that move in the middle, a band at the sides, drums."""

from pathlib import Path

import numpy as np

from studio.media.wav import Frames, WavWriter
from studio.model.project import Media, MediaId

_PIECE_S = 10


def song(seconds: float, rate_hz: int = 44100, seed: int = 0) -> Frames:
    """A mix in stereo, the same for the same seed. Shape (frames, 2)."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    f0_hz = 180 * 2 ** (rng.uniform(-0.5, 0.5) + 0.2 * np.sin(2 * np.pi * 0.3 * time_s))
    phase = 2 * np.pi * np.cumsum(f0_hz) / rate_hz
    sung = sum(np.sin(n * phase) / n for n in range(1, 9)) * (np.sin(2 * np.pi * 0.4 * time_s) > -0.5)
    left = sum(np.sin(2 * np.pi * hz * time_s) for hz in rng.uniform(100, 900, 4))
    right = sum(np.sin(2 * np.pi * hz * time_s) for hz in rng.uniform(100, 900, 4))
    beat = rng.normal(0, 1, len(time_s)) * np.exp(-12 * (time_s % 0.5))
    return np.stack((0.12 * sung + 0.05 * left + 0.05 * beat, 0.12 * sung + 0.05 * right + 0.05 * beat), axis=1).astype(
        np.float32
    )


def write_song(project_dir: Path, seconds: float, rate_hz: int = 44100) -> Media:
    """Lay a song of any length into a project's folder, in bounded memory."""
    (project_dir / "media").mkdir(parents=True, exist_ok=True)
    pieces = [song(_PIECE_S, rate_hz, seed) for seed in range(6)]
    length, order = round(seconds * rate_hz), np.random.default_rng(7)
    with WavWriter(project_dir / "media/song.wav", rate_hz, 2) as writer:
        while writer.length < length:
            piece = pieces[order.integers(len(pieces))] * np.float32(order.uniform(0.3, 1.0))
            writer.write(piece[: length - writer.length])
    return Media(id=MediaId("song"), name="song", file="media/song.wav", rate_hz=rate_hz, channels=2, length=length)
