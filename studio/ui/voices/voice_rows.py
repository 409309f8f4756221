"""Which voices a list shows: the person's own, then those that engines bring, and of very many only some."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from studio.model.voice import Voice
from studio.protocol.common import EngineCard

MANY: Final = 24
"""An engine with more voices than these is searched rather than read."""


class VoiceRow(NamedTuple):
    """A line of the list: a title above others, a voice, or a note. `engine` is "" for a voice of the person's own."""

    kind: Literal["title", "voice", "note"]
    text: str
    voice: str = ""
    engine: str = ""


def brought(cards: Iterable[EngineCard]) -> Iterator[EngineCard]:
    """The engines that can speak here and have voices of their own, those with few of them first."""
    there = [card for card in cards if card.task == "speak" and not card.missing and card.voices]
    yield from sorted(there, key=lambda card: (len(card.voices) > MANY, card.name))


def rows(
    voices: Sequence[Voice], cards: Sequence[EngineCard], search: str, used: tuple[str, str], language: str
) -> tuple[VoiceRow, ...]:
    """What is listed for a search.

    Parameters
    ----------
    used : engine and id of the voice of the current line, which is always among them
    language : the person's, such as "de-at"; of an engine with many voices those are listed without a search
    """
    own = [VoiceRow("voice", voice.name, voice.id) for voice in voices if _fits(search, voice.name)]
    ready = [part for card in brought(cards) for part in _section(card, search, used, language)]
    found = [*([VoiceRow("title", "Your own"), *own] if own and ready else own), *ready]
    if not found and search:
        return (VoiceRow("note", "No voice is called that"),)
    return tuple(found)


def _section(card: EngineCard, search: str, used: tuple[str, str], language: str) -> list[VoiceRow]:
    if search:
        shown = [voice for voice in card.voices if _fits(search, f"{voice.name} {card.name}")]
    elif len(card.voices) <= MANY:
        shown = list(card.voices)
    else:
        there = any(voice.language == language for voice in card.voices)
        near = language if there else language.partition("-")[0]
        shown = [voice for voice in card.voices if voice.language == near or (card.id, voice.id) == used]
    left = len(card.voices) - len(shown)
    note = [VoiceRow("note", f"{left} more: search by language")] if left and not search else []
    if not shown and not note:
        return []
    return [
        VoiceRow("title", card.name),
        *(VoiceRow("voice", voice.name, voice.id, card.id) for voice in shown),
        *note,
    ]


def _fits(search: str, text: str) -> bool:
    return all(word in text.casefold() for word in search.casefold().split())
