"""Praat's text files: only free-standing numbers, quoted texts and flags count, all else is for the eye.

As Praat's manual has it under "TextGrid file formats"; the long and the short form differ only in what does not count.
"""

import math
import re
from collections.abc import Iterator
from typing import Final

from studio.media.interchange.unreadable import text_of, unreadable

_PARTS: Final = re.compile(
    r'"(?P<text>(?:[^"]|"")*)"|!(?P<comment>[^\n]*)|(?P<flag><\w+>)'
    r"|(?<![^\s])(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|--undefined--)(?=\s|%|$)|(?P<word>\S)"
)

Part = str | float


class Parts:
    """What counts in a Praat file, one after another."""

    def __init__(self, data: bytes, kind: str, called: str) -> None:
        """`kind` is the object's class, as in "TextGrid"; `called` what a person calls such a file."""
        self._called = called
        self._parts = _parts(text_of(data))
        form = self.text()
        if not form.startswith("ooTextFile"):
            raise unreadable(called, "It is not one of Praat's text files.")
        if (found := self.text()) != kind:
            raise unreadable(called, f"Praat calls what is in it a {found}.")

    def number(self) -> float:
        """The next number; NaN where Praat had none."""
        part = self._next()
        if not isinstance(part, float):
            raise unreadable(self._called, f"There is “{part[:40]}” where a number should be.")
        return part

    def count(self, most: int = 100_000_000) -> int:
        """The next number, which has to be one of things."""
        found = self.number()
        if not (0 <= found <= most and found == int(found)):
            raise unreadable(self._called, f"It says that there are {found:g} of something.")
        return int(found)

    def text(self) -> str:
        """The next quoted text."""
        part = self._next()
        if isinstance(part, float) or part.startswith("<"):
            raise unreadable(self._called, f"There is {part} where a text should be.")
        return part[1:]

    def flag(self) -> bool:
        """The next flag: whether something is there."""
        return self._next() == "<exists>"

    def _next(self) -> Part:
        part = next(self._parts, None)
        if part is None:
            raise unreadable(self._called, "It ends too early.")
        return part


def _parts(text: str) -> Iterator[Part]:
    """Numbers as floats, flags as they are, texts with a quote before them."""
    for found in _PARTS.finditer(text):
        if (quoted := found["text"]) is not None:
            yield '"' + quoted.replace('""', '"')
        elif found["flag"]:
            yield found["flag"]
        elif (number := found["number"]) is not None:
            yield math.nan if number.startswith("--") else float(number)


def quoted(text: str) -> str:
    """A text as Praat writes it; a line break becomes a space, for the short form is read line by line elsewhere."""
    return '"' + text.replace('"', '""').replace("\r\n", " ").replace("\n", " ").replace("\r", " ") + '"'


def number_text(value: float) -> str:
    """A number as Praat reads it back, to the last bit."""
    return "--undefined--" if math.isnan(value) else repr(int(value) if float(value).is_integer() else float(value))
