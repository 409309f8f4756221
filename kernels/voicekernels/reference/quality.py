"""Measures of a voice's sound and steadiness on a stretch of it, as phonetics has them. Not a diagnosis.

Jitter and shimmer are those of Praat's manual ("Voice 2. Jitter", "Voice 3. Shimmer"; RAP: Koike 1973, PPQ5: Davis
1976). Formants come from the roots of a linear predictor by Burg's method (Markel & Gray, Linear Prediction of Speech,
1976). CPP: Hillenbrand, Cleveland & Erickson, JSHR 37, 1994. Singing power ratio: Omori et al., J. Voice 10(3), 1996.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

_SHORTEST_S: Final = 0.0001
_LONGEST_S: Final = 0.02
_LARGEST_RATIO: Final = 1.3  # neighbouring periods further apart are no pair
_LARGEST_AMPLITUDE_RATIO: Final = 1.6
TINY: Final = 1e-20
FINER: Final = 8
FEWEST_SAMPLES: Final = 16


class Steadiness(NamedTuple):
    """How alike neighbouring periods are, as shares of their mean; NaN where too few of them are pairs."""

    jitter_local: float
    jitter_rap: float
    jitter_ppq5: float
    shimmer_local: float


def steadiness(pulses_s: Series, amplitudes: Series) -> Steadiness:
    """Return jitter and shimmer of a train of pulses.

    `pulses_s` is when each period begins, in seconds, rising; `amplitudes`, of the same shape, how large the sound is
    there. Raises ValueError for shapes that differ.
    """
    if pulses_s.ndim != 1 or pulses_s.shape != amplitudes.shape:
        raise ValueError(f"each pulse needs an amplitude: {pulses_s.shape}, {amplitudes.shape}")
    periods = np.diff(pulses_s)
    fit = (periods >= _SHORTEST_S) & (periods <= _LONGEST_S)
    close = fit[1:] & fit[:-1] & (_ratio(periods[1:], periods[:-1]) <= _LARGEST_RATIO)
    loud = close & (_ratio(amplitudes[1:-1], amplitudes[:-2]) <= _LARGEST_AMPLITUDE_RATIO)
    mean = float(np.mean(periods[fit])) if fit.any() else np.nan
    steps = np.abs(np.diff(amplitudes))[: len(loud)]
    mean_amplitude = float(np.mean(amplitudes[:-1][fit])) if fit.any() else np.nan
    return Steadiness(
        _share(np.abs(np.diff(periods)), close, mean),
        _share(_bent(periods, 3), _all_of(close, 2), mean),
        _share(_bent(periods, 5), _all_of(close, 4), mean),
        _share(steps, loud, mean_amplitude),
    )


def _ratio(one: Series, other: Series) -> Series:
    larger: Series = np.maximum(one, other) / np.maximum(np.minimum(one, other), TINY)
    return larger


def _bent(periods: Series, width: int) -> Series:
    """How far each period lies from the mean of the `width` around it."""
    if len(periods) < width:
        return np.zeros(0)
    around = np.lib.stride_tricks.sliding_window_view(periods, width)
    bent: Series = np.abs(around[:, width // 2] - around.mean(axis=1))
    return bent


def _all_of(close: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    if len(close) < width:
        return np.zeros(0, bool)
    together = np.lib.stride_tricks.sliding_window_view(close, width)
    return np.asarray(together.all(axis=1), np.bool_)


def _share(steps: Series, counted: NDArray[np.bool_], mean: float) -> float:
    return float(np.mean(steps[counted]) / mean) if counted.any() else float("nan")


def spectrum(sound: NDArray[np.float32], rate_hz: int, window: int = 4096) -> tuple[Series, Series]:
    """Return frequencies in Hz and the long-term average power in each (Welch, Hann windows that overlap by half)."""
    exact = np.pad(sound.astype(np.float64), (0, max(0, window - len(sound))))
    pieces = np.lib.stride_tricks.sliding_window_view(exact, window)[:: window // 2]
    power = np.mean(np.abs(np.fft.rfft(pieces * np.hanning(window + 1)[:window], axis=1)) ** 2, axis=0)
    return np.asarray(np.fft.rfftfreq(window, 1 / rate_hz), np.float64), np.asarray(power, np.float64)


def centroid(hz: Series, power: Series) -> float:
    """Return the centre of gravity of a power spectrum in Hz; NaN for silence."""
    total = float(power.sum())
    return float(hz @ power / total) if total > 0 else float("nan")


def tilt(hz: Series, power: Series, low_hz: float = 50.0, high_hz: float = 5000.0) -> float:
    """Return the slope of a spectrum in dB an octave, by least squares over the logarithm of the frequency."""
    band = (hz >= low_hz) & (hz <= high_hz) & (power > 0)
    if np.count_nonzero(band) < 2:
        return float("nan")
    octaves = np.log2(hz[band])
    weights = np.sqrt(1 / hz[band])  # each octave counts alike
    return float(np.polyfit(octaves, 10 * np.log10(power[band]), 1, w=weights)[0])


def singing_power_ratio(hz: Series, power: Series) -> float:
    """Return how far the highest peak of 2 to 4 kHz lies below that of 0 to 2 kHz, in dB (negative: below)."""
    low, high = power[(hz > 0) & (hz < 2000)], power[(hz >= 2000) & (hz <= 4000)]
    if not len(low) or not len(high) or low.max() <= 0 or high.max() <= 0:
        return float("nan")
    return float(10 * np.log10(high.max() / low.max()))


def formants(frame: NDArray[np.float32], rate_hz: int, count: int = 5) -> Series:
    """Return the formants of one windowed frame in Hz, the lowest first, at most `count` of them.

    `rate_hz` has to be twice the highest frequency at which a formant is looked for.
    """
    predictor = _burg(frame.astype(np.float64), 2 * count)
    roots = np.roots(predictor)
    roots = roots[roots.imag > 0]
    hz = np.sort(np.angle(roots) * rate_hz / (2 * np.pi))
    found: Series = hz[(hz > 50) & (hz < rate_hz / 2 - 50)]
    return found[:count]


def _burg(frame: Series, order: int) -> Series:
    """The predictor's polynomial, 1 first."""
    forward, backward = frame[1:].copy(), frame[:-1].copy()
    predictor = np.ones(1)
    for _ in range(order):
        energy = forward @ forward + backward @ backward
        reflection = -2 * (forward @ backward) / energy if energy > TINY else 0.0
        longer = np.append(predictor, 0.0)
        predictor = longer + reflection * longer[::-1]
        forward, backward = forward[1:] + reflection * backward[1:], backward[:-1] + reflection * forward[:-1]
    return predictor


def harmonicity(frame: NDArray[np.float32], rate_hz: int, low_hz: float = 75.0, high_hz: float = 1000.0) -> float:
    """Return the harmonics-to-noise ratio of a frame in dB, NaN for silence.

    From the highest peak of the normalised autocorrelation over that of the window: Boersma, Proc. Institute of
    Phonetic Sciences Amsterdam 17, 1993. The frame has to hold three of the longest periods or
    more; with no more than that, what is above 28 dB reads low.
    """
    exact = frame.astype(np.float64) - float(np.mean(frame))
    window = np.hanning(len(exact) + 2)[1:-1]
    alike, own = _correlated(exact * window), _correlated(window)
    first = int(FINER * rate_hz / high_hz)
    last = min(int(np.ceil(FINER * rate_hz / low_hz)), FINER * len(exact) // 2)
    if alike[0] <= 0 or last <= first + 1:
        return float("nan")
    ratio = alike[: last + 2] / alike[0] / (own[: last + 2] / own[0])
    at = first + int(np.argmax(ratio[first : last + 1]))
    left, here, right = ratio[at - 1], ratio[at], ratio[at + 1]
    bend = left - 2 * here + right
    best = here - (right - left) ** 2 / (8 * bend) if bend < 0 else here
    best = 1 / best if best > 1 else best  # a window that does not quite fit
    best = min(max(float(best), 1e-10), 1 - 1e-10)
    return float(10 * np.log10(best / (1 - best)))


def _correlated(sound: Series) -> Series:
    """The autocorrelation at steps of a fraction of a sample: peaks of a clear voice are sharp."""
    size = 1 << (2 * len(sound) - 1).bit_length()
    power = np.abs(np.fft.rfft(sound, size)) ** 2
    correlated: Series = np.fft.irfft(power, FINER * size)[: FINER * len(sound)]
    return correlated


def cepstral_peak(frame: NDArray[np.float32], rate_hz: int, low_hz: float = 60.0, high_hz: float = 330.0) -> float:
    """Return how far the peak of a frame's cepstrum stands out of its trend, in dB; NaN for silence."""
    power = np.abs(np.fft.rfft(frame.astype(np.float64) * np.hanning(len(frame)))) ** 2
    if not power.any():
        return float("nan")
    decibels = 10 * np.log10(power + TINY)
    cepstrum = np.abs(np.fft.irfft(decibels))
    delay_s = np.arange(len(cepstrum)) / rate_hz
    heights = 20 * np.log10(cepstrum + TINY)
    trend = (delay_s >= 0.001) & (delay_s <= min(0.05, delay_s[-1] / 2))
    inside = (delay_s >= 1 / high_hz) & (delay_s <= min(1 / low_hz, delay_s[-1] / 2))
    if not inside.any() or np.count_nonzero(trend) < 2:
        return float("nan")
    slope, height = np.polyfit(delay_s[trend], heights[trend], 1)
    at = int(np.flatnonzero(inside)[np.argmax(heights[inside])])
    return float(heights[at] - (slope * delay_s[at] + height))


def harmonicities(
    frames: NDArray[np.float32], rate_hz: int, low_hz: float = 75.0, high_hz: float = 1000.0
) -> NDArray[np.float32]:
    """Return the harmonics-to-noise ratio in dB of each of float32 (frames, samples): see `harmonicity`."""
    return _each(frames, lambda frame: harmonicity(frame, rate_hz, low_hz, high_hz))


def cepstral_peaks(
    frames: NDArray[np.float32], rate_hz: int, low_hz: float = 60.0, high_hz: float = 330.0
) -> NDArray[np.float32]:
    """Return the cepstral peak prominence in dB of each of float32 (frames, samples): see `cepstral_peak`."""
    return _each(frames, lambda frame: cepstral_peak(frame, rate_hz, low_hz, high_hz))


def check(frames: NDArray[np.float32]) -> None:
    """Raise ValueError for what are no frames of some samples each."""
    if frames.ndim != 2 or frames.shape[1] < FEWEST_SAMPLES:
        raise ValueError(f"frames have {FEWEST_SAMPLES} samples or more: {frames.shape}")


def _each(frames: NDArray[np.float32], of: Callable[[NDArray[np.float32]], float]) -> NDArray[np.float32]:
    check(frames)
    return np.array([of(frame) for frame in frames], np.float32)
