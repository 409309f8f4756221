"""A take that is being recorded, as a value."""

import datetime as dt
import itertools
import os
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from studio.model.project import TrackId
from studio.protocol.live import TakeFinished
from studio.session.looping import Loop

_count = itertools.count()


class Taking(Struct, frozen=True, kw_only=True):
    """A recording that goes on: where it belongs, since when, and how much of it is safe on the disk.

    `gap_from` says, for a take that goes on after an interruption, since which timeline sample sound is missing.
    `loop` is what is played round and round meanwhile; each pass becomes a take of its own in the project.
    `aside` is one that is not for the project, such as a sentence that is read for a new voice.
    """

    name: str
    folder: str
    track: TrackId
    start: int
    rate_hz: int
    began_s: float
    has_begun: bool = False
    frames: int = 0
    dropped: int = 0
    gaps: int = 0
    gap_from: int | None = None
    loop: Loop | None = None
    aside: bool = False

    def started(self, now_s: float, start: int) -> Self:
        """The first block is on its way to the disk."""
        return replace(self, has_begun=True, began_s=now_s, start=start)

    def at(self, frames: int, dropped: int, gaps: int) -> Self:
        """So much of it is safe."""
        return replace(self, frames=frames, dropped=dropped, gaps=gaps)

    def now(self, now_s: float) -> float:
        """The timeline sample that is being recorded now."""
        reached = self._reached(now_s)
        return reached if self.loop is None else self.loop.place(reached)

    def laps(self, now_s: float) -> int:
        """How often the take has gone round its loop."""
        return 0 if self.loop is None else int((self._reached(now_s) - self.loop.start) // self.loop.length)

    def _reached(self, now_s: float) -> float:
        return self.start + max(0.0, now_s - self.began_s) * self.rate_hz


def taking_of(event: TakeFinished) -> Taking:
    """What is known of a take that was begun before this process listened."""
    rate_hz = event.segments[0].rate_hz if event.segments else 48000
    return Taking(name=event.take, folder="", track=TrackId(event.track), start=event.start, rate_hz=rate_hz, began_s=0)


def new_take_name() -> str:
    """A name that no other take has, also when the clock was set back or the program runs twice."""
    now = dt.datetime.now().astimezone()
    return f"{now:%Y%m%d-%H%M%S-%f}-{os.getpid():x}-{next(_count)}"
