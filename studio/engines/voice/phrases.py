"""A long sentence phrase by phrase: nobody has to wait for its end to hear its beginning."""

import re
from typing import Final

_LONG: Final = 70
_LEAST: Final = 18
_MARK: Final = re.compile(r"[,;:–—]\s+")


def phrases(text: str) -> tuple[str, ...]:
    """A sentence cut after its commas and the like, each piece long enough to sound like one; a short one whole."""
    made = []
    rest = text.strip()
    while len(rest) > _LONG:
        places = (found.end() for found in _MARK.finditer(rest))
        cut = next((place for place in places if place >= _LEAST and len(rest) - place >= _LEAST), 0)
        if not cut:
            break
        made.append(rest[:cut].strip())
        rest = rest[cut:]
    return (*made, rest)
