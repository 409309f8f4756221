"""What can be said of a sung note in numbers.

All of it comes from the note's own mean and from the frames of the melody inside the note. A vibrato is not a fault of
steadiness: drift is what is left when a sinusoid of the vibrato's rate has been fitted beside it.
"""

import math
from collections.abc import Iterable
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.model.intonation import Intonation, Tempered
from studio.model.notes import Note, Vibrato
from studio.model.pitch import PitchCurve, hz_to_midi, midi_to_hz

_BEGIN_S: Final = 0.03
_ATTACK_S: Final = 0.12
_RELEASE_S: Final = 0.06
_SETTLED_CENTS: Final = 25.0
_FEWEST_FRAMES: Final = 8

Series = NDArray[np.float64]


class NoteMeasures(Struct, frozen=True, kw_only=True):
    """The figures of one note; NaN where a note is too short or too broken to have one."""

    start_s: float
    end_s: float
    mean_hz: float
    """Mean in cents, over whole cycles where there is vibrato."""
    median_hz: float
    sd_cents: float
    """Standard deviation of the frames about their mean, vibrato and drift included."""
    drift_cents_a_s: float
    """Slope of the held part, without its vibrato; negative: the note sinks."""
    onset_cents: float
    """How far the first 30 ms lie from the mean; negative: the note is scooped from below."""
    settle_s: float
    """From the start to where the contour first reaches its mean within 25 cents, or within its vibrato."""
    target_hz: float
    """What it is measured against; NaN where the reference is silent."""
    off_cents: float
    """The mean against its target; negative: flat."""
    voiced: float
    """The share of frames with a pitch, 0 to 1."""
    vibrato: Vibrato | None
    vibrato_share: float
    """How much of the note the vibrato takes, 0 to 1."""

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


def measure_note(note: Note, curve: PitchCurve, intonation: Intonation | None = None) -> NoteMeasures:
    """Return the figures of a note whose frames lie in `curve`; against equal temperament unless told otherwise."""
    scale = intonation or Tempered()
    inside = curve.between(note.start_s, note.end_s)
    sung = inside.voiced
    cents = 1200 * np.log2(np.where(sung, inside.hz, 1.0).astype(np.float64) / note.pitch_hz)
    time_s = inside.times_s()
    there, when = cents[sung], time_s[sung]
    enough = len(there) >= _FEWEST_FRAMES
    midi = hz_to_midi(note.pitch_hz, scale.a4_hz)
    target = (
        scale.target_midi(midi, note.start_s, note.end_s)
        if note.given_hz is None
        else hz_to_midi(note.given_hz, scale.a4_hz)
    )
    length_s = note.end_s - note.start_s
    return NoteMeasures(
        start_s=note.start_s,
        end_s=note.end_s,
        mean_hz=note.pitch_hz,
        median_hz=float(note.pitch_hz * 2 ** (np.median(there) / 1200)) if len(there) else math.nan,
        sd_cents=float(np.std(there)) if enough else math.nan,
        drift_cents_a_s=_drift(when, there, length_s, note.vibrato),
        onset_cents=float(np.median(there[when - when[0] < _BEGIN_S])) if enough else math.nan,
        settle_s=_settle(when, there, note.vibrato) if enough else math.nan,
        target_hz=midi_to_hz(target, scale.a4_hz) if math.isfinite(target) else math.nan,
        off_cents=(midi - target) * 100,
        voiced=float(np.mean(sung)) if len(sung) else 0.0,
        vibrato=note.vibrato,
        vibrato_share=max(0.0, 1 - note.vibrato.onset_s / length_s) if note.vibrato and length_s > 0 else 0.0,
    )


def measure_notes(
    notes: Iterable[Note], curve: PitchCurve, intonation: Intonation | None = None
) -> tuple[NoteMeasures, ...]:
    """Return the figures of each note, in their order."""
    return tuple(measure_note(note, curve, intonation) for note in notes)


class Summary(Struct, frozen=True, kw_only=True):
    """The notes of a stretch in one line; each note counts by how long it lasts. NaN where there are none."""

    notes: int
    sung_s: float
    off_cents: float
    """Mean: negative where the singing is flat as a whole."""
    off_spread_cents: float
    """Root mean square about that mean."""
    within_25: float
    """The share of the time that is sung on notes within 25 cents of their targets."""
    vibrato_rate_hz: float
    vibrato_half_extent_cents: float


def summarise(measured: Iterable[NoteMeasures]) -> Summary:
    """Return what the figures of many notes come to."""
    every = tuple(measured)
    aimed = [each for each in every if math.isfinite(each.off_cents)]
    weights = np.array([each.duration_s for each in aimed])
    off = np.array([each.off_cents for each in aimed])
    shaken = [(each.vibrato, each.duration_s * each.vibrato_share) for each in every if each.vibrato is not None]
    mean = _weighted(off, weights)
    return Summary(
        notes=len(every),
        sung_s=sum(each.duration_s for each in every),
        off_cents=mean,
        off_spread_cents=math.sqrt(_weighted((off - mean) ** 2, weights)),
        within_25=_weighted((np.abs(off) <= _SETTLED_CENTS).astype(np.float64), weights),
        vibrato_rate_hz=_weighted(
            np.array([vibrato.rate_hz for vibrato, _ in shaken]), np.array([seconds for _, seconds in shaken])
        ),
        vibrato_half_extent_cents=_weighted(
            np.array([vibrato.half_extent_cents for vibrato, _ in shaken]), np.array([seconds for _, seconds in shaken])
        ),
    )


def _weighted(values: Series, weights: Series) -> float:
    return float(np.average(values, weights=weights)) if len(values) and weights.sum() > 0 else math.nan


def _drift(when_s: Series, cents: Series, length_s: float, vibrato: Vibrato | None) -> float:
    attack, release = min(_ATTACK_S, 0.2 * length_s), min(_RELEASE_S, 0.1 * length_s)
    if not len(when_s):
        return math.nan
    held = (when_s >= when_s[0] + attack) & (when_s <= when_s[-1] - release)
    if np.count_nonzero(held) < _FEWEST_FRAMES:
        return math.nan
    time_s = when_s[held] - when_s[held].mean()
    columns = [time_s, np.ones_like(time_s)]
    if vibrato is not None:
        swell = np.clip((when_s[held] - when_s[0] - vibrato.onset_s) / _ATTACK_S, 0.0, 1.0)
        phase = 2 * np.pi * vibrato.rate_hz * time_s
        columns += [swell * np.cos(phase), swell * np.sin(phase)]
    return float(np.linalg.lstsq(np.column_stack(columns), cents[held], rcond=None)[0][0])


def _settle(when_s: Series, cents: Series, vibrato: Vibrato | None) -> float:
    band = max(_SETTLED_CENTS, vibrato.half_extent_cents if vibrato else 0.0)
    reached = np.flatnonzero(np.abs(cents) <= band)
    return float(when_s[reached[0]] - when_s[0]) if len(reached) else math.nan
