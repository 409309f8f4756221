"""How well a comb of harmonics fits a spectrum, in single precision: see `voicekernels.reference.comb`."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.comb import DIM, DOUBT, check


def strengths(
    power: NDArray[np.float32],
    noise: NDArray[np.float32],
    density: NDArray[np.float32],
    teeth: NDArray[np.float32],
) -> NDArray[np.float32]:
    """See `reference.comb.strengths`; equal to it within 1e-4."""
    check(power, noise, density, teeth)
    felt = np.empty(power.shape, np.float32)
    _feel(np.ascontiguousarray(power, np.float32), noise, density, np.float32(DOUBT), np.float32(DIM), felt)
    return felt @ teeth


def power(spectrum: NDArray[np.complex64]) -> NDArray[np.float32]:
    """See `reference.comb.power`; equal to it within 1e-6 relative."""
    out = np.empty(spectrum.shape, np.float32)
    _power(np.ascontiguousarray(spectrum, np.complex64).view(np.float32), out)
    return out


@njit(cache=True, fastmath={"contract"}, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _power(spectrum: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    frames, bins = out.shape
    for t in range(frames):
        for b in range(bins):
            re, im = spectrum[t, 2 * b], spectrum[t, 2 * b + 1]
            out[t, b] = re * re + im * im


@njit(cache=True, fastmath={"reassoc", "contract", "arcp", "nsz"}, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _feel(
    power: NDArray[np.float32],
    noise: NDArray[np.float32],
    density: NDArray[np.float32],
    doubt: np.float32,
    dim: np.float32,
    felt: NDArray[np.float32],
) -> None:
    frames, bins = power.shape
    floor = np.empty(bins, np.float32)
    least = np.float32(0)
    for b in range(bins):
        n = noise[b]
        floor[b] = doubt * n + np.float32(1e-12)
        root = np.sqrt(np.sqrt(n * n / (n + floor[b])))
        least += dim * root * root * root * density[b]
    for t in range(frames):
        total = least
        for b in range(bins):
            p = power[t, b]
            root = np.sqrt(np.sqrt(p * p / (p + floor[b])))
            value = root * np.sqrt(root)
            felt[t, b] = value
            total += value * value * density[b]
        scale = np.float32(1) / np.sqrt(max(total, np.float32(1e-12)))
        for b in range(bins):
            felt[t, b] *= scale
