"""What an H.264 packet says of itself, without decoding it. Source: ITU-T H.264 7.3.1, ISO/IEC 14496-15 5.3.3.1."""

from typing import Final

_WITH_LENGTHS: Final = 1
_TYPE_BITS: Final = 0x1F
_INSTANT_REFRESH: Final = 5
_OTHER_SLICES: Final = range(1, 5)


def length_bytes(setup: bytes | None) -> int:
    """How many bytes tell the length of each unit of a packet; 0 where units are told apart by start codes.

    `setup` is what MP4 and Matroska keep for the decoder.
    """
    return (setup[4] & 3) + 1 if setup and len(setup) > 4 and setup[0] == _WITH_LENGTHS else 0


def refreshes(packet: bytes, length_bytes: int) -> bool:
    """Whether nothing from here on needs a picture before: unlike other key frames, of which those after may."""
    at = 0
    while at + length_bytes < len(packet):
        kind = packet[at + length_bytes] & _TYPE_BITS
        if kind == _INSTANT_REFRESH or kind in _OTHER_SLICES:
            return kind == _INSTANT_REFRESH
        at += length_bytes + int.from_bytes(packet[at : at + length_bytes], "big")
    return False
