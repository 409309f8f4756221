"""How well a comb of harmonics fits a spectrum, for every pitch of a grid.

After Camacho & Harris, "A sawtooth waveform inspired pitch estimator for speech and music", JASA 124(3), 2008
(SWIPE): a comb that is positive around each harmonic and negative between them, on a compressed spectrum and a
perceptual scale. Ours has all harmonics, and weighs what rises above the noise floor.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

VALLEY: Final = 0.9  # depth of the comb between two harmonics, against 1 on them; below the first it is half
DECAY: Final = 0.5  # harmonic k counts k to the power of -DECAY
DOUBT: Final = 200.0  # power so many times the noise floor counts half
DIM: Final = 64.0  # a frame that is felt so many times as much as the noise floor counts 0.7: the path holds its course
HIGHEST_HZ: Final = 3600.0
_ERB_HZ: Final = 229.0  # the ear resolves in proportion to this plus the frequency (Glasberg & Moore 1990)
_TINY: Final = 1e-12


def density(bins: int, width_hz: float) -> NDArray[np.float32]:
    """How much a bin of a spectrum counts, shape (bins,): the ear's bands are narrow where the frequency is low."""
    return (1.0 / (_ERB_HZ + width_hz * np.arange(bins))).astype(np.float32)


def teeth(bins: int, width_hz: float, pitches_hz: NDArray[np.float64]) -> NDArray[np.float32]:
    """The comb of each pitch over `bins` frequencies `width_hz` apart, shape (bins, pitches); zero if none fits."""
    hz = width_hz * np.arange(bins)[:, None]
    place = hz / pitches_hz
    wave = np.cos(2 * np.pi * place)
    nearest = np.abs(place - np.maximum(np.round(place), 1.0))
    comb = np.where(nearest < 0.25, wave, VALLEY * wave)
    first = (place >= 0.25) & (place < 0.75)
    comb = np.where(first, VALLEY / 2 * wave, comb) * (place >= 0.25) * (hz <= HIGHEST_HZ)
    weight = 1.0 / (_ERB_HZ + hz)
    comb = comb * np.maximum(place, 0.25) ** -DECAY * weight**0.6
    size = np.sqrt(np.sum(np.where(comb > 0, comb, 0) ** 2 / weight, axis=0))
    shaped: NDArray[np.float32] = (comb / np.maximum(size, 1e-9)).astype(np.float32)
    return shaped


def power(spectrum: NDArray[np.complex64]) -> NDArray[np.float32]:
    """Return the squared size of each bin, float32, same shape."""
    exact = spectrum.astype(np.complex128)
    return (exact.real**2 + exact.imag**2).astype(np.float32)


def strengths(
    power: NDArray[np.float32],
    noise: NDArray[np.float32],
    density: NDArray[np.float32],
    teeth: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return how well each pitch fits each frame, about -1 to 1, and nearer to 0 where there is little but noise.

    Parameters
    ----------
    power : float32 (frames, bins), >= 0
        Power spectra.
    noise : float32 (bins,), >= 0
        The noise floor in the same unit.
    density, teeth : float32 (bins,) and (bins, pitches)
        See `density` and `teeth`.

    Returns
    -------
    float32 (frames, pitches)

    Raises
    ------
    ValueError
        If the shapes do not go together.
    """
    check(power, noise, density, teeth)
    exact, floor, weight = (values.astype(np.float64) for values in (power, noise, density))
    felt = (exact * exact / (exact + DOUBT * floor + _TINY)) ** 0.375
    felt /= np.sqrt(np.maximum((felt * felt) @ weight + least_felt(noise, density), _TINY))[:, None]
    return (felt @ teeth.astype(np.float64)).astype(np.float32)


def least_felt(noise: NDArray[np.float32], density: NDArray[np.float32]) -> float:
    """What a frame has to be felt beyond to count; see `DIM`."""
    floor = noise.astype(np.float64)
    return float(DIM * ((floor * floor / (floor + DOUBT * floor + _TINY)) ** 0.75 @ density.astype(np.float64)))


def check(
    power: NDArray[np.float32], noise: NDArray[np.float32], density: NDArray[np.float32], teeth: NDArray[np.float32]
) -> None:
    """Raise ValueError unless all have the same bins."""
    if power.ndim != 2 or teeth.ndim != 2 or not power.shape[1] == len(noise) == len(density) == len(teeth):
        raise ValueError(f"shapes do not go together: {power.shape}, {noise.shape}, {density.shape}, {teeth.shape}")
