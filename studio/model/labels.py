"""Names given to places and stretches of a sound."""

from typing import Literal

from msgspec import Struct


class Label(Struct, frozen=True, kw_only=True):
    """A text from one time to another; a place where both are the same. A band in Hz where it has one."""

    start_s: float
    end_s: float
    text: str = ""
    low_hz: float | None = None
    high_hz: float | None = None

    @property
    def is_place(self) -> bool:
        return self.end_s == self.start_s


class Tier(Struct, frozen=True, kw_only=True):
    """Labels of one sort, in the order of time; stretches do not overlap."""

    name: str
    kind: Literal["stretches", "places"]
    labels: tuple[Label, ...] = ()
