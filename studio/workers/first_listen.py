"""A sound of several chunks is listened to before the first one is made, so that one answer holds for all of it."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from studio.engines.base import Report, Sound
from studio.errors import is_out_of_memory

_MOST: Final = 64
"""Of a longer sound so many chunks are listened to, spread over it."""

_NOBODY_KNOWS: Final = 1.0

Listen = Callable[[Sound, int, Report], float]
"""Has an engine say how sure it is of one chunk: (sound, rate_hz, report) -> 0 to 1."""


class Listening(Struct, frozen=True, kw_only=True):
    """What a separator is asked first, and the answer that needs no second."""

    listen: Listen
    enough: float


class Answer(Struct, frozen=True, kw_only=True):
    """How many chunks were listened to, and the most that was heard in any of them."""

    chunks: int = 0
    heard: float = 0.0


def listened(
    wanted: Listening,
    answer: Answer,
    chunks: int,
    read: Callable[[int], Sound],
    rate_hz: int,
    report: Report,
    keep: Callable[[Answer], None],
) -> Answer:
    """Listen on from `answer` until it is clear or all was heard; every step is given to `keep`.

    Where memory does not suffice, it counts as heard: what follows has its own ways with little memory.
    """
    order = spread(chunks)
    while answer.chunks < len(order) and answer.heard < wanted.enough:
        at = answer.chunks

        def told(fraction: float, stage: str, at: int = at) -> None:
            report((at + fraction) / (len(order) + chunks), stage)

        answer = Answer(chunks=at + 1, heard=max(answer.heard, _heard(wanted, read(order[at]), rate_hz, told)))
        keep(answer)
    return answer


def spread(chunks: int) -> tuple[int, ...]:
    """The numbers of the chunks to listen to, each far from those before: the middle, the quarters, the eighths."""
    if chunks < 2:
        return ()
    bits = chunks.bit_length()
    halves = (int(f"{number:0{bits}b}"[::-1], 2) for number in (*range(1, 1 << bits), 0))
    return tuple(dict.fromkeys(half * chunks >> bits for half in halves))[:_MOST]


def _heard(wanted: Listening, chunk: Sound, rate_hz: int, report: Report) -> float:
    try:
        return wanted.listen(chunk, rate_hz, report) if chunk.any() else 0.0
    except Exception as error:
        if is_out_of_memory(error):
            return _NOBODY_KNOWS
        raise
