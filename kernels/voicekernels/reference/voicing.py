"""Where a voice sounds, from the odds of each frame: the likelier of two states, with a price on changing."""

import numpy as np
from numpy.typing import NDArray


def decide(odds: NDArray[np.float32], price: float) -> NDArray[np.bool_]:
    """Return which frames are voiced, on the path of two states (Viterbi) with the highest sum.

    `odds` is float32 (frames,), the logarithm of the odds that a frame is voiced; each change costs `price` >= 0.
    Raises ValueError for a negative price.
    """
    check(odds, price)
    back = np.zeros((len(odds), 2), np.int8)
    best = (0.0, 0.0)
    for t, odd in enumerate(odds.astype(np.float64)):
        silent, sounding = best
        back[t] = (sounding - price > silent, not silent - price > sounding)
        best = (max(silent, sounding - price), float(max(sounding, silent - price) + odd))
    voiced = np.zeros(len(odds), bool)
    state = int(best[1] > best[0])
    for t in range(len(odds) - 1, -1, -1):
        voiced[t] = state
        state = int(back[t, state])
    return voiced


def check(odds: NDArray[np.float32], price: float) -> None:
    """Raise ValueError for what is no series, or a price below nothing."""
    if odds.ndim != 1 or price < 0:
        raise ValueError(f"not odds: {odds.shape} at a price of {price}")
