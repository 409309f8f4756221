"""Sound as frames of 5 ms and back: cepstra to compare by, and WORLD's view of a voice.

WORLD: Morise, Yokomori, Ozawa, "WORLD: a vocoder-based high-quality speech synthesis system", 2016.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Mono

Matrix = NDArray[np.float32]
"""Frames beside each other, shape (frames, features)."""

Row = NDArray[np.float32]
"""A number a frame, shape (frames,)."""

HOP_S: Final = 0.005
HIGHEST_RATE_HZ: Final = 22050
"""eSpeak's rate: nothing above it could be blended with what it says."""

ORDER: Final = 50
CEPSTRA: Final = 16
_COMPARE_HZ: Final = 16000
_WINDOW: Final = 400
_FFT: Final = 512
_BANDS: Final = 40
_FLOOR: Final = 1e-3
_REACH: Final = 4
_DELTA_GAIN: Final = 3.0
_LOWEST_HZ: Final = 60.0
_HIGHEST_HZ: Final = 500.0


class World(NamedTuple):
    """A voice in frames: F0 in Hz (0 where unvoiced), mel-cepstra of its envelope, coded aperiodicity in dB."""

    f0_hz: Row
    envelope: Matrix
    aperiodicity: Matrix

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.f0_hz)


def frame_count(length: int, rate_hz: int) -> int:
    """Frames of a sound of so many samples."""
    return int(length / rate_hz / HOP_S) + 1


def resampled(samples: Mono, from_hz: int, to_hz: int) -> Mono:
    """The same sound at another rate."""
    import soxr

    if from_hz == to_hz:
        return np.asarray(samples, np.float32)
    made: Mono = soxr.resample(np.asarray(samples, np.float32), from_hz, to_hz)
    return made


def compared(samples: Mono, rate_hz: int, frames: int) -> Matrix:
    """Mel-frequency cepstra and how they change, shape (frames, 2 * CEPSTRA), whatever the rate."""
    from scipy.fft import dct

    sound = resampled(samples, rate_hz, _COMPARE_HZ)
    hop = round(_COMPARE_HZ * HOP_S)
    half = _FFT // 2
    padded = np.pad(sound, (half, half + hop * frames))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::hop][:frames]
    window = np.zeros(_FFT, np.float32)
    left = (_FFT - _WINDOW) // 2
    window[left : left + _WINDOW] = np.hanning(_WINDOW)
    spectra = np.abs(np.fft.rfft(windows * window, axis=1))
    bands = np.log(spectra @ _mel_bands().T + _FLOOR)
    cepstra = dct(bands, axis=1, norm="ortho")[:, :CEPSTRA]
    return np.hstack([cepstra, _slopes(cepstra) * _DELTA_GAIN]).astype(np.float32)


def enveloped(samples: Mono, rate_hz: int, f0_hz: Row) -> Matrix:
    """The mel-cepstra of WORLD's envelope of a sound whose F0 is known."""
    import pyworld

    times = np.arange(len(f0_hz)) * HOP_S
    envelope = pyworld.cheaptrick(np.ascontiguousarray(samples, np.float64), f0_hz.astype(np.float64), times, rate_hz)
    coded: Matrix = pyworld.code_spectral_envelope(envelope, rate_hz, ORDER).astype(np.float32)
    return coded


def analysed(samples: Mono, rate_hz: int, *, aperiodic: bool = True) -> World:
    """WORLD's analysis of a recording; without `aperiodic` it is quicker and says nothing of the noise in the voice."""
    import pyworld

    sound = np.ascontiguousarray(samples, np.float64)
    times = np.arange(frame_count(len(sound), rate_hz)) * HOP_S
    f0, at = pyworld.dio(
        sound, rate_hz, f0_floor=_LOWEST_HZ, f0_ceil=_HIGHEST_HZ, frame_period=HOP_S * 1000, allowed_range=0.1
    )
    f0 = pyworld.stonemask(sound, f0, at, rate_hz)
    f0 = np.ascontiguousarray(np.pad(f0, (0, max(0, len(times) - len(f0))))[: len(times)])  # dio may be one short
    envelope = pyworld.cheaptrick(sound, f0, times, rate_hz)
    bands = pyworld.get_num_aperiodicities(rate_hz)
    noise = np.zeros((len(times), bands))
    if aperiodic:
        noise = pyworld.code_aperiodicity(pyworld.d4c(sound, f0, times, rate_hz), rate_hz)
    coded = pyworld.code_spectral_envelope(envelope, rate_hz, ORDER)
    return World(f0.astype(np.float32), coded.astype(np.float32), noise.astype(np.float32))


def synthesised(world: World, rate_hz: int) -> Mono:
    """Sound from frames."""
    import pyworld

    fft = pyworld.get_cheaptrick_fft_size(rate_hz)
    envelope = pyworld.decode_spectral_envelope(np.ascontiguousarray(world.envelope, np.float64), rate_hz, fft)
    coded = np.ascontiguousarray(np.minimum(world.aperiodicity, -1e-9), np.float64)
    aperiodicity = pyworld.decode_aperiodicity(coded, rate_hz, fft)
    f0 = np.ascontiguousarray(world.f0_hz, np.float64)
    sound: Mono = pyworld.synthesize(f0, envelope, aperiodicity, rate_hz, HOP_S * 1000).astype(np.float32)
    return sound


def log_f0(f0_hz: Row) -> tuple[Row, NDArray[np.bool_]]:
    """The logarithm of F0, a straight line where there is no voice, and where there is one."""
    voiced = f0_hz > 0
    if voiced.sum() < 2:
        return np.full(len(f0_hz), np.log(150.0), np.float32), voiced
    at = np.flatnonzero(voiced)
    return np.interp(np.arange(len(f0_hz)), at, np.log(f0_hz[voiced])).astype(np.float32), voiced


def _slopes(rows: Matrix) -> Matrix:
    """The slope of a straight line through nine frames."""
    padded = np.pad(rows, ((_REACH, _REACH), (0, 0)), mode="edge")
    steps = np.arange(-_REACH, _REACH + 1)
    total = sum(step * padded[_REACH + step : _REACH + step + len(rows)] for step in steps)
    slopes: Matrix = np.asarray(total, np.float32) / np.float32((steps**2).sum())
    return slopes


@cache
def _mel_bands() -> Matrix:
    """Triangles of equal width on the mel scale from 60 to 7,600 Hz, shape (bands, bins), each of area one."""

    def mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
        return 2595.0 * np.log10(1.0 + hz / 700.0)

    lowest, highest = mel(np.array([60.0, 7600.0]))
    edges = np.linspace(lowest, highest, _BANDS + 2)
    corners = 700.0 * (10.0 ** (edges / 2595.0) - 1.0)
    bins = np.fft.rfftfreq(_FFT, 1.0 / _COMPARE_HZ)
    rise = (bins - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    fall = (corners[2:, None] - bins) / (corners[2:] - corners[1:-1])[:, None]
    bands = np.clip(np.minimum(rise, fall), 0.0, None) * (2.0 / (corners[2:] - corners[:-2]))[:, None]
    return bands.astype(np.float32)
