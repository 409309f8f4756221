"""Recordings on which a tracker has little to go by, as files."""

from pathlib import Path

import numpy as np
import soundfile

from tests.helpers.voices import Mono, buzz, noise

SILENCE, NOISE, CLIPPED, TELEPHONE, CHORD, FINE, SHORT = (
    "silence",
    "noise",
    "clipped",
    "telephone",
    "chord",
    "fine",
    "short",
)


def write_all(folder: Path) -> dict[str, Path]:
    """Silence, noise, clipping, 8 kHz telephone speech, a chord, a 96 kHz file and one of 5 ms."""
    chord = buzz(220.0, 44100, 44100, 0.25) + buzz(277.2, 44100, 44100, 0.25) + buzz(329.6, 44100, 44100, 0.25)
    sounds: dict[str, tuple[Mono, int]] = {
        SILENCE: (np.zeros(44100, np.float32), 44100),
        NOISE: (noise(44100, 0.2), 44100),
        CLIPPED: (np.clip(buzz(150.0, 44100, 44100) * 20, -1, 1), 44100),
        TELEPHONE: (_telephone(), 8000),
        CHORD: (chord, 44100),
        FINE: (buzz(330.0, 96000, 96000), 96000),
        SHORT: (buzz(220.0, 44100, 220), 44100),
    }
    paths = {name: folder / f"{name}.wav" for name in sounds}
    for name, (sound, rate_hz) in sounds.items():
        soundfile.write(paths[name], sound, rate_hz, subtype="PCM_16")
    return paths


def _telephone() -> Mono:
    """A voice that falls from 160 to 120 Hz, with nothing left below 300 and above 3400 Hz, and some hiss."""
    voice = buzz(np.linspace(160.0, 120.0, 8000), 8000, 8000)
    spectrum = np.fft.rfft(voice)
    hz = np.fft.rfftfreq(len(voice), 1 / 8000)
    heard = np.fft.irfft(np.where((hz > 300) & (hz < 3400), spectrum, 0), len(voice))
    return (heard + noise(len(voice), 0.005)).astype(np.float32)
