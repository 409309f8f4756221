"""Whether there is a voice at all, and anything beside it: what is hardly there is taken for not there."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.separation.spectrum import Mask, frame_times

_NEAR_S: Final = 1.0
_PER_DB: Final = 0.03
_NOWHERE: Final = 0.44
_SOMEWHERE: Final = 0.58
_NOT_HERE: Final = 0.00
_HERE: Final = 0.20
_DOUBT: Final = 0.6
"""What a voice loses of its evidence that nobody believes in: an instrument that sings misleads the network."""

_LASTING_S: Final = 4.0
"""A band lasts; what is left of a voice's long notes and of its room does not."""

_LEFT_DB: Final = -24.0
"""Where a part is taken for not there, so much of it stays, beside the mix: a wrong guess is quiet, not lost."""

_QUIET: Final = 1e-3
"""What is 30 dB below the whole proves nothing."""

_TINY: Final = 1e-9


class _Part(NamedTuple):
    """How sure we are of a part around each frame and of it at all, and how loud it is beside the mix, in dB."""

    evidence: NDArray[np.float32]
    level_db: NDArray[np.float32]
    sure: float


def settle(power: Mask, *masks: Mask, heard: float = 1.0) -> tuple[Mask, ...]:
    """The masks, with what is only imagined put down: voice where there is none, or a band beside a voice alone.

    The first mask is that of `power`, and the one that is judged. A real part owns the bins it is heard in, so that
    the mean of its mask over its own power is high, and it is loud; one that is only imagined holds a little of many.
    Of the two parts the more doubtful one is judged: at its best moment, for the whole, and then around each frame.
    `heard` is how far somebody is to be believed in, 0 to 1; see `believed`.
    """
    whole, held, kept = (part.sum(0) for part in (power, power * masks[0], power * masks[0] ** 2))
    voice, rest = _part(whole, held, kept), _part(whole, whole - held, whole - 2 * held + kept)
    voice = voice._replace(sure=voice.sure - _DOUBT * (1 - heard))
    if voice.sure >= rest.sure:
        gain = _gain(rest._replace(sure=_lasting(rest.evidence)))
        return tuple(np.asarray(1 - gain * (1 - mask)) for mask in masks)
    gain = _gain(voice)
    return tuple(np.asarray(gain * mask) for mask in masks)


def _part(whole: NDArray[np.float32], held: NDArray[np.float32], kept: NDArray[np.float32]) -> _Part:
    """From the power of the mix, that weighted with the mask and with its square, each frame's sum."""
    whole, held, kept = (np.maximum(_around(part), 0) for part in (whole, held, kept))
    quiet = _QUIET * whole.mean() + _TINY
    level_db = 10 * np.log10(kept / (whole + quiet) + _TINY)
    evidence = kept / (held + quiet) + _PER_DB * level_db
    return _Part(evidence, level_db, float(evidence.max()))


def _lasting(evidence: NDArray[np.float32]) -> float:
    """The evidence over the best few seconds, or over all where there are no more."""
    frames = min(round(_LASTING_S / frame_times()), len(evidence))
    return float(np.convolve(np.maximum(evidence, -1), np.ones(frames) / frames, "valid").max())


def _gain(part: _Part) -> NDArray[np.float32]:
    """What to multiply a part with in each frame: 1 where it is there."""
    there = _step(np.float32(part.sure), _NOWHERE, _SOMEWHERE) * _step(part.evidence, _NOT_HERE, _HERE)
    left = np.minimum(10 ** ((_LEFT_DB - part.level_db) / 20), 1)
    return np.asarray(there + (1 - there) * left, np.float32)


def _around(sums: NDArray[np.float32]) -> NDArray[np.float32]:
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(sums.astype(np.float64), _NEAR_S / frame_times(), mode="reflect"))


def _step(evidence: NDArray[np.float32] | np.float32, none: float, full: float) -> NDArray[np.float32]:
    share = np.clip((evidence - none) / (full - none), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))
