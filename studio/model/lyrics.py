"""Lines of a song or a speech and when each is sung, from an LRC, SRT or WebVTT file. Pure."""

import bisect
import re
from typing import Final, NamedTuple

_STAMP: Final = re.compile(r"\[(\d{1,4}):(\d{1,2}(?:[.:]\d{1,9})?)\]")
_OFFSET: Final = re.compile(r"\[offset:\s*([+-]?\d{1,9})\s*\]", re.IGNORECASE)
_WORD_STAMP: Final = re.compile(r"<\d+:\d{1,2}(?:[.:]\d+)?>")
_CUE: Final = re.compile(
    r"(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})[,.](\d{3})\s*-->\s*(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2})[,.](\d{3})"
)
_TAG: Final = re.compile(r"</?[a-z][^>]*>|\{\\[^}]*\}", re.IGNORECASE)


class Line(NamedTuple):
    """What is sung from `start_s` on, until `stop_s` or the next line."""

    start_s: float
    stop_s: float
    text: str


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of an LRC, SRT or WebVTT file in their order; none where it has no times."""
    lines = _of_cues(text) if "-->" in text else _of_stamps(text)
    return tuple(sorted(lines))


def line_at(lines: tuple[Line, ...], at_s: float) -> str:
    """What is sung then; "" before the first line and between lines."""
    index = bisect.bisect_right(lines, at_s, key=lambda line: line.start_s) - 1
    return lines[index].text if index >= 0 and at_s < lines[index].stop_s else ""


def _of_stamps(text: str) -> list[Line]:
    found = _OFFSET.search(text)
    earlier_s = int(found[1]) / 1000 if found else 0.0
    lines = []
    for row in text.splitlines():
        words = _WORD_STAMP.sub("", _STAMP.sub("", row)).strip()
        for minutes, seconds in _STAMP.findall(row):
            at_s = int(minutes) * 60 + float(seconds.replace(":", "."))
            lines.append(Line(max(0.0, at_s - earlier_s), float("inf"), words))
    return lines


def _of_cues(text: str) -> list[Line]:
    lines = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        found = _CUE.search(block)
        if found:
            words = " ".join(_TAG.sub("", block[found.end() :].partition("\n")[2]).split())
            start, stop = found.groups()[:4], found.groups()[4:]
            lines.append(Line(_seconds(start), _seconds(stop), words))
    return lines


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000
