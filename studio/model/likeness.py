"""How far what was heard is from what was to be said."""

import re
from typing import Final

_NO_WORD: Final = re.compile(r"[^\w' ]+")


def words(text: str) -> list[str]:
    """The words of a text in small letters, without marks."""
    return _NO_WORD.sub(" ", text.lower().replace("’", "'").replace("-", " ")).split()


def word_errors(wanted: str, heard: str) -> tuple[int, int]:
    """How many words were changed, left out or put in, and how many there were to say."""
    asked, given = words(wanted), words(heard)
    costs = list(range(len(given) + 1))
    for row, word in enumerate(asked, start=1):
        before, costs = costs, [row, *costs[1:]]
        for column, other in enumerate(given, start=1):
            costs[column] = min(before[column] + 1, costs[column - 1] + 1, before[column - 1] + (word != other))
    return costs[-1], len(asked)
