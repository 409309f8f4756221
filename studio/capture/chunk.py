"""What encoders give and files take: one encoded packet as a value, on the clock of the whole recording."""

from fractions import Fraction
from typing import NamedTuple

import av
from av.packet import Packet
from av.stream import Stream


class Chunk(NamedTuple):
    """A packet of one stream. `pts` and `duration` count in `time_base` from the beginning of the recording."""

    stream: int
    data: bytes
    pts: int
    duration: int
    time_base: Fraction
    key: bool

    @property
    def start_s(self) -> float:
        return float(self.pts * self.time_base)

    def packet(self, stream: Stream, earlier_s: Fraction) -> "Packet[Stream]":
        """The packet for a file whose time 0 is `earlier_s` of the recording."""
        packet: Packet[Stream] = av.Packet(self.data)
        packet.pts = packet.dts = self.pts - round(earlier_s / self.time_base)
        packet.duration = self.duration
        packet.time_base = self.time_base
        packet.is_keyframe = self.key
        packet.stream = stream
        return packet


def chunk_of(packet: "Packet[Stream]", stream: int, time_base: Fraction) -> Chunk:
    """Keep a packet that an encoder has just given."""
    return Chunk(stream, bytes(packet), packet.pts or 0, packet.duration or 0, time_base, packet.is_keyframe)
