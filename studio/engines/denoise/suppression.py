"""How much of each bin is let through, given how strong the noise in it is."""

from collections.abc import Callable
from typing import Final

import numpy as np

from studio.engines.denoise.frames import Powers
from studio.engines.denoise.profile import DEEPEST_DB

_MEMORY: Final = 0.95
_LEAST_RATIO: Final = 10**-2.5
_MOST_RATIO: Final = 1e4
_BEAT_FRAMES: Final = 250


def gains(powers: Powers, noise: Powers, strength: float, beat: Callable[[float], None]) -> Powers:
    """Return the factor of each bin's amplitude, shape (frames, bins).

    The estimator of the logarithm of a speech amplitude, with a ratio of speech to noise that remembers the frame
    before (Ephraim and Malah, IEEE TASSP 1985): that memory is what keeps single bins from twittering.

    Parameters
    ----------
    noise : (frames, bins) or (1, bins)
    strength : 0 to 1
        0 lets everything through; 1 goes down to 30 dB.
    beat : called some times a second with how far this is
    """
    from scipy.special import exp1

    out = np.empty_like(powers)
    clean = np.zeros(powers.shape[1], np.float32)
    floor = np.float32(10 ** (DEEPEST_DB * strength / 20))
    for i, power in enumerate(powers):
        if i % _BEAT_FRAMES == 0:
            beat(i / len(powers))
        level = noise[min(i, len(noise) - 1)]
        heard = np.clip(power / level, 1e-3, _MOST_RATIO)
        ratio = np.float32(_MEMORY) * clean / level + np.float32(1 - _MEMORY) * np.maximum(heard - 1, 0)
        ratio = np.clip(ratio, _LEAST_RATIO, _MOST_RATIO)
        share = ratio / (1 + ratio)
        gain = np.minimum(share * np.exp(0.5 * exp1(share * heard)), 1).astype(np.float32)
        clean = gain * gain * power
        out[i] = np.maximum(gain ** np.float32(strength), floor)
    return out
