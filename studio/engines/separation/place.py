"""Where in the stereo picture each bin sits: a voice is mixed to the middle, much of a band is not."""

from typing import Final, NamedTuple

import numpy as np

from studio.engines.separation.spectrum import Mask, Spectrum

_TINY: Final = 1e-9
_WIDTH: Final = 0.12
_MONO: Final = 0.05  # side beside mid, by magnitude: below this the mix has no places to tell apart
_STEREO: Final = 0.20


class Place(NamedTuple):
    """What the two channels say about each bin.

    `alike` is 1 where left and right are the same, panned to the middle; `direct` is the part that is not diffuse.
    `trust` says how far the mix is stereo at all, 0 (mono) to 1: a mono mix has everything in the middle.
    """

    alike: Mask
    direct: Mask
    trust: float

    def centre(self) -> Mask:
        """How much of each bin comes from the middle; all of it where nothing can be told."""
        mask = self.alike**0.4 * self.direct**0.6
        return np.asarray(mask * self.trust + (1 - self.trust), np.float32)


def place(mix: Spectrum) -> Place:
    """Judge the two channels of `mix`; a sound of one channel is all middle."""
    from scipy.ndimage import uniform_filter1d

    if len(mix) == 1:
        whole = np.ones(mix.shape[1:], np.float32)
        return Place(whole, whole, 0.0)
    left, right = mix
    across = (left * right.conj()).real
    power_left, power_right = _power(left), _power(right)
    both, apart = power_left + power_right, _power(left - right)
    alike = np.clip(2 * uniform_filter1d(across, 3, axis=1) / (uniform_filter1d(both, 3, axis=1) + _TINY), 0, 1) ** 6
    loud_left, loud_right = np.sqrt(power_left), np.sqrt(power_right)
    pan = (loud_left - loud_right) / (loud_left + loud_right + _TINY)
    alike *= np.exp(-((pan / _WIDTH) ** 2) / 2)
    level = uniform_filter1d(both, 5, axis=1) / 2
    direct = np.maximum(level - uniform_filter1d(apart, 5, axis=1), 0) / (level + _TINY)
    width = float(np.sqrt(apart).mean() / (np.abs(left + right).mean() + _TINY))
    trust = float(np.clip((width - _MONO) / (_STEREO - _MONO), 0, 1))
    return Place(alike.astype(np.float32), direct.astype(np.float32), trust)


def _power(channel: np.ndarray) -> Mask:
    return np.asarray(channel.real**2 + channel.imag**2, np.float32)
