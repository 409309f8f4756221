"""How steady and how clear a stretch of voice is: the kernels of voice quality along the melody."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S, Mono, Report
from studio.engines.melody.tracker import Melisma
from studio.model.quality import VoiceQuality
from voicekernels.reference import pulses as found_pulses
from voicekernels.reference import quality

_RATE_16K: Final = 16000
_STEP_S: Final = 0.01
_PERIODS: Final = 4.5
_LOWEST_HZ: Final = 60.0
_CEPSTRUM_S: Final = 0.0512
_BAND_HZ: Final = 100.0
_HIGHEST_BAND_HZ: Final = 10_000.0
_FLOOR_DB: Final = -100.0
_FORMANT_RATE_HZ: Final = 11000
"""Five formants below half of that; those of a child lie higher."""
_FORMANT_S: Final = 0.05
_EMPHASIS_HZ: Final = 50.0
_FORMANTS: Final = 3
_MOST_FRAMES: Final = 1000
_CLEAR_DB: Final = 60.0  # above that the rounding of the samples is measured, not the voice


def measure(
    sound: Mono, rate_hz: int, at_16k: Mono, *, report: Report, low_hz: float = 60.0, high_hz: float = 1000.0
) -> VoiceQuality:
    """Return the figures of a stretch of voice, given at its own rate and at 16 kHz."""
    from voicekernels.cpu import quality as batch

    curve = Melisma().track(
        at_16k, _RATE_16K, low_hz=low_hz, high_hz=high_hz, report=lambda part, stage: report(0.5 * part, stage)
    )
    report(0.6, "Measuring the voice")
    pulses = found_pulses.pulses(sound, rate_hz, curve.hz, FRAMES_PER_S)
    steady = quality.steadiness(pulses.time_s, pulses.amplitude)
    sung = curve.hz[curve.voiced]
    lowest_hz = max(_LOWEST_HZ, 0.8 * float(sung.min())) if len(sung) else _LOWEST_HZ
    highest_hz = 1.25 * float(sung.max()) if len(sung) else high_hz
    report(0.7, "Measuring the voice")
    frames = _frames(at_16k, curve.voiced, _PERIODS / lowest_hz)
    harmonics = np.minimum(batch.harmonicities(frames, _RATE_16K, lowest_hz, highest_hz), _CLEAR_DB)
    report(0.85, "Measuring the voice")
    peaks = batch.cepstral_peaks(
        _frames(at_16k, curve.voiced, _CEPSTRUM_S), _RATE_16K, _LOWEST_HZ, max(330.0, highest_hz)
    )
    report(0.9, "Measuring the voice")
    resonances = _formants(at_16k, curve.voiced)
    hz, power = quality.spectrum(sound, rate_hz)
    ltas = _bands(hz, power)
    return VoiceQuality(
        length_s=len(sound) / rate_hz,
        voiced_s=len(sung) / FRAMES_PER_S,
        pulses=len(pulses.time_s),
        median_hz=_known(curve.median_hz) or None,
        jitter_local=_known(steady.jitter_local),
        jitter_rap=_known(steady.jitter_rap),
        jitter_ppq5=_known(steady.jitter_ppq5),
        shimmer_local=_known(steady.shimmer_local),
        hnr_db=_median(harmonics),
        cpp_db=_median(peaks),
        tilt_db_per_octave=_known(quality.tilt(hz, power, lowest_hz)),
        singing_power_ratio_db=_known(quality.singing_power_ratio(hz, power)),
        centroid_hz=_known(quality.centroid(hz, power)),
        formants_hz=resonances,
        ltas_step_hz=_BAND_HZ if ltas else 0.0,
        ltas_db=ltas,
    )


def _frames(sound: Mono, voiced: NDArray[np.bool_], length_s: float, rate_hz: int = _RATE_16K) -> NDArray[np.float32]:
    """A window each 10 ms whose ends are voiced and lie inside the sound, shape (frames, samples)."""
    width = round(length_s * rate_hz)
    reach = round(0.5 * length_s * FRAMES_PER_S)
    step = round(_STEP_S * FRAMES_PER_S)
    whole = np.array(
        [at for at in range(reach, len(voiced) - reach, step) if voiced[at - reach : at + reach + 1].all()]
    )
    starts = (whole * rate_hz / FRAMES_PER_S).astype(np.intp) - width // 2 if len(whole) else np.zeros(0, np.intp)
    starts = starts[(starts >= 0) & (starts + width <= len(sound))]
    windows: NDArray[np.float32] = sound[starts[:, None] + np.arange(width)]
    return windows


def _formants(at_16k: Mono, voiced: NDArray[np.bool_]) -> tuple[float, ...]:
    """The lowest resonances; none where too little is voiced. Frames are taken evenly where there are very many."""
    import soxr

    sound = soxr.resample(at_16k, _RATE_16K, _FORMANT_RATE_HZ)
    lifted = np.append(sound[:1], sound[1:] - np.exp(-2 * np.pi * _EMPHASIS_HZ / _FORMANT_RATE_HZ) * sound[:-1])
    frames = _frames(lifted.astype(np.float32), voiced, _FORMANT_S, _FORMANT_RATE_HZ)
    frames = frames[:: max(1, len(frames) // _MOST_FRAMES)] * np.hanning(frames.shape[1]).astype(np.float32)
    found = [one[:_FORMANTS] for one in (quality.formants(frame, _FORMANT_RATE_HZ) for frame in frames)]
    whole = [one for one in found if len(one) == _FORMANTS]
    return tuple(np.round(np.median(whole, axis=0), 1).tolist()) if whole else ()


def _bands(hz: NDArray[np.float64], power: NDArray[np.float64]) -> tuple[float, ...]:
    """The spectrum in bands, dB below the strongest; none where it is silent."""
    count = int(min(_HIGHEST_BAND_HZ, float(hz[-1])) / _BAND_HZ)
    band = (hz / _BAND_HZ).astype(int)
    there = band < count
    sums = np.bincount(band[there], power[there], minlength=count)
    if not sums.any():
        return ()
    decibels = 10 * np.log10(np.maximum(sums / sums.max(), 10 ** (_FLOOR_DB / 10)))
    return tuple(np.round(decibels, 2).tolist())


def _median(values: NDArray[np.float32]) -> float | None:
    there = values[np.isfinite(values)]
    return float(np.median(there)) if len(there) else None


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
