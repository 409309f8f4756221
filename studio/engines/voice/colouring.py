"""The colour of what has no voice: consonants and breaths of one person filtered towards another's.

They stay the recording's own, sample by sample, so that none is smeared; only a fixed filter goes over them.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.voice.frames import Matrix, Row

_MOST: Final = 4.0
"""12 dB either way: what is missing in a recording cannot be filtered into it."""
_QUIETEST: Final = 40
_FEWEST: Final = 20
_WINDOW: Final = 1024


def unvoiced_mean(envelope: Matrix, f0_hz: Row | NDArray[np.float64]) -> Row | None:
    """The mean mel-cepstra of the louder frames without a voice, None where there are hardly any."""
    rows = envelope[f0_hz <= 0]
    if len(rows) < _FEWEST:
        return None
    mean: Row = rows[rows[:, 0] >= np.percentile(rows[:, 0], _QUIETEST)].mean(0)
    return mean


def colouring(source: Row, wanted: Row, rate_hz: int, strength: float) -> NDArray[np.float64]:
    """The gains of each bin, shape (_WINDOW // 2 + 1,), that turn one mean colour into the other at the same power."""
    import pyworld

    fft = pyworld.get_cheaptrick_fft_size(rate_hz)
    rows = np.ascontiguousarray(np.stack([source, wanted]), np.float64)
    ours, theirs = pyworld.decode_spectral_envelope(rows, rate_hz, fft)
    apart = np.sqrt(theirs / ours)
    apart /= np.sqrt((apart**2 * ours).sum() / ours.sum())
    gains = np.clip(apart, 1 / _MOST, _MOST) ** strength
    gains /= np.sqrt((gains**2 * ours).sum() / ours.sum())
    at = np.linspace(0, 1, _WINDOW // 2 + 1)
    found: NDArray[np.float64] = np.interp(at, np.linspace(0, 1, len(gains)), gains)
    return found


def coloured(sound: NDArray[np.float64], gains: NDArray[np.float64]) -> NDArray[np.float64]:
    """A sound through a filter without delay."""
    hop = _WINDOW // 2
    window = np.sqrt(np.hanning(_WINDOW + 1)[:-1])
    padded = np.pad(sound, (hop, hop + _WINDOW))
    made = np.zeros(len(padded))
    for start in range(0, len(padded) - _WINDOW + 1, hop):
        piece = slice(start, start + _WINDOW)
        made[piece] += np.fft.irfft(np.fft.rfft(padded[piece] * window) * gains) * window
    filtered: NDArray[np.float64] = made[hop : hop + len(sound)]
    return filtered
