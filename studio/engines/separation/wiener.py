"""From a first guess to two channels: a Wiener filter that also uses where in the stereo picture the voice sits."""

from typing import Final

import numpy as np

from studio.engines.separation.spectrum import Mask, Spectrum

_TINY: Final = 1e-9


def refine(mix: Spectrum, mask: Mask) -> Spectrum:
    """The voice in `mix`, of which `mask` is a guess.

    Each part has, in every bin, a spatial covariance of its own over the whole chunk (Duong, Vincent and Gribonval,
    "Under-determined reverberant audio source separation using a full-rank spatial covariance model", 2010) and the
    guessed power in each frame. One channel has no space: there the mask is all.
    """
    if len(mix) == 1:
        return np.asarray(mix * mask, np.complex64)
    left, right = mix
    power = (left.real**2 + left.imag**2 + right.real**2 + right.imag**2) / 2
    voice, rest = _covariance(mix, mask, power), _covariance(mix, 1 - mask, power)
    voice_power, rest_power = mask * power, (1 - mask) * power
    # The 2 × 2 matrices are written out: a hundred thousand small matrix products are slow.
    ll, rr, lr = (voice_power * v[:, None] + rest_power * r[:, None] for v, r in zip(voice, rest, strict=True))
    floor = 1e-6 * (ll + rr) / 2 + 1e-12
    ll, rr = ll + floor, rr + floor
    scale = voice_power / (ll * rr - lr.real**2 - lr.imag**2)
    over_left = (rr * left - lr * right) * scale
    over_right = (ll * right - lr.conj() * left) * scale
    vll, vrr, vlr = (part[:, None] for part in voice)
    return np.stack([vll * over_left + vlr * over_right, vlr.conj() * over_left + vrr * over_right]).astype(
        np.complex64
    )


def _covariance(mix: Spectrum, mask: Mask, power: Mask) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Left, right and across, one value a bin."""
    left, right = mask * mix[0], mask * mix[1]
    over = 1 / ((mask * power).sum(1) + _TINY)
    here = (left.real**2 + left.imag**2).sum(1) * over + 1e-6
    there = (right.real**2 + right.imag**2).sum(1) * over + 1e-6
    return here, there, (left * right.conj()).sum(1) * over
