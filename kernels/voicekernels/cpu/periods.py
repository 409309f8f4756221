"""A sound along its own pitch, compiled: see `voicekernels.reference.periods`."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.periods import check


def unroll(
    sound: NDArray[np.float32], pitch: NDArray[np.float32], hop: int, half: float, points: int, leap: float
) -> NDArray[np.float32]:
    """See `reference.periods.unroll`; equal to it within 1e-3 of the loudest sample."""
    check(sound, pitch, hop, half, points)
    out = np.empty((len(pitch), points), np.float32)
    if len(pitch):
        _unroll(np.ascontiguousarray(sound, np.float32), pitch.astype(np.float64), hop, half, np.log1p(leap), out)
    return out


@njit(cache=True, fastmath={"contract", "nsz"}, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _unroll(
    sound: NDArray[np.float32], pitch: NDArray[np.float64], hop: int, half: float, leap: float, out: NDArray[np.float32]
) -> None:
    frames, points = out.shape
    a_period = points / (2 * half)
    line = np.empty(4 * points, np.float32)
    first = 0
    while first < frames:
        last = first
        while last + 1 < frames and abs(np.log(pitch[last + 1] / pitch[last])) < leap:
            last += 1
        # The stretch, with half a window of a steady tone on either side.
        before = int(np.ceil((half + 2 / a_period) / pitch[first])) + 1
        after = int(np.ceil((half + 2 / a_period) / pitch[last])) + 1
        start = first * hop - before
        turns = before * pitch[first] + 0.5 * (pitch[first : last + 1].sum() * 2 - pitch[first] - pitch[last]) * hop
        room = int((turns + after * pitch[last]) * a_period) + 2
        if room > len(line):
            line = np.empty(room, np.float32)
        count = 0
        phase = -before * pitch[first] * a_period  # in points; 0 at the first frame
        next_point = np.ceil(phase)
        origin = int(next_point)
        t, into = first, 0  # which frame came last, and how many samples ago
        speed, change = pitch[first], 0.0
        for n in range(before + (last - first) * hop + after):
            if n >= before:
                if into == hop:
                    t, into = t + 1, 0
                if into == 0:
                    change = (pitch[t + 1] - pitch[t]) / hop if t < last else 0.0
                    speed = pitch[min(t, last)] + 0.5 * change
                else:
                    speed += change
                into += 1
            step = speed * a_period
            i = start + n
            if i >= 1 and i + 2 < len(sound):
                a, b, c, d = sound[i - 1], sound[i], sound[i + 1], sound[i + 2]
            else:
                a, b, c, d = _at(sound, i - 1), _at(sound, i), _at(sound, i + 1), _at(sound, i + 2)
            one = np.float32(0.5) * (c - a)
            two = a - np.float32(2.5) * b + np.float32(2) * c - np.float32(0.5) * d
            three = np.float32(1.5) * (b - c) + np.float32(0.5) * (d - a)
            inverse = 1 / step
            while next_point < phase + step and count < room:
                x = np.float32((next_point - phase) * inverse)
                line[count] = b + x * (one + x * (two + x * three))
                count += 1
                next_point += 1
            phase += step
        # Where each frame lies.
        at = 0.0
        for t in range(first, last + 1):
            if t > first:
                at += 0.5 * (pitch[t - 1] + pitch[t]) * hop * a_period
            begin = int(np.rint(at - 0.5)) - points // 2 + 1 - origin
            begin = min(max(begin, 0), count - points)
            out[t] = line[begin : begin + points]
        first = last + 1


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _at(sound: NDArray[np.float32], i: int) -> np.float32:
    return sound[i] if 0 <= i < len(sound) else np.float32(0)
