"""A stretch of the timeline that repeats, and what of one recording was sung in which pass of it. Pure."""

from typing import Final, NamedTuple

from msgspec import Struct

_SHORTEST_S: Final = 0.2
_MOMENT_S: Final = 0.5
_MOMENT_OF_A_LOOP: Final = 4


class Pass(NamedTuple):
    """Once round the loop, or a part of that: `length` samples of the timeline from `start` on.

    `at` is the frame of the recording that lies at `start`.
    """

    start: int
    at: int
    length: int


class Loop(Struct, frozen=True):
    """The stretch of the timeline that repeats, half-open."""

    start: int
    stop: int

    def __contains__(self, sample: float) -> bool:
        return self.start <= sample < self.stop

    @property
    def length(self) -> int:
        """Samples from the beginning to the end."""
        return self.stop - self.start

    def is_long_enough(self, rate_hz: int) -> bool:
        """Whether anything can be sung in it."""
        return self.length >= _SHORTEST_S * rate_hz

    def place(self, sample: float) -> float:
        """Where in the loop a sample lies that is counted on past the end."""
        return self.start + (sample - self.start) % self.length

    def passes(self, start: int, length: int, rate_hz: int) -> tuple[Pass, ...]:
        """Cut a recording that went round: its first frame lies at `start`, counted on past the end.

        What lies before the loop is left out, and so is a last pass of no more than a moment: it is the time that
        somebody takes to press stop.
        """
        found: list[Pass] = []
        at, stop = max(0, self.start - start), length
        while at < stop:
            here = int(self.place(start + at))
            found.append(Pass(here, at, min(self.stop - here, stop - at)))
            at += found[-1].length
        moment = min(_MOMENT_S * rate_hz, self.length / _MOMENT_OF_A_LOOP)
        return tuple(found[:-1] if len(found) > 1 and found[-1].length < moment else found)
