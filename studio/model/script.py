"""A text as it is to be spoken: sentences and pauses, tags taken out, words said as the person wants them said.

Tags: `[pause:0.5s]`, `[1s]`, `<break time="500ms"/>`, a new line (0.5 s), `[word](how it is said)`, `*stressed*`. Any
other tag in square or angle brackets is left out, and never read aloud.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

LONGEST: Final = 240
"""Letters of a chunk at most; longer sentences are cut at a comma, or at a word."""

BETWEEN_S: Final = 0.25
NEW_LINE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 10.0

_ABBREVIATIONS: Final = frozenset(
    (
        *("mr", "mrs", "ms", "dr", "prof", "sr", "jr", "st", "mt", "rev", "hon", "gov", "sen", "rep", "gen", "col"),
        *("capt", "lt", "sgt", "corp", "dept", "inc", "ltd", "co", "est", "approx", "vs", "etc", "e.g", "i.e", "cf"),
        *("no", "nos", "vol", "fig", "figs", "ed", "eds", "p", "pp", "art", "ca", "al", "ph.d", "b.c", "a.d", "a.m"),
        *("p.m", "u.s", "u.k", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
        *("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
    )
)
_TAG: Final = re.compile(
    r"\[(?:pause:)?\s*(?P<square>\d+(?:\.\d+)?)\s*(?P<square_unit>ms|s)\s*\]"
    r"|<break\s+time\s*=\s*\"(?P<angle>\d+(?:\.\d+)?)\s*(?P<angle_unit>ms|s)\"\s*/?>"
    r"|\[(?P<word>[^\[\]]+)\]\((?P<said>[^()]*)\)"
    r"|\[[^\[\]\n]*\]|</?[A-Za-z][^<>\n]*>"
)
_CLOSING: Final = "\"'”’)]"
_END: Final = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")
_BREAK: Final = re.compile(r"[,;:—–]\s+|\s+-\s+")
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_STRESS: Final = re.compile(r"\*(?=[^\s*])([^*\n]*[^\s*])\*")
"""Words between asterisks; a single asterisk is one, and is read."""

_LETTERS: Final = re.compile(r"[^\W_](?:\S*[^\W_])?")


class Pause(NamedTuple):
    """Nothing is said for so long."""

    seconds: float


def pieces(text: str, dictionary: Mapping[str, str] | None = None) -> tuple[str | Pause, ...]:
    """The sentences of a text with the pauses between them, ready to be spoken one by one."""
    made: list[str | Pause] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
        if number and made and line.strip():
            made.append(Pause(NEW_LINE_S))
        at = 0
        plain = ""
        for tag in _TAG.finditer(line):
            plain += line[at : tag.start()]
            at = tag.end()
            if tag["word"] is not None:
                plain += tag["said"].strip("/ ") or tag["word"]
                continue
            seconds = _seconds(tag)
            if seconds is not None:
                made += _sentences(plain, dictionary or {})
                made.append(Pause(min(seconds, _LONGEST_PAUSE_S)))
                plain = ""
        made += _sentences(plain + line[at:], dictionary or {})
    return tuple(_spaced(made))


class Stressed(NamedTuple):
    """A sentence without its asterisks, and from where to where it is to be stressed, in letters of it."""

    text: str
    spans: tuple[tuple[int, int], ...]


class Mark(NamedTuple):
    """Letters of a text, from `start` to `stop`, that are not read as they stand there: a tag, or stressed words."""

    kind: Literal["tag", "stress"]
    start: int
    stop: int


def marks(text: str) -> tuple[Mark, ...]:
    """Where a text holds tags and stressed words with their asterisks, for whoever writes it."""
    tags = [Mark("tag", *found.span()) for found in _TAG.finditer(text)]
    return (*tags, *(Mark("stress", *found.span()) for found in _STRESS.finditer(text)))


def stressed(sentence: str) -> Stressed:
    """What is to be said, and which words of it with emphasis."""
    plain, spans, at = "", [], 0
    for found in _STRESS.finditer(sentence):
        plain += sentence[at : found.start()]
        spans.append((len(plain), len(plain) + len(found[1])))
        plain += found[1]
        at = found.end()
    return Stressed(plain + sentence[at:], tuple(spans))


def sentences(text: str) -> tuple[str, ...]:
    """Cut a plain text after each sentence, not after abbreviations, initials, numbers or within long ellipses."""
    made, start = [], 0
    for end in _END.finditer(text):
        before = text[start : end.start()]
        after = text[end.end() :].lstrip().lstrip("*")
        word = before.split()[-1].lower().lstrip("(\"'“‘[*").rstrip("*") if before.split() else ""
        only_dot = end[0][0] == "." and len(end[0].rstrip(_CLOSING)) == 1
        goes_on = bool(after) and not (after[0].isupper() or after[0].isdigit() or after[0] in "\"'“‘([")
        is_short = word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word != "i")
        ends_here = word in ("etc", "a.m", "p.m") and bool(after) and after[0].isupper()
        if only_dot and ((is_short and after and not ends_here) or goes_on):
            continue
        if goes_on and (end[0].startswith(("…", "..")) or end[0][-1] in _CLOSING):
            continue
        made.append(text[start : end.end()].strip())
        start = end.end()
    rest = text[start:].strip()
    return tuple(part for part in (*made, rest) if part)


def said(text: str, dictionary: Mapping[str, str]) -> str:
    """A text with the words of the dictionary as they are to be said; capitals make no difference."""
    if not dictionary:
        return text
    known = {word.casefold(): how for word, how in dictionary.items()}
    return _WORD.sub(lambda word: known.get(word[0].casefold(), word[0]), text)


def _sentences(text: str, dictionary: Mapping[str, str]) -> list[str | Pause]:
    made: list[str | Pause] = []
    for sentence in sentences(said(_each_word(" ".join(text.split())), dictionary)):
        made += [part for part in _cut(sentence) if any(letter.isalnum() for letter in part)]
    return made


def _each_word(text: str) -> str:
    """The same with asterisks around the letters of each stressed word: wherever a sentence ends, they are in pairs."""

    def marked(found: re.Match[str]) -> str:
        return " ".join(_LETTERS.sub(lambda word: f"*{word[0]}*", one, count=1) for one in found[1].split())

    return _STRESS.sub(marked, text)


def _cut(sentence: str) -> list[str]:
    """A sentence in chunks that are not too long."""
    chunks = []
    while len(sentence) > LONGEST:
        breaks = [found.end() for found in _BREAK.finditer(sentence, 0, LONGEST) if found.end() > LONGEST // 4]
        at = breaks[-1] if breaks else sentence.rfind(" ", 0, LONGEST) + 1 or LONGEST
        chunks.append(sentence[:at].strip())
        sentence = sentence[at:]
    return [*chunks, sentence.strip()]


def _seconds(tag: re.Match[str]) -> float | None:
    number, unit = tag["square"] or tag["angle"], tag["square_unit"] or tag["angle_unit"]
    return None if number is None else float(number) * (0.001 if unit == "ms" else 1.0)


def _spaced(row: list[str | Pause]) -> list[str | Pause]:
    """With a short pause between sentences that have none."""
    made: list[str | Pause] = []
    for piece in row:
        if made and isinstance(piece, str) and isinstance(made[-1], str):
            made.append(Pause(BETWEEN_S))
        made.append(piece)
    return made
