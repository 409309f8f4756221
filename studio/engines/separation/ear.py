"""Whether what the masks let through moves and sounds like a voice: asked of a small network of our own."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio import paths
from studio.engines.separation.cues import BANDS, FRAME_CUES, Cues
from studio.engines.separation.fusion import session_of
from studio.engines.separation.spectrum import Mask, frame_times

COARSE: Final = 40
TERMS: Final = 2 * COARSE + FRAME_CUES
STRIDE: Final = 2
"""It answers for every second frame."""

_FILE: Final = "separation/ear.onnx"
_PHRASE_S: Final = 2.0
_LOG_FLOOR: Final = 1e-4  # of the first cue of a band
_FAINT: Final = 1e-5
_TINY: Final = 1e-9


class Through(NamedTuple):
    """Power in coarse bands, each of shape (COARSE, frames)."""

    taken: NDArray[np.float32]
    whole: NDArray[np.float32]


class Ear:
    """Says how sure it is of a voice; `packaging/training/separator` made its weights."""

    def __init__(self) -> None:
        self._session = session_of(weights())

    def heard(self, told: Cues, mask: Mask) -> float:
        """How voice-like over its best two seconds is what a mask of shape (BANDS, frames) lets through, 0 to 1."""
        (found,) = self._session.run(None, {"terms": terms(told, let_through(told, mask))[None]})
        likely = 1 / (1 + np.exp(-np.asarray(found, np.float64)[0]))
        phrase = min(round(_PHRASE_S / (STRIDE * frame_times())), len(likely))
        return float(np.convolve(likely, np.ones(phrase) / phrase, "valid").max())


def let_through(told: Cues, mask: Mask) -> Through:
    """The power that a mask of shape (BANDS, frames) lets through of a mix, and that of the mix."""
    power = np.square(np.maximum(np.exp(3 * told.bands[0]) - _LOG_FLOOR, 0))
    pooled = coarse()
    pooled /= pooled.sum(1, keepdims=True)
    return Through(pooled @ (power * mask**2), pooled @ power)


def terms(told: Cues, through: Through) -> NDArray[np.float32]:
    """What it is told, shape (TERMS, frames): what is let through, its share of the mix, and how the melodies move."""
    level, usual = (part.sum(0).mean() + _TINY for part in through)
    loud = np.log(through.taken / level + _FAINT) / 3
    share = np.sqrt(np.clip(through.taken / (through.whole + 1e-7 * usual), 0, 1))
    return np.concatenate([loud, share, told.frames]).astype(np.float32)


def coarse() -> NDArray[np.float32]:
    """Triangles over the bands, narrow below and wide above, shape (COARSE, BANDS); in every band they add up to 1."""
    centres = np.concatenate([np.linspace(2, 90, 16), np.geomspace(100, BANDS - 2, COARSE - 16)])
    where = np.interp(np.arange(BANDS), centres, np.arange(COARSE))
    return np.asarray(np.maximum(1 - np.abs(where[None] - np.arange(COARSE)[:, None]), 0), np.float32)


def weights() -> bytes:
    """The network as it lies in the resources."""
    return (paths.resources() / _FILE).read_bytes()
