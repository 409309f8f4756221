"""Whether there is a voice at all, and anything beside it: what is hardly there is taken for not there."""

from typing import Final

import numpy as np

from studio.engines.separation.spectrum import Mask

_GUESSING: Final = 0.61
_KNOWING: Final = 0.72
_TINY: Final = 1e-9


def settle(power: Mask, *masks: Mask) -> tuple[Mask, ...]:
    """The masks, with the voice left out where the first one never finds any, and whole where it finds nothing else.

    How sure a part is: the mean of its own mask over its own power. A real voice owns the bins it is heard in; one
    that the masks only imagine holds a little of many.
    """
    voice, rest = _sureness(power, masks[0]), _sureness(power, 1 - masks[0])
    if voice >= rest:
        share = _step(rest)
        return tuple(np.asarray(1 - share * (1 - mask)) for mask in masks)
    share = _step(voice)
    return tuple(np.asarray(share * mask) for mask in masks)


def _sureness(power: Mask, mask: Mask) -> float:
    held = power * mask
    return float((held * mask).sum() / (held.sum() + _TINY * power.sum() + _TINY))


def _step(sureness: float) -> np.float32:
    share = np.clip((sureness - _GUESSING) / (_KNOWING - _GUESSING), 0, 1)
    return np.float32(share * share * (3 - 2 * share))
