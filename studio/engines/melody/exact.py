"""A contour made exact: the sound is straightened along the whole of it, so that no curve of it is averaged away.

A window of five periods flattens a quick vibrato on a low note. Along its own contour the note is a steady tone,
however long the window is, and what is left to measure is what the contour still lacks.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S, Mono
from studio.engines.melody.analysis import RATE_HZ
from voicekernels.reference.harmonics import HALF, HARMONICS, POINTS_A_PERIOD

_HIGHEST_HARMONIC_HZ: Final = 3400.0
_HALF_S: Final = 0.025
"""How far a window reaches at least: five periods of a high note are so short that noise moves its pitch."""
_AT_ONCE: Final = 512  # frames

Series = NDArray[np.float64]


def along(sound: Mono, start_s: float, hz: Series, passes: int = 3) -> tuple[Series, Series]:
    """Return the exact pitch in Hz of a note and how exact each frame of it is.

    `sound` is at 8 kHz; frame `i` of `hz`, all of them above 0, lies `start_s + i / 200` seconds into it.
    """
    from voicekernels.cpu import harmonics

    exact = np.asarray(hz, np.float64).copy()
    points = POINTS_A_PERIOD * max(round(2 * _HALF_S * float(np.median(exact))), round(2 * HALF))
    weight = np.ones(len(exact))
    for _ in range(passes):
        line, first = _unrolled(sound, start_s, exact, points)
        for at in range(0, len(exact), _AT_ONCE):
            here = slice(at, at + _AT_ONCE)
            count = np.clip(_HIGHEST_HARMONIC_HZ / exact[here], 1, HARMONICS).astype(np.int32)
            found = harmonics.measure(line[first[here, None] + np.arange(points)], count, 2.0)
            exact[here] *= 1 + found.offset.astype(np.float64)
            weight[here] = found.weight
    return exact, weight


def _unrolled(sound: Mono, start_s: float, hz: Series, points: int) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """The sound with time so warped that the contour is a steady tone, and where the window of each frame begins."""
    half = points / POINTS_A_PERIOD / 2
    first_s = start_s - half / hz[0] - 1 / FRAMES_PER_S
    last_s = start_s + (len(hz) - 1) / FRAMES_PER_S + half / hz[-1] + 1 / FRAMES_PER_S
    first, last = int(np.floor(first_s * RATE_HZ)), int(np.ceil(last_s * RATE_HZ)) + 1
    times = np.arange(first, last) / RATE_HZ
    frames_s = start_s + np.arange(len(hz)) / FRAMES_PER_S
    phase = np.cumsum(_smooth(times, frames_s, hz)) / RATE_HZ
    line = np.arange(np.ceil(phase[0] * POINTS_A_PERIOD), np.floor(phase[-1] * POINTS_A_PERIOD) + 1)
    heard = _read(sound, np.interp(line / POINTS_A_PERIOD, phase, times) * RATE_HZ)
    centre = np.round(np.interp(frames_s, times, phase) * POINTS_A_PERIOD - line[0]).astype(np.intp)
    return heard, np.clip(centre - points // 2, 0, max(len(heard) - points, 0))


def _smooth(times: Series, frames_s: Series, hz: Series) -> Series:
    from scipy.interpolate import CubicSpline

    if len(hz) < 4:
        return np.interp(times, frames_s, hz)
    inside = np.clip(times, frames_s[0], frames_s[-1])
    curve: Series = CubicSpline(frames_s, hz)(inside)
    return curve


def _read(sound: Mono, place: Series) -> NDArray[np.float32]:
    """The sound between its samples, by Catmull and Rom's cubic."""
    left = np.floor(place).astype(np.intp)
    share = place - left
    a, b, c, d = (
        np.where((left + i >= 0) & (left + i < len(sound)), sound[np.clip(left + i, 0, len(sound) - 1)], 0)
        for i in (-1, 0, 1, 2)
    )
    found = b + 0.5 * share * (c - a + share * (2 * a - 5 * b + 4 * c - d + share * (3 * (b - c) + d - a)))
    heard: NDArray[np.float32] = found.astype(np.float32)
    return heard
