"""What to do with a chunk when memory runs out: shorter pieces of it, then half precision, then the processor."""

import gc
import sys
from collections.abc import Callable
from typing import Final

import numpy as np
from msgspec import Struct

from studio.audio.chunks import Joiner, Parts, spans
from studio.engines.base import Chunking, Effort, Report, Sound
from studio.errors import is_out_of_memory

_HALVINGS: Final = 2
_SHORTEST_S: Final = 2.0

Call = Callable[[Sound, Effort, Report], Parts]
"""Has an engine do a piece of sound at its own rate."""


class Rung(Struct, frozen=True, kw_only=True):
    """One way to do a chunk: in `2 ** halvings` pieces, with so much effort; `words` say so to the person."""

    halvings: int = 0
    effort: Effort = Effort()
    words: str = ""


def rungs(chunking: Chunking, efforts: tuple[Effort, ...]) -> tuple[Rung, ...]:
    """Return what to try in turn, the best first."""
    first, *others = efforts or (Effort(),)
    most = _HALVINGS if chunking.halves else 0
    while most and chunking.chunk_s / 2**most < _SHORTEST_S:
        most -= 1
    shorter = [Rung(halvings=count, effort=first, words="in shorter chunks") for count in range(1, most + 1)]
    return (
        Rung(effort=first),
        *shorter,
        *(Rung(halvings=most, effort=effort, words=_words(effort)) for effort in others),
    )


def climb_down(
    ways: tuple[Rung, ...], first: int, sound: Sound, chunking: Chunking, rate_hz: int, call: Call, report: Report
) -> tuple[Parts, int]:
    """Do a chunk, one rung lower each time memory runs out; return what came of it and the rung that did it."""
    for number in range(first, len(ways)):
        rung = ways[number]
        try:
            return _done(rung, sound, chunking, rate_hz, call, report), number
        except Exception as error:  # memory runs out in many ways, and torch has its own; the rest goes on
            if not is_out_of_memory(error) or number == len(ways) - 1:
                raise
        _give_back()
        report(0.0, f"Not enough memory: going on {ways[number + 1].words}")
    raise AssertionError("a ladder without rungs")


def _done(rung: Rung, sound: Sound, chunking: Chunking, rate_hz: int, call: Call, report: Report) -> Parts:
    chunk = max(1, round(chunking.chunk_s * rate_hz) >> rung.halvings)
    overlap = round(chunking.overlap_s * rate_hz) >> rung.halvings
    pieces = spans(len(sound), chunk, overlap) if rung.halvings else spans(len(sound), len(sound), 0)
    joiner: Joiner | None = None
    done = []
    for index, span in enumerate(pieces):

        def told(fraction: float, stage: str, index: int = index) -> None:
            report((index + fraction) / len(pieces), stage)

        piece = sound[span.start : span.stop]
        made = call(piece, rung.effort, told)
        joiner = joiner or Joiner(len(made), sound.shape[1])
        done.append(joiner.add(span, made))
    return np.concatenate(done, axis=1) if len(done) > 1 else done[0]


def _give_back() -> None:
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


def _words(effort: Effort) -> str:
    said = [words for chosen, words in ((effort.half, "with half precision"), (effort.cpu, "on the CPU")) if chosen]
    return " and ".join(said) or "with less effort"
