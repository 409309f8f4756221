"""When each period of a voice begins: from where the sound is largest, a period at a time by likeness.

As Praat's "Sound & Pitch: To PointProcess (cc)" does it: Boersma & Weenink, Praat manual.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

_SHORTEST: Final = 0.8  # of the period that the contour says
_LONGEST: Final = 1.25
_ALIKE: Final = 0.7
_REACH: Final = 0.2


class Pulses(NamedTuple):
    """A pulse for each period: its time in seconds and how loud the sound is near it."""

    time_s: Series
    amplitude: Series


def pulses(sound: NDArray[np.float32], rate_hz: int, hz: NDArray[np.float32], frames_per_s: float) -> Pulses:
    """Return the pulses of a voice, rising in time.

    `hz` is its contour, float32 (frames,), NaN where unvoiced; frame `i` lies `i / frames_per_s` seconds into `sound`.
    Raises ValueError for a sound or a contour with more than one axis.
    """
    if sound.ndim != 1 or hz.ndim != 1:
        raise ValueError(f"one sound and its contour, not {sound.shape} and {hz.shape}")
    exact = sound.astype(np.float64)
    found: list[float] = []
    for first, last in voiced_runs(hz):
        begin, end = first * rate_hz / frames_per_s, last * rate_hz / frames_per_s
        period = rate_hz / hz[first:last].astype(np.float64)
        at = _largest(exact, 0.5 * (begin + end), float(period[len(period) // 2]))
        back = _walk(exact, at, period, begin, end, rate_hz / frames_per_s, -1)
        ahead = _walk(exact, at, period, begin, end, rate_hz / frames_per_s, 1)
        found += [place for place in (*back[::-1], at, *ahead) if not found or place > found[-1]]
    places = np.array(found)
    return Pulses(places / rate_hz, np.array([_loudness(exact, place, places, n) for n, place in enumerate(places)]))


def voiced_runs(hz: NDArray[np.float32]) -> list[tuple[int, int]]:
    """First frame and the one after the last of each stretch that is voiced."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], hz > 0, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _largest(sound: Series, middle: float, period: float) -> float:
    low = max(0, int(middle - 0.5 * period))
    near = sound[low : int(middle + 0.5 * period) + 2]
    return float(low + int(np.argmax(np.abs(near)))) if len(near) else middle


def _walk(
    sound: Series, at: float, period: Series, begin: float, end: float, samples_a_frame: float, way: int
) -> list[float]:
    """The pulses before or after one of them, until the sound is no longer alike or the voice ends."""
    walked: list[float] = []
    while True:
        frame = int(np.clip((at - begin) / samples_a_frame, 0, len(period) - 1))
        nearest = _next(sound, at, float(period[frame]), way)
        if nearest is None or not begin <= nearest < end:
            return walked
        walked.append(nearest)
        at = nearest


def _next(sound: Series, at: float, period: float, way: int) -> float | None:
    """The place a period away where the sound looks most as it does here."""
    half = int(0.5 * period) + 1
    here = round(at) - half
    near, far = int(_SHORTEST * period), int(np.ceil(_LONGEST * period))
    starts = here + way * np.arange(near - 1, far + 2)
    if min(here, starts.min()) < 0 or max(here, starts.max()) + 2 * half > len(sound):
        return None
    window = sound[here : here + 2 * half]
    others = np.lib.stride_tricks.sliding_window_view(sound, 2 * half)[starts]
    alike = others @ window / np.sqrt(np.sum(others * others, axis=1) * (window @ window) + 1e-30)
    best = 1 + int(np.argmax(alike[1:-1]))
    if alike[best] < _ALIKE:
        return None
    left, middle, right = alike[best - 1 : best + 2]
    bend = left - 2 * middle + right
    offset = float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0
    return at + way * (near - 1 + best + offset)


def _loudness(sound: Series, place: float, places: Series, number: int) -> float:
    """The RMS near a pulse under a Hann window that reaches a fifth of the period to either side."""
    gaps = np.diff(places[max(0, number - 1) : number + 2])
    if not len(gaps):
        return 0.0
    before, after = _REACH * gaps[0], _REACH * gaps[-1]
    at = np.arange(max(0, int(np.ceil(place - before))), min(len(sound), int(place + after) + 1))
    off = at - place
    weight = 0.5 + 0.5 * np.cos(np.pi * off / np.where(off < 0, before, after))
    return float(np.sqrt(np.sum((weight * sound[at]) ** 2) / max(np.sum(weight**2), 1e-12)))
