"""Which of eSpeak's voices is nearest to a reader: the one whose cepstra differ least, along the best warp."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from studio.engines import espeak
from studio.engines.base import Mono, Report
from studio.engines.voice.frames import CEPSTRA, HOP_S, Matrix, compared, frame_count
from studio.engines.voice.warping import path

VARIANTS: Final = ("", *(f"+f{i}" for i in range(1, 6)), *(f"+m{i}" for i in range(1, 9)))
_ENOUGH_S: Final = 14.0
_DECIBELS: Final = 10.0 / np.log(10.0) * np.sqrt(2.0)


def distance_db(first: Matrix, second: Matrix) -> float:
    """The cepstral distance of two readings of a text, without their loudness, from rows of `compared`."""
    one, other = first[::2, 1:CEPSTRA], second[::2, 1:CEPSTRA]
    way = path(one, other)
    apart = one[way[:, 0]] - other[way[:, 1]]
    return float(np.sqrt((apart**2).sum(1)).mean())


def nearest(lines: Sequence[tuple[Mono, int, str]], language: str, words_per_minute: int, report: Report) -> str:
    """Return the eSpeak voice to carry a reader, from recordings (samples, rate in Hz, text)."""
    chosen: list[tuple[Matrix, str]] = []
    total_s = 0.0
    for samples, rate_hz, text in sorted(lines, key=lambda line: abs(len(line[0]) / line[1] - 5.0)):
        if total_s > _ENOUGH_S:
            break
        frames = frame_count(len(samples), rate_hz)
        chosen.append((compared(samples, rate_hz, frames), text))
        total_s += frames * HOP_S
    apart = {}
    for done, variant in enumerate(VARIANTS):
        report(done / len(VARIANTS), "Choosing the nearest carrier")
        apart[variant] = float(
            np.mean([distance_db(_carried(text, language + variant, words_per_minute), rows) for rows, text in chosen])
        )
    return language + min(apart, key=lambda variant: apart[variant])


def _carried(text: str, voice: str, words_per_minute: int) -> Matrix:
    spoken = espeak.render(text, voice=voice, words_per_minute=words_per_minute)
    return compared(spoken.samples, spoken.rate_hz, frame_count(len(spoken.samples), spoken.rate_hz))
