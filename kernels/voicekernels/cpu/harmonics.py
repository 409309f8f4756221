"""How far a guessed pitch is off, compiled: see `voicekernels.reference.harmonics`."""

from functools import cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.harmonics import BEST, FAINTEST, Measured, basis, check


def measure(periods: NDArray[np.float32], count: NDArray[np.int32], doubt: float) -> Measured:
    """See `reference.harmonics.measure`; equal to it within 1e-3 where there is any sound."""
    check(periods, count)
    out = np.empty((4, len(periods)), np.float32)
    if len(periods):
        even, odd = np.empty((2, len(periods), periods.shape[1] // 2), np.float32)
        _fold(np.ascontiguousarray(periods, np.float32), even, odd)
        of_even, of_odd = _folded_basis(int(count.max()), periods.shape[1])
        _measure(even @ of_even, odd @ of_odd, count, np.float32(doubt), out)
    return Measured(*out)


@cache
def _folded_basis(harmonics: int, points: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What meets the even and the odd part of a window: half the points, and no wave twice."""
    n = harmonics
    right = basis(n, points)[points // 2 :]
    even = np.concatenate((right[:, :n].real, right[:, n : 2 * n].imag, right[:, 2 * n :].real), axis=1)
    odd = np.concatenate((right[:, :n].imag, right[:, n : 2 * n].real, right[:, 2 * n :].imag), axis=1)
    return np.ascontiguousarray(even, np.float32), np.ascontiguousarray(odd, np.float32)


@njit(cache=True, fastmath={"reassoc", "contract", "arcp", "nsz"}, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _fold(periods: NDArray[np.float32], even: NDArray[np.float32], odd: NDArray[np.float32]) -> None:
    half = even.shape[1]
    for t in range(len(periods)):
        for j in range(half):
            right, left = periods[t, half + j], periods[t, half - 1 - j]
            even[t, j] = right + left
            odd[t, j] = right - left


@njit(cache=True, fastmath={"reassoc", "contract", "arcp", "nsz"}, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _measure(
    even: NDArray[np.float32],
    odd: NDArray[np.float32],
    count: NDArray[np.int32],
    doubt: np.float32,
    out: NDArray[np.float32],
) -> None:
    n = (even.shape[1] - 1) // 3
    tiny = np.float32(1e-12)
    for t in range(len(even)):
        turned = trusted = weight = clear = loud = harmonic = rest = np.float32(0)
        for k in range(count[t]):
            harmonic += even[t, k] ** 2 + odd[t, k] ** 2 + tiny
        faintest = np.float32(FAINTEST) * harmonic
        for k in range(count[t]):
            re, im = even[t, k], odd[t, k]
            power = re * re + im * im + tiny
            low = even[t, 2 * n + k] ** 2 + odd[t, 2 * n + k] ** 2
            high = even[t, 2 * n + 1 + k] ** 2 + odd[t, 2 * n + 1 + k] ** 2
            noise = np.float32(0.5) * (low + high) + tiny
            turn = -(even[t, n + k] * re - odd[t, n + k] * im) / power * np.float32(0.15915494)
            number = np.float32(k + 1)
            sure = power / (power + doubt * noise + faintest)
            trust = sure * sure
            turned += trust * turn
            trusted += trust * number
            weight += number * number * sure * power / (noise + np.float32(BEST) * power)
            felt = np.sqrt(np.sqrt(power))
            loud += felt
            clear += felt * power / (power + noise)
            rest += noise
        off = turned / max(trusted, tiny)
        out[0, t] = min(max(off, np.float32(-0.1)), np.float32(0.1))
        out[1, t] = weight
        out[2, t] = clear / max(loud, tiny)
        out[3, t] = harmonic / max(harmonic + rest, tiny)
