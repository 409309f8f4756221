"""Noise that was heard alone: what it is in each bin, and where there is more than it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Sound
from studio.engines.denoise.frames import Powers, spectra
from studio.errors import StudioError

_EDGE_FRAMES: Final = 4  # at either end a window reaches beyond the stretch
_FEWEST_FRAMES: Final = 8
_LEAST: Final = 1e-12
_FRAMES, _BINS = 3, 5  # around each bin
_BIN_RAMP_DB: Final = (1.0, 4.0)
_MOMENT_FRAMES: Final = 5
_MOMENT_RAMP_DB: Final = (0.5, 1.5)  # the mean over all bins wavers much less than that of a few
_HANG_FRAMES: Final = 9
DEEPEST_DB: Final = -30.0

Spectrum = NDArray[np.float32]
"""Power in each bin, shape (bins,)."""


def learnt(sound: Sound, size: int) -> Spectrum:
    """The mean power of noise alone in each bin; a `StudioError` where the stretch is too short to tell."""
    found = spectra(sound, size)[:, _EDGE_FRAMES:-_EDGE_FRAMES]
    if found.shape[1] < _FEWEST_FRAMES:
        raise StudioError(
            "denoise.noise_short",
            "The noise was not learnt.",
            cause="The stretch is too short to tell what the noise is.",
            remedy="Choose a quarter of a second or more in which nothing but the noise is heard.",
        )
    powers = np.mean(found.real**2 + found.imag**2, axis=(0, 1))
    return np.asarray(np.maximum(powers, _LEAST), np.float32)


def let_through(factors: Powers, powers: Powers, noise: Spectrum, strength: float) -> Powers:
    """Return the factors with everything lowered alike, as far as it goes, where there is nothing but the noise.

    A bin holds more than noise where it stands above it together with its neighbours, at a moment which does so as
    a whole (Cohen, "Optimal speech enhancement under signal presence uncertainty", IEEE SPL 2002): what a known
    noise leaves is then as even as it was, and no bin of it twitters.
    """
    from scipy.ndimage import maximum_filter1d, uniform_filter, uniform_filter1d

    ratio = powers / noise
    here = _ramp(uniform_filter(ratio, (_FRAMES, _BINS), mode="nearest"), _BIN_RAMP_DB)
    moment = _ramp(uniform_filter1d(ratio.mean(axis=1), _MOMENT_FRAMES, mode="nearest"), _MOMENT_RAMP_DB)
    more = here * maximum_filter1d(moment, _HANG_FRAMES)[:, None]
    floor = np.float32(10 ** (DEEPEST_DB * strength / 20))
    return np.asarray(np.maximum(factors, floor) ** more * floor ** (1 - more), np.float32)


def _ramp(ratio: Powers, ends_db: tuple[float, float]) -> Powers:
    low, high = ends_db
    return np.asarray(np.clip((10 * np.log10(np.maximum(ratio, 1e-6)) - low) / (high - low), 0, 1), np.float32)
