"""Speech with noise or a room on it, and how far from it a cleaned one is."""

from functools import cache

import numpy as np
import soxr

from studio.engines import registry
from studio.engines.base import Effort, LearnsNoise, Report, Sound, Whole
from studio.engines.espeak import speak
from tests.helpers.voices import noise

_TEXT = "The north wind and the sun were disputing which was the stronger, when a traveller came along."


@cache
def _spoken() -> tuple[np.ndarray[tuple[int], np.dtype[np.float32]], int]:
    sound, rate_hz = speak(_TEXT, voice="en-us")
    return sound / np.abs(sound).max() * np.float32(0.5), rate_hz


def speech(rate_hz: int) -> Sound:
    """Six seconds of clean speech, shape (samples, 1)."""
    sound, at_hz = _spoken()
    return np.asarray(soxr.resample(sound, at_hz, rate_hz), np.float32)[:, None]


def pink(length: int) -> Sound:
    spectrum = np.fft.rfft(noise(length))
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), length).astype(np.float32)


def with_noise(clean: Sound, dirt: Sound, ratio_db: float) -> Sound:
    scale = np.sqrt(np.mean(clean**2) / np.mean(dirt**2) / 10 ** (ratio_db / 10))
    return (clean + np.float32(scale) * dirt[:, None]).astype(np.float32)


def clean_up(
    id: str,
    sound: Sound,
    rate_hz: int,
    strength: float = 1.0,
    report: Report = lambda *_: None,
    noise: Sound | None = None,
) -> Sound:
    """What an engine makes of a sound, after it was shown `noise` where that is given."""
    engine = registry.denoiser(id)
    assert noise is None or isinstance(engine, LearnsNoise)
    mono = sound.mean(axis=1) if len(sound) else np.zeros(1, np.float32)
    whole = Whole(
        length_s=len(sound) / rate_hz,
        mean=float(mono.mean()),
        std=float(mono.std()),
        peak=float(np.abs(mono).max()),
        side_db=-200.0,
        noise=engine.learn_noise(noise, rate_hz) if noise is not None and isinstance(engine, LearnsNoise) else (),
    )
    return engine.denoise(sound, rate_hz, strength=strength, whole=whole, settings={}, effort=Effort(), report=report)


def si_sdr_db(wanted: Sound, found: Sound) -> float:
    share = np.sum(wanted * found) / np.sum(wanted**2)
    return float(10 * np.log10(np.sum((share * wanted) ** 2) / np.sum((found - share * wanted) ** 2)))


def segmental_db(wanted: Sound, found: Sound, rate_hz: int) -> float:
    """The mean of the ratios of sound to error in the 20 ms frames that hold speech, each kept in -10 to 35 dB."""
    size = rate_hz // 50
    frames = len(wanted) // size
    speech_power, error = (
        np.mean(part[: frames * size, 0].reshape(frames, size) ** 2, axis=1) for part in (wanted, found - wanted)
    )
    spoken = speech_power > 1e-4 * speech_power.max()
    return float(np.mean(np.clip(10 * np.log10(speech_power[spoken] / error[spoken]), -10, 35)))
