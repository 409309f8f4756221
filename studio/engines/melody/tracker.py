"""The studio's own pitch tracker, offline: it may look at the whole sound."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S, EngineInfo, Mono, Report
from studio.engines.grid import frame_count, is_silent, peak, unvoiced
from studio.engines.melody import analysis, voicing
from studio.engines.melody.cores import each, single
from studio.engines.melody.resample import at_8k
from studio.model.pitch import PitchCurve

_BLOCK_FRAMES: Final = 8 * FRAMES_PER_S
_AROUND_FRAMES: Final = 3 * FRAMES_PER_S // 10

Series = NDArray[np.float32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Melody:
    """A curve with all that was heard beside it, frame by frame."""

    curve: PitchCurve
    best_hz: Series
    """The likeliest pitch also where nobody seems to sing, shape (frames,)."""
    guesses_hz: Series
    """What else the pitch may be, the strongest first, 0 where nothing, shape (frames, analysis.GUESSES)."""


class Melisma:
    """Harmonic combs, one path through the whole sound, then exact to a cent or two where the voice is clear."""

    info: ClassVar = EngineInfo(
        id="melisma",
        task="pitch",
        name="Melisma",
        licence="GPL-3.0-or-later",
        about="The studio's own: exact in glides and vibrato, sure of its octave, and the quickest of all.",
        needs=("numba", "scipy", "soxr", "threadpoolctl"),
        version_of="melisma-studio",
        lowest_hz=analysis.LOWEST_HZ,
        highest_hz=analysis.HIGHEST_HZ,
    )

    def track(self, samples: Mono, rate_hz: int, *, low_hz: float, high_hz: float, report: Report) -> PitchCurve:
        return self.listen(samples, rate_hz, low_hz=low_hz, high_hz=high_hz, report=report).curve

    def listen(self, samples: Mono, rate_hz: int, *, low_hz: float, high_hz: float, report: Report) -> Melody:
        """Track a sound as `track` does, and keep the other candidates for repair."""
        with single():
            return _listen(samples, rate_hz, low_hz, high_hz, report)


_SILENT: Final = -8.0  # log10 of the mean square: 80 dB below full scale
_STILL: Final = 2e-4


def _listen(samples: Mono, rate_hz: int, low_hz: float, high_hz: float, report: Report) -> Melody:
    frames = frame_count(len(samples), rate_hz)
    sound = at_8k(samples, rate_hz, report)
    sound -= sound.mean() if len(sound) else 0  # a constant under a voice would be heard as a harmonic of any pitch
    if is_silent(peak(sound)):
        report(1.0, "Finding the pitch")
        nothing = np.zeros((frames, analysis.GUESSES), np.float32)
        return Melody(curve=unvoiced(frames), best_hz=np.zeros(frames, np.float32), guesses_hz=nothing)
    floor = analysis.Floor.under(sound)
    parts = []
    for start, part in _in_blocks(sound, frames, floor, low_hz, high_hz):
        report(start / frames, "Finding the pitch")
        parts.append(part)
    octaves, signs, guesses = (np.concatenate(kind) for kind in zip(*parts, strict=True))
    odds = voicing.odds(signs, *voicing.range_of(signs))
    hz = np.exp2(octaves)
    silent = (signs[:, 6] < _SILENT) | _still(sound, frames)
    voiced = voicing.decide(odds) & (hz >= low_hz) & (hz <= high_hz) & ~silent
    confidence = np.where(silent, 0, 1 / (1 + np.exp(-np.clip(odds, -30, 30))))
    curve = PitchCurve(
        frames_per_s=FRAMES_PER_S,
        hz=np.where(voiced, hz, np.nan).astype(np.float32),
        confidence=confidence.astype(np.float32),
    )
    report(1.0, "Finding the pitch")
    return Melody(curve=curve, best_hz=hz, guesses_hz=guesses)


def _still(sound: Mono, frames: int) -> NDArray[np.bool_]:
    """Where nothing moves for 40 ms, shape (frames,): digital silence, of which a constant may be left."""
    hops = np.zeros((frames + 7, analysis.HOP), np.float32)
    hops.reshape(-1)[4 * analysis.HOP :][: len(sound)] = sound[: (frames + 3) * analysis.HOP]
    moves = np.ptp(hops, axis=1)
    still: NDArray[np.bool_] = np.lib.stride_tricks.sliding_window_view(moves, 8).max(axis=1) < _STILL
    return still


def _in_blocks(
    sound: Mono, frames: int, floor: analysis.Floor, low_hz: float, high_hz: float
) -> Iterator[tuple[int, tuple[Series, Series, Series]]]:
    """Frames eight seconds at a time, each heard with what lies around it; several at once where there are cores.

    The blocks are the same however many threads there are, and so is the melody.
    """

    def hear(start: int) -> tuple[Series, Series, Series]:
        stop = min(start + _BLOCK_FRAMES, frames)
        first, last = max(start - _AROUND_FRAMES, 0), min(stop + _AROUND_FRAMES, frames)
        here = sound[first * analysis.HOP : last * analysis.HOP]
        here = np.pad(here, (0, (last - first) * analysis.HOP - len(here)))
        inner = slice(start - first, stop - first)
        octaves, signs, guesses = analysis.hear(here, floor, low_hz, high_hz)
        return octaves[inner], signs[inner], guesses[inner]

    starts = range(0, frames, _BLOCK_FRAMES)
    yield from zip(starts, each(hear, starts), strict=True)
