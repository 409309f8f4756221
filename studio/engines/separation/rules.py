"""The mask by rule: the teeth of the comb, the middle of the picture, and the consonants around what is voiced."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.separation.melody import Melody, comb
from studio.engines.separation.place import Place
from studio.engines.separation.spectrum import HOP, HZ, RATE_HZ, Mask, Spectrum

_TINY: Final = 1e-9
_UNSURE: Final = 0.35
_SURE: Final = 0.60
_FLOOR: Final = 0.3
_CONSONANT_HZ: Final = 2500.0
_CONSONANT: Final = 0.7
_LOWEST_HZ: Final = 100.0


def mask(mix: Spectrum, where: Place, melody: Melody) -> Mask:
    """How much of each bin of `mix` is the voice's, judged by the rules alone."""
    from scipy.ndimage import uniform_filter1d

    centre = where.centre()
    voiced = np.clip((melody.sure - _UNSURE) / (_SURE - _UNSURE), 0, 1)
    near = np.clip(uniform_filter1d(voiced, _frames(0.4)) * 2, 0, 1)
    own = np.maximum(comb(melody) * voiced[None], _FLOOR * near[None])
    own = np.maximum(own, _consonants(np.abs(centre * mix.mean(0)), voiced))
    return np.asarray(np.clip(centre * own, 0, 1) * above_rumble(), np.float32)


def above_rumble() -> Mask:
    """A high-pass at the bottom of the voice, shape (bins, 1)."""
    return np.asarray(1 / (1 + (_LOWEST_HZ / np.maximum(HZ, 1)) ** 8), np.float32)[:, None]


def _consonants(loud: Mask, voiced: NDArray[np.float32]) -> Mask:
    """Treble that bursts out near what is voiced: hiss and plosives have no pitch to follow."""
    from scipy.ndimage import median_filter, uniform_filter1d

    treble = loud[(HZ > 3500) & (HZ < 12000)].mean(0)
    usual = median_filter(treble, size=_frames(2.0)) + _TINY
    burst = np.clip((treble / usual - 1.6) / 2, 0, 1)
    near = uniform_filter1d((voiced > 0.3).astype(float), _frames(0.25)) > 0.1
    return np.asarray(_CONSONANT * (HZ > _CONSONANT_HZ)[:, None] * (burst * near)[None], np.float32)


def _frames(length_s: float) -> int:
    return int(length_s * RATE_HZ / HOP) | 1
