"""How far a guessed pitch is off, and how much of the sound is harmonic, from a few straightened periods.

The frequency of each harmonic comes from the change of its phase, by a window and its slope: Flanagan & Golden,
"Phase vocoder", Bell System Technical Journal 45, 1966; Kawahara et al. 1999 and Morise's StoneMask (2017) weigh such
frequencies into one. What lies halfway between two harmonics is noise, and a harmonic counts by how far it stands out.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

HALF: Final = 2.5  # periods to either side
POINTS_A_PERIOD: Final = 64  # of the lowest voices what lies above would be mirrored onto lower harmonics
POINTS: Final = round(2 * HALF * POINTS_A_PERIOD)
HARMONICS: Final = 20
BEST: Final = 0.01  # the share of itself that every harmonic counts as noise
FAINTEST: Final = 3e-6  # the share of all that counts as noise: reading between samples mirrors about as much
_FURTHEST: Final = 0.1
_TINY: Final = 1e-12


class Measured(NamedTuple):
    """What was found in each frame, float32 of shape (frames,)."""

    offset: NDArray[np.float32]
    """How far the true frequency lies above the guessed one, relative to it; -0.1 to 0.1."""
    weight: NDArray[np.float32]
    """How exact that is: the inverse of its variance but for a factor."""
    clear: NDArray[np.float32]
    """How much harmonics stand out of the noise, each counting alike, 0 to 1."""
    pure: NDArray[np.float32]
    """The share of the energy that is harmonic, 0 to 1."""


def basis(harmonics: int, points: int = POINTS) -> NDArray[np.complex128]:
    """Windowed waves, shape (points, 3 * harmonics + 1).

    The harmonics under the window, the same under its slope, then what lies halfway between them.
    """
    half = points / POINTS_A_PERIOD / 2
    phase = (np.arange(points) + 0.5) / POINTS_A_PERIOD - half
    window = 0.5 + 0.5 * np.cos(np.pi * phase / half)
    slope = -np.pi / (2 * half) * np.sin(np.pi * phase / half)
    waves = np.exp(-2j * np.pi * np.outer(phase, np.arange(1, harmonics + 1)))
    between = np.exp(-2j * np.pi * np.outer(phase, np.arange(harmonics + 1) + 0.5))
    return np.concatenate((waves * window[:, None], waves * slope[:, None], between * window[:, None]), axis=1)


def measure(periods: NDArray[np.float32], count: NDArray[np.int32], doubt: float) -> Measured:
    """Measure windows that `periods.unroll` made with `HALF` and `POINTS`, or longer ones.

    `periods` is float32 (frames, points), whole periods of `POINTS_A_PERIOD` points; `count` int32 (frames,), how many
    harmonics of each frame lie in the band, 1 to `HARMONICS`. A harmonic `doubt` times as strong as the noise counts a
    quarter, and so does one that is only `FAINTEST` of all. Raises ValueError for other shapes.
    """
    check(periods, count)
    n = HARMONICS
    z = periods.astype(np.float64) @ basis(n, periods.shape[1])
    k = np.arange(1, n + 1)
    here, change, between = z[:, :n], z[:, n : 2 * n], np.abs(z[:, 2 * n :]) ** 2
    power = np.abs(here) ** 2 + _TINY
    noise = 0.5 * (between[:, 1:] + between[:, :-1]) + _TINY
    inside = k <= count[:, None]
    turned = -(change * here.conj()).imag / power / (2 * np.pi)
    harmonic, rest = np.where(inside, power, 0).sum(axis=1), np.where(inside, noise, 0).sum(axis=1)
    sure = power / (power + doubt * noise + FAINTEST * harmonic[:, None])
    trust = np.where(inside, sure * sure, 0.0)
    offset = (trust * turned).sum(axis=1) / np.maximum((trust * k).sum(axis=1), _TINY)
    loud = np.where(inside, np.sqrt(np.sqrt(power)), 0.0)
    clear = (loud * power / (power + noise)).sum(axis=1) / np.maximum(loud.sum(axis=1), _TINY)
    found = (
        np.clip(offset, -_FURTHEST, _FURTHEST),
        np.where(inside, k * k * sure * power / (noise + BEST * power), 0).sum(axis=1),
        clear,
        harmonic / np.maximum(harmonic + rest, _TINY),
    )
    return Measured(*(values.astype(np.float32) for values in found))


def check(periods: NDArray[np.float32], count: NDArray[np.int32]) -> None:
    """Raise ValueError for windows that are too short, or no whole periods."""
    if periods.ndim != 2 or count.shape != periods.shape[:1]:
        raise ValueError(f"each window needs a count: {periods.shape}, {count.shape}")
    if periods.shape[1] < POINTS or periods.shape[1] % POINTS_A_PERIOD:
        raise ValueError(f"windows have {POINTS} points, or whole periods of {POINTS_A_PERIOD}: not {periods.shape[1]}")
