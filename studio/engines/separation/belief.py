"""How far to believe that it is a voice: what two networks hear, one of our own and one that only some have, as one."""

from typing import Final

import numpy as np

_ALONE: Final = (0.15, 0.50)
"""Where our own network is the only one: at most so sure it is not believed, and from so sure on entirely."""

_TOGETHER: Final = (0.42, 0.55)
"""The same of both together."""


def believed(ear: float, listener: float | None) -> float:
    """How far somebody is believed in, 0 to 1, from how sure both are; None where there is no listener.

    Ours knows voices that no person ever had and is fooled by strings and reeds, the listener hears only people and
    is hardly ever wrong about them. So both have a say, and where the listener is sure the other is not asked.
    """
    if listener is None:
        return _between(ear, *_ALONE)
    return _between(max(np.sqrt(ear * listener), listener**2), *_TOGETHER)


def _between(sure: float, none: float, full: float) -> float:
    return float(np.clip((sure - none) / (full - none), 0, 1))
