"""The notes of a recording as a person wants them: where each begins and ends, and on which pitch it was meant."""

from itertools import pairwise
from typing import Self

from msgspec import Struct
from msgspec.structs import replace


class SungNote(Struct, frozen=True, kw_only=True):
    """A note from `start` to `stop`, half-open, in samples of its medium.

    `midi` is the pitch that it was given by hand, 69 is A4; None is whatever is sung there.
    """

    start: int
    stop: int
    midi: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop:
            raise ValueError(f"a note cannot go from {self.start} to {self.stop}")
        if self.midi is not None and not 0.0 <= self.midi <= 127.0:
            raise ValueError(f"a note's pitch lies between 0 and 127, not at {self.midi:g}")

    @property
    def length(self) -> int:
        """How many samples it lasts."""
        return self.stop - self.start


class NoteSheet(Struct, frozen=True, kw_only=True):
    """All notes of one medium, in order, no two at the same time. A note is known by where it begins."""

    media: str
    notes: tuple[SungNote, ...] = ()

    def __post_init__(self) -> None:
        if any(one.stop > other.start for one, other in pairwise(self.notes)):
            raise ValueError("two notes would sound at the same time")

    def note(self, start: int) -> SungNote:
        """The note that begins there; KeyError when there is none."""
        for note in self.notes:
            if note.start == start:
                return note
        raise KeyError(f"note at {start}")

    def at(self, sample: int) -> SungNote | None:
        """The note that sounds at a sample of the medium."""
        return next((note for note in self.notes if note.start <= sample < note.stop), None)

    def within(self, start: int, stop: int) -> tuple[SungNote, ...]:
        """The notes that begin in a stretch of the medium."""
        return tuple(note for note in self.notes if start <= note.start < stop)

    def room(self, note: SungNote, length: int) -> tuple[int, int]:
        """Between where and where a note of the sheet can reach, in a medium of `length` samples."""
        before = max((other.stop for other in self.notes if other.stop <= note.start), default=0)
        after = min((other.start for other in self.notes if other.start >= note.stop), default=length)
        return before, after

    def without(self, *notes: SungNote) -> Self:
        """The sheet without some of its notes."""
        return replace(self, notes=tuple(note for note in self.notes if note not in notes))

    def with_note(self, note: SungNote) -> Self:
        """The sheet with one more note; others give way, and one that it lies inside of goes on after it."""
        rest = []
        for other in self.notes:
            if other.start < note.start:
                rest.append(replace(other, stop=min(other.stop, note.start)))
            if other.stop > note.stop:
                rest.append(replace(other, start=max(other.start, note.stop)))
        return replace(self, notes=tuple(sorted((*rest, note), key=lambda one: one.start)))
