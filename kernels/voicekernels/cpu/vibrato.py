"""Shapes of a vibrato held against a contour, compiled: see `voicekernels.reference.vibrato.scan`."""

import numba
import numpy as np
from numpy.typing import NDArray

from voicekernels.reference.vibrato import DRIFTS, SHORTEST_RAMP_S, check, check_shapes, drifts

Series = NDArray[np.float64]

_COLUMNS = DRIFTS + 2


def scan(cents: Series, weights: Series, frames_per_s: float, shapes: Series) -> Series:
    """See `reference.vibrato.scan`; equal to it within 1e-5 relative."""
    check(cents, weights)
    check_shapes(shapes)
    if not len(cents) or not weights.any():
        return np.zeros(len(shapes))
    scaled = weights / weights.max()
    flat = cents - np.average(cents, weights=weights)
    out: Series = _scan(flat, scaled, drifts(len(cents), frames_per_s), float(frames_per_s), shapes)
    return out


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _scan(cents, weights, drift, frames_per_s, shapes):  # type: ignore[no-untyped-def]
    frames = len(cents)
    length = frames / frames_per_s
    out = np.empty(len(shapes))
    steady, against = np.zeros((DRIFTS, DRIFTS)), np.zeros(DRIFTS)
    energy = 0.0
    for t in range(frames):  # what no shape changes
        weighted = weights[t] * cents[t]
        energy += weighted * cents[t]
        for i in range(DRIFTS):
            against[i] += weighted * drift[t, i]
            for j in range(i + 1):
                steady[i, j] += weights[t] * drift[t, i] * drift[t, j]
    for s in range(len(shapes)):
        rate, change, onset = shapes[s, 0], shapes[s, 1], shapes[s, 2]
        ramp = max(shapes[s, 3], SHORTEST_RAMP_S)
        gram, right = np.zeros((_COLUMNS, _COLUMNS)), np.zeros(_COLUMNS)
        gram[:DRIFTS, :DRIFTS] = steady
        right[:DRIFTS] = against
        for t in range(frames):
            at = t / frames_per_s
            swell = min(max((at - onset) / ramp, 0.0), 1.0)
            if swell == 0.0 or weights[t] == 0.0:
                continue
            phase = 2 * np.pi * (rate * at + change * (at * at / (2 * length) - 0.5 * at))
            c, q = swell * np.cos(phase), swell * np.sin(phase)
            wc, wq = weights[t] * c, weights[t] * q
            for i in range(DRIFTS):
                gram[DRIFTS, i] += wc * drift[t, i]
                gram[DRIFTS + 1, i] += wq * drift[t, i]
            gram[DRIFTS, DRIFTS] += wc * c
            gram[DRIFTS + 1, DRIFTS] += wq * c
            gram[DRIFTS + 1, DRIFTS + 1] += wq * q
            right[DRIFTS] += wc * cents[t]
            right[DRIFTS + 1] += wq * cents[t]
        out[s] = energy - _explained(gram, right)
    return out


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _explained(gram, right):  # type: ignore[no-untyped-def]
    """The energy that the columns explain, by the factors of Cholesky; with a little on the diagonal as in `_left`."""
    size = len(right)
    little = 0.0
    for i in range(size):
        little += gram[i, i]
    little *= 1e-9
    for i in range(size):
        gram[i, i] += little
        for j in range(i + 1):
            value = gram[i, j]
            for k in range(j):
                value -= gram[i, k] * gram[j, k]
            gram[i, j] = np.sqrt(max(value, 1e-30)) if i == j else value / gram[j, j]
    explained = 0.0
    for i in range(size):
        value = right[i]
        for k in range(i):
            value -= gram[i, k] * right[k]
        right[i] = value / gram[i, i]
        explained += right[i] * right[i]
    return explained
