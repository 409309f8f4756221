"""The way to one picture: what lies between the key frame before and it, read before anything is decoded.

Only then is it known which packet is the one: pictures are stored in another order than they are seen in, and may last
as long as they like. All others that no picture refers to can be left out, and decoding can end right behind it.
"""

from contextlib import suppress
from typing import Final, NamedTuple

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

_MOST_READ: Final = 700


class Way(NamedTuple):
    """Packets from a key frame on, as they were read; times are in ticks of the stream."""

    packets: "list[Packet[VideoStream]]"
    begins: list[int]
    """When the pictures from the key frame on begin, the wanted one last."""
    until: float
    """Surely no other picture begins after the wanted one and before this."""
    steps: int
    """How many packets it takes, the wanted one included."""


def way_to(container: InputContainer, stream: VideoStream, wanted: int) -> Way | None:
    """Go to the key frame before a time and read up to it; the container is left behind what was read.

    None where the file does not say enough: packets without times, a picture before the first key frame, one that is
    seen before the key frame which it follows in the file, or a key frame too far away.
    """
    with suppress(av.FFmpegError):  # before the beginning, or a file that cannot be sought in
        container.seek(wanted, stream=stream, backward=True)
    read: list[Packet[VideoStream]] = []
    ended = True
    with suppress(av.FFmpegError):
        for packet in container.demux(stream):
            if packet.size == 0:
                break
            if packet.pts is None or packet.dts is None or len(read) == _MOST_READ:
                return None
            read.append(packet)
            if packet.dts > wanted:  # whatever comes now is seen later
                ended = False
                break
    if not read or not read[0].is_keyframe:
        return None
    seen = [packet.pts for packet in read if packet.pts is not None and not packet.is_discard]
    key = read[0].pts
    assert key is not None
    begins = sorted(pts for pts in seen if key <= pts <= wanted)
    if not begins or len(set(begins)) < len(begins):
        return None
    after = [pts for pts in seen if pts > wanted]
    last = read[-1].dts
    assert last is not None
    until = float("inf") if ended and not after else min([*after, *(() if ended else (last,))])
    steps = next(number for number, packet in enumerate(read, 1) if packet.pts == begins[-1])
    return Way(read, begins, until, steps)
