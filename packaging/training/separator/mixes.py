"""Mixes to train on: a voice in a room over a band, what the network is told of them, and what it should answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from studio.engines.separation.cues import cues, pool, shares
from studio.engines.separation.spectrum import RATE_HZ, Spectrum, spectrum

if TYPE_CHECKING:
    from swift_f0 import SwiftF0

Sound = NDArray[np.float64]
"""Shape (samples, 2)."""

_LENGTH_S: Final = 8.0
_SAMPLES: Final = int(_LENGTH_S * RATE_HZ)
_VOICE_ALONE: Final = 0.12
_BAND_ALONE: Final = 0.22
_BREAK: Final = 0.1
_TWO_VOICES: Final = 0.12
_MONO: Final = 0.33


class Parts(NamedTuple):
    """Voice and band of one mix, each shape (samples, 2)."""

    voice: Sound
    band: Sound


def mix(random: np.random.Generator, voices: list[Path], bands: list[Path]) -> Parts:
    """One mix, put together at random."""
    kind = random.random()
    mono = random.random() < _MONO
    voice = _voice(random, voices, mono=mono)
    if random.random() < _TWO_VOICES:
        voice = voice + float(random.uniform(0.2, 0.8)) * _voice(random, voices, mono=mono)
    band = _band(random, bands, mono=mono)
    if random.random() < _BREAK:
        band = _broken_off(random, band)
    if kind < _VOICE_ALONE:
        return Parts(voice, np.zeros_like(voice))
    if kind < _VOICE_ALONE + _BAND_ALONE:
        return Parts(np.zeros_like(band), band)
    gain_db = float(np.clip(random.normal(0, 3.5), -7, 7))
    return Parts(voice * 10 ** (gain_db / 20), band)


def lesson(parts: Parts, tracker: "SwiftF0") -> dict[str, NDArray[np.float16]]:
    """What the network is given of a mix and what is needed to judge its masks.

    A mask m of a band leaves the error `own - 2 m shared + m² all`: three numbers a band, for middle and side.
    """
    both = spectrum((parts.voice + parts.band).astype(np.float32))
    told = cues(both, len(parts.voice), tracker, lambda _share, _doing: None)
    mixed, voice = _middle_and_side(both), _middle_and_side(spectrum(parts.voice.astype(np.float32)))
    power = mixed.real**2 + mixed.imag**2
    scale = 3e4 / (power.max() + 1e-9)
    whole = np.stack([_sum(part * scale) for part in power])
    shared = np.stack([_sum((v * m.conj()).real * scale) for v, m in zip(voice, mixed, strict=True)])
    own = np.stack([_sum((v.real**2 + v.imag**2) * scale) for v in voice])
    half = np.float16
    top = 6e4
    return {
        "bands": told.bands.astype(half),
        "frames": told.frames.astype(half),
        "all": np.clip(whole, 0, top).astype(half),
        "shared": np.clip(shared, -top, top).astype(half),
        "own": np.clip(own, 0, top).astype(half),
    }


def _sum(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """The power in each band: as `pool`, but added up where bins share a band."""
    return np.asarray(pool(power) * shares()[:, None])


def _middle_and_side(sides: Spectrum) -> Spectrum:
    return np.stack([(sides[0] + sides[1]) / 2, (sides[0] - sides[1]) / 2])


def _voice(random: np.random.Generator, voices: list[Path], *, mono: bool) -> Sound:
    line = np.zeros(_SAMPLES)
    at = int(random.uniform(-2, 0.5) * RATE_HZ) if random.random() < 0.65 else int(random.uniform(0, 4) * RATE_HZ)
    pause_s = random.uniform(0.2, 2.5)
    first = int(random.integers(len(voices)))
    while at < _SAMPLES:
        path = voices[first] if random.random() < 0.7 else voices[random.integers(len(voices))]
        samples = soundfile.read(path)[0]
        start, stop = max(at, 0), min(at + len(samples), _SAMPLES)
        if stop > start:
            line[start:stop] += samples[start - at : stop - at]
        at += len(samples) + int(pause_s * RATE_HZ)
    line = _tilted(random, line)
    if random.random() < 0.4:  # the noise of the room and the microphone belongs to the recording
        loudness = np.sqrt((line**2).mean()) * 10 ** (random.uniform(-55, -28) / 20)
        line = line + loudness * _tilted(random, random.normal(0, 1, _SAMPLES))
    decay_s = random.uniform(0.25, 2.0)
    t = np.arange(int(decay_s * RATE_HZ)) / RATE_HZ
    room = random.normal(0, 1, (len(t), 2)) * 10 ** (-3 * t / decay_s)[:, None]
    room = sosfilt(butter(1, random.uniform(2500, 14000), fs=RATE_HZ, output="sos"), room, axis=0)
    room /= np.sqrt((room**2).sum(0))
    wet = 10 ** (random.uniform(-26, -5) / 20) if random.random() < 0.75 else 0.0
    sides = np.stack([line, line], 1)
    if wet:
        sides = sides + wet * np.stack([fftconvolve(line, room[:, side])[:_SAMPLES] for side in (0, 1)], 1)
    if mono:
        sides[:] = sides.mean(1, keepdims=True)
    return np.asarray(sides / (np.sqrt((sides**2).mean()) + 1e-9))


def _band(random: np.random.Generator, bands: list[Path], *, mono: bool) -> Sound:
    samples = soundfile.read(bands[random.integers(len(bands))])[0]
    start = int(random.integers(max(1, len(samples) - _SAMPLES)))
    sides = np.zeros((_SAMPLES, 2))
    taken = samples[start : start + _SAMPLES]
    sides[: len(taken)] = taken
    sides = _tilted(random, sides)
    width = 0.0 if mono else float(random.choice([0.5, 1, 1, 1, 1.4, 1.8]))
    middle, side = sides.mean(1), (sides[:, 0] - sides[:, 1]) / 2
    sides = np.stack([middle + width * side, middle - width * side], 1)
    return np.asarray(sides / (np.sqrt((sides**2).mean()) + 1e-9))


def _broken_off(random: np.random.Generator, band: Sound) -> Sound:
    """The band falls silent, or comes in late."""
    at = int(random.uniform(0.25, 0.75) * _SAMPLES)
    ramp = np.clip((np.arange(_SAMPLES) - at) / (random.uniform(0.02, 0.5) * RATE_HZ), 0, 1)[:, None]
    return np.asarray(band * (ramp if random.random() < 0.5 else 1 - ramp))


def _tilted(random: np.random.Generator, sound: Sound) -> Sound:
    """Darker or brighter: as another microphone, another desk would have made it."""
    low = sosfilt(butter(1, random.uniform(300, 3000), fs=RATE_HZ, output="sos"), sound, axis=0)
    gains = 10 ** (random.uniform(-5, 5, 2) / 20)
    return np.asarray(gains[0] * low + gains[1] * (sound - low))
