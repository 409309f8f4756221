"""Praat's pitch by autocorrelation, through parselmouth.

Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled
sound", IFA Proceedings 17, 1993.
"""

import math
from typing import ClassVar, Final

import numpy as np

from studio.engines.base import FRAMES_PER_S, EngineInfo, Mono, Report
from studio.engines.grid import HOP, RATE_HZ, at_16k, frame_count, is_silent, onto_grid, peak, stretch, unvoiced
from studio.model.pitch import PitchCurve

_BLOCK_FRAMES: Final = 10 * FRAMES_PER_S
_OVERLAP_FRAMES: Final = FRAMES_PER_S
_SILENCE: Final = 0.03  # Praat's own threshold: below 3 % of the loudest moment is silence
_PERIODS_A_WINDOW: Final = 3


class Praat:
    """The reference that phoneticians know: exact on steady tones, careful about voicing, quick on any machine."""

    info: ClassVar = EngineInfo(
        id="praat",
        task="pitch",
        name="Praat",
        licence="GPL-3.0-or-later",
        about="Autocorrelation, the way phoneticians measure. Exact and quick; best on a single clean voice.",
        needs=("parselmouth", "soxr"),
        version_of="praat-parselmouth",
        lowest_hz=20.0,
        highest_hz=4000.0,
    )

    def track(self, samples: Mono, rate_hz: int, *, low_hz: float, high_hz: float, report: Report) -> PitchCurve:
        frames = frame_count(len(samples), rate_hz)
        sound = at_16k(samples, rate_hz, report)
        loudest = peak(sound)
        if is_silent(loudest):
            return unvoiced(frames)
        curve = unvoiced(frames)
        for start in range(0, frames, _BLOCK_FRAMES):
            report(start / frames, "Finding the pitch")
            stop = min(start + _BLOCK_FRAMES, frames)
            part = _part(sound, start, stop, loudest, low_hz, high_hz)
            curve.hz[start:stop] = part.hz
            curve.confidence[start:stop] = part.confidence
        report(1.0, "Finding the pitch")
        return curve


def _part(sound: Mono, start: int, stop: int, loudest: float, low_hz: float, high_hz: float) -> PitchCurve:
    """Frames `start` to `stop`, heard with a second of what lies around them, so that no seam shows."""
    import parselmouth

    # Praat centres its frames in the sound it is given. A margin of a whole number of frames that holds half a
    # window on either side, of the right parity, puts them on our grid.
    window_frames = math.ceil(_PERIODS_A_WINDOW / low_hz * FRAMES_PER_S) + 2
    margin = _OVERLAP_FRAMES + window_frames
    first = start - margin
    heard = stretch(sound, first * HOP, (stop + margin) * HOP + 1).astype(np.float64)
    here = float(np.max(np.abs(heard - heard.mean())))
    if is_silent(here):
        return unvoiced(stop - start)
    pitch = parselmouth.Sound(heard, float(RATE_HZ)).to_pitch_ac(
        time_step=1 / FRAMES_PER_S,
        pitch_floor=low_hz,
        pitch_ceiling=high_hz,
        silence_threshold=_SILENCE * loudest / here,  # relative to the whole sound, not to this part of it
    )
    hz = np.asarray(pitch.selected_array["frequency"], np.float64)
    strength = np.asarray(pitch.selected_array["strength"], np.float64)
    voiced = (hz >= low_hz) & (hz <= high_hz)
    # Praat's time 0 is the left edge of the first sample; ours is its centre.
    times_s = np.asarray(pitch.xs(), np.float64) - 0.5 / RATE_HZ
    return onto_grid(
        times_s, np.where(voiced, hz, np.nan), np.clip(strength, 0, 1), stop - start, first_s=margin / FRAMES_PER_S
    )
