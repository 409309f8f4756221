"""What a text is made of: eSpeak's phones with their place in the carrier, as the aligner and the units want them."""

import re
from typing import Final, NamedTuple

from studio.engines.espeak import Spoken
from studio.engines.voice.frames import HOP_S

SILENCE: Final = "sil"
_MARKS: Final = re.compile(r"[',%=;|]")
_VOWELS: Final = frozenset("aAeEiIoOuU03@V8yY")


class Segment(NamedTuple):
    """A phone in the carrier, from frame `start` to `stop`; `stress` 1 is the word's main one, 2 a lesser one."""

    phone: str
    stress: int
    word: int
    start: float
    stop: float

    @property
    def is_silence(self) -> bool:
        return self.phone == SILENCE


def is_vowel(phone: str) -> bool:
    """Whether a phone can carry a syllable."""
    return phone != SILENCE and phone[0] in _VOWELS


def segments_of(spoken: Spoken) -> tuple[Segment, ...]:
    """The segments of a rendering: silence at both ends, no two silences in a row, no gap."""
    hop = spoken.rate_hz * HOP_S
    found: list[Segment] = []
    for name, start, stop, word in spoken.phones:
        phone = _MARKS.sub("", name)
        phone = SILENCE if not phone or phone.startswith("_") else phone
        stress = 0 if phone == SILENCE else 1 if "'" in name else 2 if "," in name else 0
        if phone == SILENCE and found and found[-1].is_silence:
            found[-1] = found[-1]._replace(stop=stop / hop)
        else:
            found.append(Segment(phone, stress, word, start / hop, stop / hop))
    if not found or not found[0].is_silence:
        first = found[0].start if found else 0.0
        found.insert(0, Segment(SILENCE, 0, 0, 0.0, first))
    end = len(spoken.samples) / hop
    found[0] = found[0]._replace(start=0.0)
    if found[-1].is_silence:
        found[-1] = found[-1]._replace(stop=end)
    else:
        found.append(Segment(SILENCE, 0, found[-1].word, found[-1].stop, end))
    return tuple(found)


def with_pauses(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The same with an empty silence wherever a reader may pause: between any two words."""
    made: list[Segment] = []
    for segment in segments:
        before = made[-1] if made else None
        if before and not before.is_silence and not segment.is_silence and before.word != segment.word:
            made.append(Segment(SILENCE, 0, segment.word, segment.start, segment.start))
        made.append(segment)
    return tuple(made)
