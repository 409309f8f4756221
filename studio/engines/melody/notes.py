"""Notes out of a melody, and the vibrato of each."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S, Mono, Report
from studio.engines.melody.exact import along
from studio.engines.melody.resample import at_8k
from studio.engines.melody.tracker import Melisma
from studio.model.notes import Note, Vibrato
from studio.model.pitch import PitchCurve
from voicekernels.reference import vibrato as fitting

_SHORTEST_S: Final = 0.1
_LONGEST_GAP_S: Final = 0.03
_BLUR_S: Final = 0.5  # the average over so long is blind to any vibrato of 4 Hz or more
_NEW_NOTE_CENTS_A_S: Final = 350.0
_LEAST_EXPLAINED: Final = 0.6
_LEAST_EXTENT_CENTS: Final = 6.0
_LEAST_SURE: Final = 6.0  # standard deviations of the extent that it has to be above nothing
_VOICED_SHARE: Final = 0.9
_EDGE: Final = 4  # frames at either end of a note that are left out

Series = NDArray[np.float64]


class GivenNote(NamedTuple):
    """A note whose ends a person drew; `hz` is the pitch that it was given, None for whatever is sung."""

    start_s: float
    end_s: float
    hz: float | None


def measure(
    samples: Mono, rate_hz: int, *, report: Report, low_hz: float = 50.0, high_hz: float = 1400.0
) -> list[Note]:
    """Find the notes of a sound, with the vibrato of each."""
    curve = Melisma().track(
        samples, rate_hz, low_hz=low_hz, high_hz=high_hz, report=lambda part, stage: report(0.5 * part, stage)
    )
    return measure_along(samples, rate_hz, curve, report=report)


def measure_along(samples: Mono, rate_hz: int, curve: PitchCurve, *, report: Report) -> list[Note]:
    """Find the notes of a melody that is known, with the vibrato of each; frames are 5 ms apart."""
    if curve.frames_per_s != FRAMES_PER_S:
        raise ValueError(f"a melody of {curve.frames_per_s} frames/s, not {FRAMES_PER_S}")
    sound = at_8k(samples, rate_hz, report)
    notes = []
    for start, stop in spans(curve):
        report(0.5 + 0.5 * start / len(curve.hz), "Measuring the notes")
        notes.append(_note(sound, curve, start, stop))
    report(1.0, "Measuring the notes")
    return notes


def measure_given(
    samples: Mono, rate_hz: int, curve: PitchCurve, given: Sequence[GivenNote], *, report: Report
) -> list[Note]:
    """Measure notes whose ends are known along a melody; a note in which nobody sings and no pitch was given is none.

    Of a note in which nobody sings the pitch is the given one.
    """
    sound = at_8k(samples, rate_hz, report)
    notes = []
    for number, (start_s, end_s, given_hz) in enumerate(given):
        report(0.5 + 0.5 * number / len(given), "Measuring the notes")
        start = min(max(round(start_s * FRAMES_PER_S), 0), len(curve.hz))
        stop = min(round(end_s * FRAMES_PER_S), len(curve.hz))
        ends = {"start_s": start_s, "end_s": end_s, "given_hz": given_hz}
        if curve.voiced[start:stop].any():
            notes.append(replace(_note(sound, curve, start, stop), **ends))
        elif given_hz is not None:
            notes.append(Note(start_s=start_s, end_s=end_s, pitch_hz=given_hz, vibrato=None, given_hz=given_hz))
    report(1.0, "Measuring the notes")
    return notes


def spans(curve: PitchCurve) -> Iterator[tuple[int, int]]:
    """First frame and the one after the last of each note."""
    for start, stop in _runs(_bridged(curve.voiced)):
        cents = _cents(curve.hz[start:stop])
        edges = [start, *(start + cut for cut in _cuts(cents)), stop]
        for first, last in pairwise(edges):
            if last - first >= _SHORTEST_S * FRAMES_PER_S:
                yield first, last


def _note(sound: Mono, curve: PitchCurve, start: int, stop: int) -> Note:
    hz = 2 ** (_cents(curve.hz[start:stop]) / 1200)
    exact, weight = along(sound, start / FRAMES_PER_S, hz)
    cents = 1200 * np.log2(exact)
    weight = np.where(curve.voiced[start:stop], weight, 0.0)
    found = _fitted(cents, weight)
    vibrato = _vibrato(cents, found) if found else None
    return Note(
        start_s=start / FRAMES_PER_S,
        end_s=stop / FRAMES_PER_S,
        pitch_hz=float(2 ** (_mean(cents, vibrato) / 1200)),
        vibrato=vibrato,
    )


def _fitted(cents: Series, weight: Series) -> fitting.Fit | None:
    """The vibrato of a note's inner part, if what was found deserves the name."""
    from voicekernels.cpu import vibrato as compiled  # numba costs a second to import

    inner = slice(_EDGE, len(cents) - _EDGE)
    cents, weight = cents[inner], weight[inner]
    if len(cents) < 2 or not weight.any() or np.mean(weight > 0) < _VOICED_SHARE:
        return None
    trusted = _trusted(cents, np.minimum(weight, 4 * np.median(weight)))
    found = fitting.fit(cents, trusted, FRAMES_PER_S, compiled.scan)
    if found is None:
        return None
    cycles = (len(cents) / FRAMES_PER_S - found.steady_s) * found.rate_hz
    deserved = (
        cycles >= fitting.FEWEST_CYCLES
        and fitting.SLOWEST_HZ <= found.rate_hz <= fitting.FASTEST_HZ
        and found.explained >= _LEAST_EXPLAINED
        and found.half_extent_cents >= max(_LEAST_EXTENT_CENTS, _LEAST_SURE * found.extent_error_cents)
    )
    return found if deserved else None


def _vibrato(cents: Series, found: fitting.Fit) -> Vibrato:
    steady = cents[_EDGE + round(found.steady_s * FRAMES_PER_S) : len(cents) - _EDGE]
    return Vibrato(
        rate_hz=found.rate_hz,
        half_extent_cents=found.half_extent_cents,
        onset_s=found.onset_s + _EDGE / FRAMES_PER_S,
        regularity=_regularity(steady, found.rate_hz),
        cycles=len(steady) / FRAMES_PER_S * found.rate_hz,
        rate_error_hz=found.rate_error_hz,
        extent_error_cents=found.extent_error_cents,
    )


def _trusted(cents: Series, weight: Series) -> Series:
    """Weights without those frames that lie far from their neighbours: an edge or a click, not a voice."""
    padded = np.pad(cents, 4, mode="edge")
    around = np.median(np.lib.stride_tricks.sliding_window_view(padded, 9), axis=1)
    off = np.abs(cents - around)
    return np.where(off < 6 * np.median(off) + 20.0, weight, 0.0)


def _regularity(cents: Series, rate_hz: float) -> float:
    """From the crossings of the contour with its own mean over a cycle."""
    width = max(3, round(FRAMES_PER_S / rate_hz))
    if len(cents) < 3 * width:
        return 0.0
    mean = np.convolve(cents, np.full(width, 1 / width), "valid")
    moved = cents[(width - 1) // 2 :][: len(mean)] - mean
    rising = np.flatnonzero((moved[:-1] < 0) & (moved[1:] >= 0))
    if len(rising) < 3:
        return 0.0
    at = rising + moved[rising] / (moved[rising] - moved[rising + 1])
    lengths = np.diff(at)
    swings = np.array([np.ptp(moved[a : b + 1]) for a, b in pairwise(rising)])
    varied = np.hypot(np.std(lengths) / np.mean(lengths), np.std(swings) / max(np.mean(swings), 1e-9))
    return float(np.clip(1.0 - varied, 0.0, 1.0))


def _mean(cents: Series, vibrato: Vibrato | None) -> float:
    """The mean pitch in cents, over as many whole cycles as there are."""
    if vibrato is None:
        return float(np.median(cents))
    start = round(vibrato.onset_s * FRAMES_PER_S)
    whole = int((len(cents) - start) / FRAMES_PER_S * vibrato.rate_hz)
    return float(np.mean(cents[start : start + round(whole / vibrato.rate_hz * FRAMES_PER_S)]))


def _bridged(voiced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Voiced frames with the shortest gaps filled."""
    filled = voiced.copy()
    for start, stop in _runs(~voiced):
        if start and stop < len(voiced) and stop - start <= _LONGEST_GAP_S * FRAMES_PER_S:
            filled[start:stop] = True
    return filled


def _runs(chosen: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], chosen, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _cents(hz: NDArray[np.float32]) -> Series:
    """The contour above 1 Hz, drawn through its gaps."""
    frames = np.arange(len(hz))
    there = hz > 0
    cents: Series = np.interp(frames, frames[there], 1200 * np.log2(hz[there].astype(np.float64)))
    return cents


def _cuts(cents: Series) -> list[int]:
    """Where a new pitch begins: the contour without its vibrato is steepest there."""
    width = round(_BLUR_S * FRAMES_PER_S)
    if len(cents) < width // 2:
        return []
    window = np.hanning(width + 2)[1:-1]
    blurred = np.convolve(
        np.pad(cents, (width // 2, width - 1 - width // 2), mode="edge"), window / window.sum(), "valid"
    )
    slope = np.abs(np.gradient(blurred)) * FRAMES_PER_S
    steep = slope > _NEW_NOTE_CENTS_A_S
    return [a + int(np.argmax(slope[a:b])) for a, b in _runs(steep)]
