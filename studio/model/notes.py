"""Notes that were sung, and their vibrato, as measured."""

from msgspec import Struct


class Vibrato(Struct, frozen=True, kw_only=True):
    """The vibrato of a note; extents are cents about the mean pitch."""

    rate_hz: float
    half_extent_cents: float
    onset_s: float
    """From the start of the note to where the vibrato sets in."""
    regularity: float
    """How alike the cycles are: 1 less the coefficient of variation of their lengths and extents, 0 to 1."""
    cycles: float
    rate_error_hz: float
    extent_error_cents: float

    @property
    def pp_cents(self) -> float:
        """From the lowest to the highest: twice the half-extent."""
        return 2 * self.half_extent_cents


class Note(Struct, frozen=True, kw_only=True):
    """A stretch on one pitch; `pitch_hz` is the mean in cents, over whole cycles where there is vibrato."""

    start_s: float
    end_s: float
    pitch_hz: float
    vibrato: Vibrato | None
    given_hz: float | None = None
    """The pitch that a person gave it: what it is called and aimed at. None is what was sung."""

    @property
    def named_hz(self) -> float:
        """The pitch by which it is called."""
        return self.pitch_hz if self.given_hz is None else self.given_hz
