"""Sound known by its content: two files with the same samples are the same medium, whatever they are called."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Final

from studio.media.wav import MappedWav
from studio.model.project import MediaId

_BLOCK_FRAMES: Final = 1 << 18

Report = Callable[[float], None]
"""Tell how far along we are, 0 to 1. Raises `Cancelled` when the person no longer wants the result."""


def content_id(sound: MappedWav, *, report: Report = lambda _fraction: None) -> MediaId:
    """The id of a medium that holds this sound: its float32 samples, its rate and its channels."""
    digest = blake2b()
    for start in range(0, sound.length, _BLOCK_FRAMES):
        report(start / sound.length)
        digest.update(sound.frames[start : start + _BLOCK_FRAMES].astype("<f4", order="C").data)
    digest.update(f"{sound.rate_hz}/{sound.channels}".encode())
    return MediaId("m" + digest.hexdigest()[:20])
