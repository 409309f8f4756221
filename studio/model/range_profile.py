"""The range of a voice: how low and how high it holds a note, where it lives, and how loud it is there."""

import math
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.model.pitch import PitchCurve, midi_to_hz

SUSTAINED_S: Final = 0.3
"""So long a pitch has to be held before it counts for the range."""

_STEADY_CENTS: Final = 300.0  # a wide vibrato swings less than that from end to end
_SHARES: Final = (0.1, 0.5, 0.9)
_AT_ONCE: Final = 1 << 14

Grid = NDArray[np.float64]


class RangeProfile(Struct, frozen=True, kw_only=True):
    """How much was sung on which note; a profile of silence has no notes and NaN for its ends."""

    lowest_hz: float
    """The lowest pitch that was held for `SUSTAINED_S`."""
    highest_hz: float
    tessitura_low_hz: float
    """A tenth of the singing lies below it."""
    tessitura_high_hz: float
    """A tenth of the singing lies above it."""
    median_hz: float
    first_midi: int
    """The note of the first entry of `seconds`."""
    seconds: tuple[float, ...]
    """How long was sung within half a semitone of each note, upwards from `first_midi`."""


def range_profile(curve: PitchCurve, a4_hz: float = 440.0) -> RangeProfile:
    """Return the range of a melody."""
    midi = curve.midi(a4_hz).astype(np.float64)
    sung = midi[curve.voiced]
    if not len(sung):
        return RangeProfile(
            lowest_hz=math.nan,
            highest_hz=math.nan,
            tessitura_low_hz=math.nan,
            tessitura_high_hz=math.nan,
            median_hz=math.nan,
            first_midi=0,
            seconds=(),
        )
    nearest = np.floor(sung + 0.5).astype(int)
    held = _held(midi, round(SUSTAINED_S * curve.frames_per_s))
    low, middle, high = (midi_to_hz(float(place), a4_hz) for place in np.quantile(sung, _SHARES))
    first = int(nearest.min())
    return RangeProfile(
        lowest_hz=midi_to_hz(float(held.min()), a4_hz) if len(held) else math.nan,
        highest_hz=midi_to_hz(float(held.max()), a4_hz) if len(held) else math.nan,
        tessitura_low_hz=low,
        tessitura_high_hz=high,
        median_hz=middle,
        first_midi=first,
        seconds=tuple((np.bincount(nearest - first) / curve.frames_per_s).tolist()),
    )


class VoiceField(Struct, frozen=True, kw_only=True):
    """Seconds sung at each note and level: a voice range profile, as far as a microphone without calibration goes."""

    first_midi: int
    first_db: int
    """dBFS of the first column; each column is 1 dB wide."""
    seconds: tuple[tuple[float, ...], ...]
    """A row for each note upwards from `first_midi`, a column for each decibel."""


def voice_field(curve: PitchCurve, level_db: NDArray[np.float32], a4_hz: float = 440.0) -> VoiceField:
    """Return how long was sung at each note and level.

    `level_db` is float32 (frames,), dBFS, a level for each frame of the curve. Raises ValueError for another shape.
    """
    if level_db.shape != curve.hz.shape:
        raise ValueError(f"each frame needs a level: {curve.hz.shape}, {level_db.shape}")
    there = curve.voiced & np.isfinite(level_db)
    if not there.any():
        return VoiceField(first_midi=0, first_db=0, seconds=())
    notes = np.floor(curve.midi(a4_hz)[there] + 0.5).astype(int)
    levels = np.floor(level_db[there]).astype(int)
    first, quietest = int(notes.min()), int(levels.min())
    field = np.zeros((int(notes.max()) - first + 1, int(levels.max()) - quietest + 1))
    np.add.at(field, (notes - first, levels - quietest), 1 / curve.frames_per_s)
    return VoiceField(first_midi=first, first_db=quietest, seconds=tuple(tuple(row) for row in field.tolist()))


def _held(midi: Grid, frames: int) -> Grid:
    """The mean pitch of each stretch of so many voiced frames that stays near one note."""
    if len(midi) < frames:
        return np.zeros(0)
    stretches = np.lib.stride_tricks.sliding_window_view(midi, frames)
    return np.concatenate([_steady(stretches[at : at + _AT_ONCE]) for at in range(0, len(stretches), _AT_ONCE)])


def _steady(stretches: Grid) -> Grid:
    unbroken = stretches[~np.isnan(stretches).any(axis=1)]
    if not len(unbroken):
        return np.zeros(0)
    means: Grid = unbroken[np.ptp(unbroken, axis=1) * 100 <= _STEADY_CENTS].mean(axis=1)
    return means
