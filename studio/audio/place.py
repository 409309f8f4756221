"""Where in a file a decoder is, and how far before that it has to begin anew to decode the same numbers again."""

from typing import Final

from msgspec import Struct

CHECKED: Final = 16
"""So many packets before a place are decoded once more, to see whether they give what they gave."""

_REACH: Final = {"flac": 0, "alac": 0, "mp3": 32, "mp3float": 32, "mp2": 8, "mp2float": 8, "vorbis": 8, "opus": 256}
"""How many packets back a decoder's memory goes, by the codec's name in FFmpeg: none, MP3's bit reservoir, …

AAC is not among them: its noise substitution draws random numbers, one sequence from the first packet to the last.
"""


class Place(Struct, frozen=True, kw_only=True):
    """The border between two packets, with what a decoder has to know to go on there.

    `frames` is what was given out before it, at `rate_hz`; `recent` are check sums of what the newest packets gave.
    """

    packets: int
    frames: int
    rate_hz: int
    channels: int
    recent: tuple[int, ...]
    starts_s: float | None
    room_s: float
    read_bytes: int
    bad_packets: int
    bad_samples: int


class LostPlace(Exception):
    """What is decoded again before a place is not what it was: the file has to be read from its beginning."""


def reach(codec: str, packets: int) -> int:
    """How many of the packets before a place have to be decoded again: for most kinds of file all of them."""
    known = 0 if codec.startswith("pcm_") else _REACH.get(codec)
    return packets if known is None else min(packets, known + CHECKED)
