"""The weak recogniser that is always there: pocketsphinx, whose English model is in its package.

One word in six is wrong on clean reading: good enough to align a recording to, not to be taken for what was said.
"""

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from studio.engines.base import Mono, Report
from studio.engines.voice.frames import resampled

if TYPE_CHECKING:
    from pocketsphinx import Decoder

NAME: Final = "pocketsphinx (weak)"
_RATE_HZ: Final = 16000
_PEAK: Final = 0.6
_AROUND_S: Final = 0.25
_BLOCK: Final = 16000


def heard(samples: Mono, rate_hz: int, report: Report) -> str:
    """Return the English words in a recording, "" where none were heard."""
    decoder = _decoder()
    around = np.zeros(round(_AROUND_S * _RATE_HZ), np.float32)
    sound = np.concatenate([around, resampled(samples, rate_hz, _RATE_HZ), around])
    sound = sound * (_PEAK / max(float(np.abs(sound).max()), 1e-6))
    data = (sound * 32767).astype("<i2")
    decoder.start_utt()
    for start in range(0, len(data), _BLOCK):
        report(start / len(data), "Listening for words")
        decoder.process_raw(data[start : start + _BLOCK].tobytes())
    decoder.end_utt()
    best = decoder.hyp()
    return str(best.hypstr) if best is not None else ""


@cache
def _decoder() -> "Decoder":
    from pocketsphinx import Decoder

    return Decoder(samprate=_RATE_HZ, loglevel="FATAL")
