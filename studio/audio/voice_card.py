"""What can be measured of spoken sentences without a model: loudness, noise, and how near the timbre comes."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.audio.loudness import LoudnessMeter

Mono = NDArray[np.float32]
Bands = NDArray[np.float64]

_FFT_S: Final = 0.032
_BANDS: Final = 24
_LOW_HZ: Final = 120.0
_HIGH_HZ: Final = 7000.0
_FRAME_S: Final = 0.02
_LOUD_SHARE: Final = 40
_FLOOR: Final = 1e-6


def loudness_lufs(sentences: Sequence[Mono], rate_hz: int) -> float | None:
    """Gated loudness of all sentences after BS.1770; None where they are too short or silent."""
    meter = LoudnessMeter(rate_hz, 1)
    for sentence in sentences:
        meter.add(np.ascontiguousarray(sentence[:, None]))
    return meter.measured().integrated_lufs


def noise_db(sentences: Sequence[Mono], rate_hz: int) -> float | None:
    """How far the quietest twentieth of all 20 ms frames lies below the loudest tenth, in dB, 0 or less."""
    hop = round(_FRAME_S * rate_hz)
    frames = [sentence[: len(sentence) // hop * hop].reshape(-1, hop) for sentence in sentences]
    power = np.concatenate([(rows.astype(np.float64) ** 2).mean(1) for rows in frames])
    power = power[power > 0]
    if len(power) < _LOUD_SHARE:
        return None
    levels = 10 * np.log10(power)
    return float(np.percentile(levels, 5) - np.percentile(levels, 90))


def timbre(sounds: Sequence[Mono], rate_hz: int) -> Bands | None:
    """The average spectrum of what is loud in some speech: dB in 24 bands equally wide on the mel scale, mean 0."""
    size = 1 << round(np.log2(_FFT_S * rate_hz))
    window = np.hanning(size)
    total, count = np.zeros(size // 2 + 1), 0
    for sound in sounds:
        if len(sound) < size:
            continue
        frames = np.lib.stride_tricks.sliding_window_view(sound, size)[:: size // 2]
        spectra = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
        levels = spectra.sum(1)
        loud = spectra[levels >= np.percentile(levels, _LOUD_SHARE)]
        total, count = total + loud.sum(0), count + len(loud)
    if not count or not total.any():
        return None
    mels = np.linspace(_mel(_LOW_HZ), _mel(min(_HIGH_HZ, 0.45 * rate_hz)), _BANDS + 1)
    edges = 700 * (10 ** (mels / 2595) - 1)
    bins = np.fft.rfftfreq(size, 1 / rate_hz)
    inside = [(bins >= low) & (bins < high) for low, high in pairwise(edges)]
    rows = np.array([total[at].mean() if at.any() else np.interp(edges[i], bins, total) for i, at in enumerate(inside)])
    bands = 10 * np.log10(rows + _FLOOR * rows.max())
    level: Bands = bands - bands.mean()
    return level


def apart_db(one: Bands | None, other: Bands | None) -> float | None:
    """How far two timbres lie apart: the root mean square of their bands' difference."""
    if one is None or other is None:
        return None
    return float(np.sqrt(np.mean((one - other) ** 2)))


def _mel(hz: float) -> float:
    return float(2595 * np.log10(1 + hz / 700))
