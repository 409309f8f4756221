"""Sounds with a known pitch, for anything that listens to one."""

import numpy as np
from numpy.typing import NDArray

Mono = NDArray[np.float32]


def buzz(hz: float | NDArray[np.float64], rate_hz: int, length: int, peak: float = 0.5) -> Mono:
    """A bright voice-like tone: harmonics below 3.8 kHz of `hz`, a number or one for each sample."""
    phase = np.cumsum(np.broadcast_to(hz, length)) / rate_hz * 2 * np.pi
    highest = float(np.max(hz))
    count = max(1, int(min(3800.0, 0.45 * rate_hz) // highest))
    tone = np.sum([np.sin(k * phase) / k for k in range(1, count + 1)], axis=0)
    scaled: Mono = (peak * tone / np.abs(tone).max()).astype(np.float32)
    return scaled


def noise(length: int, level: float = 0.1, seed: int = 0) -> Mono:
    """White noise of a known seed."""
    return np.random.default_rng(seed).normal(0, level, length).astype(np.float32)


def cents(hz: NDArray[np.float32], reference_hz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each frame lies from a reference, in cents; NaN where unvoiced."""
    off: NDArray[np.float64] = 1200 * np.log2(hz.astype(np.float64) / reference_hz)
    return off
