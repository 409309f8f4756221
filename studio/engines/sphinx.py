"""The weak recogniser that is always there: pocketsphinx, whose English model is in its package.

One word in six is wrong on clean reading: good enough to align a recording to, not to be taken for what was said.
"""

from itertools import pairwise
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
_LONGEST_S: Final = 15.0


def heard(samples: Mono, rate_hz: int, report: Report) -> str:
    """Return the English words in a recording, "" where none were heard."""
    if not len(samples):
        return ""
    sound = resampled(samples, rate_hz, _RATE_HZ)
    sound = sound * (_PEAK / max(float(np.abs(sound).max(initial=0)), 1e-6))
    edges = _edges(sound)
    decoder, said = _decoder(), []
    for start, stop in pairwise(edges):
        report(start / len(sound), "Listening for words")
        said.append(_words(decoder, sound[start:stop]))
    return " ".join(part for part in said if part)


def _words(decoder: "Decoder", sound: Mono) -> str:
    """What is heard in some seconds."""
    around = np.zeros(round(_AROUND_S * _RATE_HZ), np.float32)
    data = (np.concatenate([around, sound, around]) * 32767).astype("<i2")
    decoder.start_utt()
    decoder.process_raw(data.tobytes(), full_utt=True)  # whole, so that it can take out the recording's own colour
    decoder.end_utt()
    best = decoder.hyp()
    return str(best.hypstr) if best is not None else ""


def _edges(sound: Mono) -> list[int]:
    """Where to cut a recording: at its quietest places, so that no piece is longer than fifteen seconds."""
    hop = _RATE_HZ // 50
    levels = np.sqrt((sound[: len(sound) // hop * hop].reshape(-1, hop) ** 2).mean(1)) if len(sound) >= hop else []
    smooth = np.convolve(levels, np.ones(10) / 10, mode="same") if len(levels) else np.zeros(0)
    edges = [0]
    while len(sound) - edges[-1] > _LONGEST_S * _RATE_HZ:
        first, last = (round((edges[-1] + seconds * _RATE_HZ) / hop) for seconds in (_LONGEST_S / 2, _LONGEST_S))
        edges.append((first + int(smooth[first:last].argmin())) * hop)
    return [*edges, len(sound)]


def _decoder() -> "Decoder":
    """A new one for each recording: it gets used to a speaker, and the same recording shall give the same words."""
    from pocketsphinx import Decoder

    return Decoder(samprate=_RATE_HZ, loglevel="FATAL")
