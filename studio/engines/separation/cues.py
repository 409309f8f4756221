"""What the network is told of a mix: each rule's opinion of each band, and how the melodies move."""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Report
from studio.engines.separation import rules
from studio.engines.separation.melody import Melody, comb, follow
from studio.engines.separation.place import place
from studio.engines.separation.spectrum import BINS, Mask, Spectrum, sound_of

if TYPE_CHECKING:
    from swift_f0 import SwiftF0

FINE: Final = 512
"""So many bands are single bins of the spectrum, up to 5.5 kHz; those above share them out."""

_SHARED: Final = 48
BANDS: Final = FINE + _SHARED
BAND_CUES: Final = 12
FRAME_CUES: Final = 11
RULE_CUE: Final = 11
"""Which of the cues of a band is the mask by rule."""

_LEVEL: Final = 0.1
_LISTENING: Final = "Listening for the voice"
_TINY: Final = 1e-9
_STEADY: Final = 25  # frames: half a second
_WOBBLE: Final = 15  # frames: two turns of a vibrato


class Cues(NamedTuple):
    """What the network takes: of shape (`BAND_CUES`, `BANDS`, frames) and (`FRAME_CUES`, frames)."""

    bands: NDArray[np.float32]
    frames: NDArray[np.float32]


def cues(mix: Spectrum, samples: int, tracker: "SwiftF0", report: Report) -> Cues:
    """Judge a mix of so many samples. Its level makes no difference."""
    where = place(mix)
    centre = where.centre()
    middle = mix.mean(0)
    side = (mix[0] - mix[-1]) / 2
    heard = centre * rules.above_rumble() * middle
    report(0.2, _LISTENING)
    first = follow(_channel(heard, samples), tracker)
    first_comb = comb(first)
    rest = heard * (1 - np.clip(2 * first.sure, 0, 1)[None] * first_comb)
    report(0.35, _LISTENING)
    second = follow(_channel(rest, samples), tracker)
    second_comb = comb(second)

    rms = np.sqrt((middle.real**2 + middle.imag**2).mean() + 1e-12)
    power = middle.real**2 + middle.imag**2
    loud = np.log(np.sqrt(pool(power)) * (_LEVEL / rms) + 1e-4)
    wide = np.log(np.sqrt(pool(side.real**2 + side.imag**2)) * (_LEVEL / rms) + 1e-4)
    shape = loud.shape
    bands = np.empty((BAND_CUES, *shape), np.float32)
    bands[0] = loud / 3
    bands[1] = (wide - loud) / 3
    bands[2] = pool(where.alike) * where.trust
    bands[3] = pool(where.direct) * where.trust
    bands[4] = pool(first_comb)
    bands[5] = bands[4] * first.sure
    bands[6] = pool(second_comb)
    bands[7] = bands[6] * second.sure
    report(0.5, _LISTENING)
    bands[8] = (_median(loud, (1, _STEADY)) - loud) / 2
    report(0.55, _LISTENING)
    bands[9] = (_median(loud, (21, 1)) - loud) / 2
    report(0.6, _LISTENING)
    bands[10] = np.linspace(-1, 1, BANDS)[:, None]
    bands[RULE_CUE] = pool(rules.mask(mix, where, first))

    frames = np.empty((FRAME_CUES, shape[1]), np.float32)
    whole = (centre**2 * power).sum(0) + _TINY
    for index, (melody, teeth) in enumerate(((first, first_comb), (second, second_comb))):
        frames[5 * index] = melody.sure
        frames[5 * index + 1] = np.log(melody.hz / 200)
        frames[5 * index + 2] = melody.slope() * 20
        frames[5 * index + 3] = _wobble(melody) * 20
        frames[5 * index + 4] = (teeth * centre**2 * power).sum(0) / whole
    frames[10] = where.trust
    return Cues(bands, frames)


def pool(bins: Mask) -> Mask:
    """From bins to bands: the weighted mean of those that a band shares, shape (BANDS, frames)."""
    matrix = _shared()
    above = (matrix / matrix.sum(1, keepdims=True)) @ bins[FINE:]
    return np.concatenate([bins[:FINE], above.astype(np.float32)])


def spread(bands: Mask) -> Mask:
    """From bands back to bins, shape (BINS, frames)."""
    return np.concatenate([bands[:FINE], _shared().T @ bands[FINE:]])


def shares() -> NDArray[np.float32]:
    """How many bins each band stands for."""
    return np.concatenate([np.ones(FINE, np.float32), _shared().sum(1)])


def _shared() -> Mask:
    """Overlapping triangles over the bins above `FINE`, shape (bands, bins); in every bin they add up to 1."""
    edges = np.geomspace(FINE, BINS, _SHARED + 1)
    centres = (edges[:-1] + edges[1:]) / 2
    place_of = np.interp(np.arange(FINE, BINS), centres, np.arange(_SHARED))
    return np.asarray(np.maximum(1 - np.abs(place_of[None] - np.arange(_SHARED)[:, None]), 0), np.float32)


def _channel(spectrum: NDArray[np.complex64], samples: int) -> NDArray[np.float32]:
    return sound_of(spectrum[None].astype(np.complex64), samples)[:, 0]


def _median(loud: Mask, size: tuple[int, int]) -> Mask:
    from scipy.ndimage import median_filter

    return np.asarray(median_filter(loud, size=size), np.float32)


def _wobble(melody: Melody) -> NDArray[np.float32]:
    """How restless the pitch is, in natural log: a held note of a piano stays on its line, a voice never does."""
    from scipy.ndimage import uniform_filter1d

    line = np.log(melody.hz)
    away = np.abs(line - uniform_filter1d(line, _WOBBLE))
    return np.asarray(np.minimum(uniform_filter1d(np.minimum(away, 0.1), _WOBBLE), 0.1), np.float32)
