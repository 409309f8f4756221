"""The short-time spectrum that the built-in separator works on: 4096 samples every 1024, at 44.1 kHz."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Sound

RATE_HZ: Final = 44100
WINDOW: Final = 4096
HOP: Final = 1024
BINS: Final = WINDOW // 2 + 1

Spectrum = NDArray[np.complex64]
"""Shape (channels, bins, frames); frame `i` is centred on sample `i * HOP`."""

Mask = NDArray[np.float32]
"""How much of each bin is the voice's, 0 to 1, shape (bins, frames)."""

HZ: Final = np.arange(BINS, dtype=np.float32) * np.float32(RATE_HZ / WINDOW)
"""The frequency of each bin."""


def hann() -> NDArray[np.float32]:
    """The window, periodic, so that its squares add up to a constant at this hop."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


def frame_count(samples: int) -> int:
    """How many frames a sound of so many samples has."""
    return samples // HOP + 1


def frame_times() -> float:
    """Seconds from one frame to the next."""
    return HOP / RATE_HZ


def spectrum(sound: Sound) -> Spectrum:
    """The spectrum of a sound of shape (samples, channels)."""
    from scipy.fft import rfft

    samples, channels = sound.shape
    frames = frame_count(samples)
    padded = np.zeros((channels, WINDOW + (frames + 1) * HOP), np.float32)
    padded[:, WINDOW // 2 : WINDOW // 2 + samples] = sound.T
    out = np.empty((channels, BINS, frames), np.complex64)
    window = hann()
    for channel in range(channels):
        cut = np.lib.stride_tricks.sliding_window_view(padded[channel], WINDOW)[::HOP][:frames]
        out[channel] = rfft(cut * window, axis=1).T
    return out


def sound_of(spectra: Spectrum, samples: int) -> Sound:
    """The sound of a spectrum, shape (samples, channels): what `spectrum` was given, where nothing was changed."""
    from scipy.fft import irfft

    channels, _, frames = spectra.shape
    window = hann()
    length = WINDOW + (frames + 1) * HOP
    weight = np.zeros(length, np.float32)
    out = np.zeros((length, channels), np.float32)
    for frame in range(frames):
        weight[frame * HOP : frame * HOP + WINDOW] += window**2
    for channel in range(channels):
        pieces = irfft(np.ascontiguousarray(spectra[channel].T), n=WINDOW, axis=1) * window
        for frame in range(frames):
            out[frame * HOP : frame * HOP + WINDOW, channel] += pieces[frame]
    inside = slice(WINDOW // 2, WINDOW // 2 + samples)
    return np.ascontiguousarray(out[inside] / np.maximum(weight[inside], 1e-8)[:, None])
