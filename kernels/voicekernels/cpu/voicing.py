"""Where a voice sounds, compiled: see `voicekernels.reference.voicing`."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voicekernels.reference.voicing import check


def decide(odds: NDArray[np.float32], price: float) -> NDArray[np.bool_]:
    """See `reference.voicing.decide`; equal to it."""
    check(odds, price)
    voiced = np.zeros(len(odds), np.bool_)
    _decide(odds.astype(np.float64), price, voiced)
    return voiced


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _decide(odds: NDArray[np.float64], price: float, voiced: NDArray[np.bool_]) -> None:
    back = np.zeros((len(odds), 2), np.bool_)
    silent = sounding = 0.0
    for t in range(len(odds)):
        back[t, 0] = sounding - price > silent
        back[t, 1] = not silent - price > sounding
        silent, sounding = max(silent, sounding - price), max(sounding, silent - price) + odds[t]
    state = sounding > silent
    for t in range(len(odds) - 1, -1, -1):
        voiced[t] = state
        state = back[t, 1] if state else back[t, 0]
