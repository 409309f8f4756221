"""How strong the noise is in each bin, heard through the voice."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.denoise.frames import Powers

_QUIET_SHARE: Final = 0.2
_SMOOTH_FRAMES: Final = 9
_LEAST: Final = 1e-12
_SPEECH_RATIO: Final = 10**1.5  # how far speech stands above noise where there is some: 15 dB, as in the paper
_SURE: Final = 0.99
_MEMORY: Final = 0.9

Spectrum = NDArray[np.float32]
"""Power in each bin, shape (bins,)."""


def steady(powers: Powers) -> Spectrum:
    """The noise that is there all the time: what each bin falls to in a fifth of the frames.

    Powers are averaged over some frames first, or the dips of the noise itself would be taken for its level; what
    these averages of exponentially distributed powers still lie too low is known and made up for.
    """
    smooth = _averages(powers)
    place = min(int(len(smooth) * _QUIET_SHARE), len(smooth) - 1)
    quiet: Spectrum = np.partition(smooth, place, axis=0)[place]
    return np.asarray(np.maximum(quiet * np.float32(_too_low()), _LEAST), np.float32)


def changing(powers: Powers) -> Powers:
    """The noise of each frame, followed as it changes, shape (frames, bins).

    Each bin's chance of holding speech decides how much of its power counts as noise (Gerkmann and Hendriks,
    "Unbiased MMSE-based noise power estimation", IEEE TASLP 2012).
    """
    noise = steady(powers)
    out = np.empty_like(powers)
    chance = np.zeros(powers.shape[1], np.float32)
    exponent = np.float32(_SPEECH_RATIO / (1 + _SPEECH_RATIO))
    for i, power in enumerate(powers):
        ratio = np.minimum(power / noise, np.float32(200))
        speech = 1 / (1 + np.float32(1 + _SPEECH_RATIO) * np.exp(-ratio * exponent))
        chance = np.float32(_MEMORY) * chance + np.float32(1 - _MEMORY) * speech
        speech = np.where(chance > _SURE, np.minimum(speech, np.float32(_SURE)), speech)
        heard = (1 - speech) * power + speech * noise
        noise = np.maximum(np.float32(_MEMORY) * noise + np.float32(1 - _MEMORY) * heard, _LEAST).astype(np.float32)
        out[i] = noise
    return out


def _averages(powers: Powers) -> Powers:
    from scipy.ndimage import uniform_filter1d

    return np.asarray(uniform_filter1d(powers, _SMOOTH_FRAMES, axis=0, mode="nearest"), np.float32)


def _too_low() -> float:
    """The mean of such averages over their quantile. Frames overlap: of nine, about four are independent."""
    from scipy.stats import gamma

    return 1 / float(gamma.ppf(_QUIET_SHARE, 4, scale=1 / 4))
