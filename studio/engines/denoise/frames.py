"""Sound to overlapping spectra and back, in single precision, at any rate."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Sound

_OVERLAP: Final = 4

Spectra = NDArray[np.complex64]
"""Shape (channels, frames, bins)."""

Powers = NDArray[np.float32]
"""Power in each bin of each frame, shape (frames, bins)."""


def window_size(rate_hz: int, window_s: float) -> int:
    """The power of two nearest to a window's length, a whole number of hops."""
    return max(16, 1 << round(math.log2(rate_hz * window_s)))


def spectra(sound: Sound, size: int) -> Spectra:
    """Return the spectra of frames of `size` samples, four of which cover each sample."""
    from scipy.fft import rfft

    hop = size // _OVERLAP
    count = -(-(len(sound) + size - hop) // hop)
    padded = np.zeros((sound.shape[1], (count - 1) * hop + size), np.float32)
    padded[:, size - hop : size - hop + len(sound)] = np.nan_to_num(sound.T, posinf=0.0, neginf=0.0)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size, axis=1)[:, ::hop]
    return np.asarray(rfft(frames * _window(size), axis=2), np.complex64)


def sound_of(found: Spectra, size: int, length: int) -> Sound:
    """Return `length` samples from spectra as `spectra` made them; unchanged ones give the sound they were made of."""
    from scipy.fft import irfft

    hop = size // _OVERLAP
    channels, count, _ = found.shape
    frames = irfft(found, n=size, axis=2).astype(np.float32) * _window(size)
    pieces = frames.reshape(channels, count, _OVERLAP, hop)
    out = np.zeros((channels, count + _OVERLAP - 1, hop), np.float32)
    for part in range(_OVERLAP):
        out[:, part : part + count] += pieces[:, :, part]
    flat = out.reshape(channels, -1)[:, size - hop : size - hop + length]
    return np.ascontiguousarray(flat.T / np.float32(_OVERLAP / 2))


def _window(size: int) -> NDArray[np.float32]:
    """The root of a Hann window: seen twice, its squares at a distance of a quarter add up to two."""
    return np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)
