"""A limiter that keeps the true peak of a sound below a ceiling, for renderings that may look ahead.

The gain that each peak needs is held for 20 ms on both sides and smoothed by a window of the same width, so that it
is already down when the peak comes and never steps. Sound that stays below the ceiling passes untouched.
"""

import numpy as np

from studio.audio.loudness import REACH, between_samples, oversampling
from studio.media.wav import Frames

_HOLD_S = 0.02


class Limiter:
    """Takes a stream and gives the same stream, limited, as late as it has to look ahead. `ceiling` is linear."""

    def __init__(self, rate_hz: int, channels: int, ceiling: float) -> None:
        self._ceiling = ceiling
        self._times = oversampling(rate_hz)
        self._hold = max(1, round(_HOLD_S * rate_hz))
        window = np.hanning(2 * self._hold + 3)[1:-1]
        self._window = window / window.sum()
        self._context = 2 * self._hold + REACH
        self._sound: Frames = np.zeros((self._context, channels), np.float32)

    def feed(self, block: Frames, *, last: bool = False) -> Frames:
        """Return what is ready after this block; with `last`, all the rest."""
        context = self._context
        end = [np.zeros((context, block.shape[1]), np.float32)] if last else []
        self._sound = np.concatenate((self._sound, block, *end))
        ready = len(self._sound) - 2 * context
        if ready <= 0:
            return self._sound[:0]
        sound, self._sound = self._sound, self._sound[ready:].copy()
        return self._limited(sound)

    def _limited(self, sound: Frames) -> Frames:
        """The frames of a stretch that have their whole context around them."""
        from scipy.ndimage import minimum_filter1d
        from scipy.signal import fftconvolve

        inner = sound[self._context : len(sound) - self._context]
        peaks = between_samples(sound, self._times).max(axis=0).reshape(-1, self._times).max(axis=1)
        if float(peaks.max()) <= self._ceiling:
            return inner.copy()
        needed = np.minimum(1.0, self._ceiling / np.maximum(peaks, 1e-12))
        held = minimum_filter1d(needed, 2 * self._hold + 1, mode="constant", cval=1.0)
        gain = fftconvolve(held, self._window, "valid")
        spare = (len(gain) - len(inner)) // 2
        gain = np.minimum(gain[spare : spare + len(inner)], 1.0)
        return np.asarray(inner * gain[:, None], np.float32)
