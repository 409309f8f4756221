"""How far a guessed pitch is off, compiled: see `voicekernels.reference.harmonics`."""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.harmonics import DOUBT, HARMONICS, Measured, basis, check

_BASIS: Final = basis()


def measure(periods: NDArray[np.float32], count: NDArray[np.int32]) -> Measured:
    """See `reference.harmonics.measure`; equal to it within 1e-3 where there is any sound."""
    check(periods, count)
    out = np.empty((4, len(periods)), np.float32)
    _measure(periods @ _BASIS, count, out)
    return Measured(*out)


@njit(cache=True, fastmath={"reassoc", "contract", "arcp", "nsz"}, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _measure(z: NDArray[np.float32], count: NDArray[np.int32], out: NDArray[np.float32]) -> None:
    n = HARMONICS
    tiny = np.float32(1e-12)
    for t in range(len(z)):
        turned = trusted = weight = clear = loud = harmonic = rest = np.float32(0)
        for k in range(count[t]):
            re, im = z[t, k], z[t, n + k]
            power = re * re + im * im + tiny
            low = z[t, 4 * n + k] ** 2 + z[t, 5 * n + 1 + k] ** 2
            high = z[t, 4 * n + k + 1] ** 2 + z[t, 5 * n + 2 + k] ** 2
            noise = np.float32(0.5) * (low + high) + tiny
            turn = -(z[t, 3 * n + k] * re - z[t, 2 * n + k] * im) / power * np.float32(0.15915494)
            size = np.sqrt(power)
            number = np.float32(k + 1)
            trust = np.sqrt(size * number) * power / (power + np.float32(DOUBT) * noise)
            turned += trust * turn
            trusted += trust * number
            weight += number * number * power / noise
            felt = np.sqrt(size)
            loud += felt
            clear += felt * power / (power + noise)
            harmonic += power
            rest += noise
        off = turned / max(trusted, tiny)
        out[0, t] = min(max(off, np.float32(-0.1)), np.float32(0.1))
        out[1, t] = weight
        out[2, t] = clear / max(loud, tiny)
        out[3, t] = harmonic / max(harmonic + rest, tiny)
