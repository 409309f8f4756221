"""Finding a command by a few letters of its name, the way fingers type them."""

from collections.abc import Callable, Iterable
from typing import TypeVar

_START, _WORD, _NEXT, _PLAIN, _GAP = 12.0, 9.0, 6.0, 1.0, 0.15

Thing = TypeVar("Thing")


def score(query: str, text: str) -> float | None:
    """How well a text answers a query, more is better; None when a letter of the query is missing.

    Letters have to come in order. One at the start of the text or of a word counts most, then one right after the
    letter before it; every letter skipped costs a little, so the shorter text wins among equals.
    """
    wanted = "".join(query.casefold().split())
    there = text.casefold()
    if not wanted:
        return 0.0
    return _best(wanted, there)


def ranked(query: str, things: Iterable[Thing], name: Callable[[Thing], str]) -> list[Thing]:
    """The things that answer a query, best first; equals stay in their order."""
    scored = [(found, thing) for thing in things if (found := score(query, name(thing))) is not None]
    return [thing for _, thing in sorted(scored, key=lambda pair: -pair[0])]


def _best(wanted: str, there: str) -> float | None:
    """The best of all ways to find the letters in order, by a table of one row a letter."""
    worth = [_worth(there, index) for index in range(len(there))]
    row: list[float | None] = [
        worth[index] - _GAP * index if there[index] == wanted[0] else None for index in range(len(there))
    ]
    for letter in wanted[1:]:
        row = _next_row(letter, there, worth, row)
    ends = [value - _GAP * (len(there) - index) for index, value in enumerate(row) if value is not None]
    return max(ends, default=None)


def _next_row(letter: str, there: str, worth: list[float], row: list[float | None]) -> list[float | None]:
    best: float | None = None  # of the row before, up to two letters back, with what the gap has cost so far
    following: list[float | None] = []
    for index, character in enumerate(there):
        before = row[index - 1] if index else None
        if best is not None:
            best -= _GAP
        found = None
        if character == letter:
            ways = [value for value in (None if before is None else before + _NEXT, best) if value is not None]
            found = max(ways) + worth[index] if ways else None
        following.append(found)
        if before is not None and (best is None or before > best):
            best = before
    return following


def _worth(there: str, index: int) -> float:
    if index == 0:
        return _START
    return _WORD if there[index].isalnum() and not there[index - 1].isalnum() else _PLAIN
