"""The files of one recording: parts that follow each other, pauses that are left out, chapters."""

import bisect
import threading
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

from studio.capture.chunk import Chunk
from studio.capture.movie import Container, Mark, Movie, Template

_LATE_S: Final = 3.0
"""So long a part is kept open for the sound that belongs to its end."""


class Part(NamedTuple):
    """A finished file."""

    path: Path
    duration_s: float
    size_bytes: int


class Split(NamedTuple):
    """When a new part begins: at a size, or after a time; 0 for never."""

    size_bytes: int = 0
    seconds: float = 0.0


class Reel:
    """Sends each chunk to the part that covers its time. Every method may be called from any thread."""

    def __init__(
        self,
        path: Path,
        container: Container,
        templates: Sequence[Template],
        split: Split = Split(),  # noqa: B008 a value
        opened: Callable[[Path], None] = lambda _path: None,
    ) -> None:
        self.parts: list[Part] = []
        self._first = path
        self._container = container
        self._templates = tuple(templates)
        self._split = split
        self._opened = opened
        self._lock = threading.Lock()
        self._pauses: list[tuple[float, float]] = []
        self._chapters: list[Mark] = []
        self._count = 0
        self._newest_s = 0.0
        self._open: list[Movie] = [self._begin(Fraction(0))]

    @property
    def size_bytes(self) -> int:
        """Bytes in all parts so far."""
        return sum(part.size_bytes for part in self.parts) + sum(movie.size_bytes for movie in self._open)

    @property
    def paused(self) -> bool:
        """Whether what comes in now is left out."""
        return bool(self._pauses) and self._pauses[-1][1] == float("inf")

    @property
    def newest(self) -> Path:
        """The file of the newest part."""
        return self._open[-1].path if self._open else self._first

    @property
    def folder(self) -> Path:
        """Where the newest part lies."""
        return self.newest.parent

    @property
    def is_in_place(self) -> bool:
        """Whether the newest part is still where it was begun."""
        return not self._open or self._open[-1].is_in_place

    def duration_s(self) -> float:
        """Seconds in all parts so far."""
        return sum(part.duration_s for part in self.parts) + sum(movie.end_s for movie in self._open)

    def wants_cut(self) -> bool:
        """Whether the newest part is as large or as long as a part may be: the next picture has to be a key frame."""
        newest, split = self._open[-1], self._split
        return bool(split.size_bytes and newest.size_bytes >= split.size_bytes) or bool(
            split.seconds and newest.end_s >= split.seconds - 0.0005
        )

    def cut(self, at_s: Fraction, templates: Sequence[Template] | None = None, folder: Path | None = None) -> None:
        """Begin a new part at a key frame, also with other streams, or in another folder."""
        with self._lock:
            if templates is not None:
                self._templates = tuple(templates)
            if folder is not None:
                self._first = folder / self._first.name
            if float(at_s) <= float(self._open[-1].start_s):
                return
            self._open[-1].stop_s = float(at_s)
            self._open.append(self._begin(at_s))

    def pause(self, at_s: float) -> None:
        """Leave out what comes from here on."""
        with self._lock:
            if not self.paused:
                self._pauses.append((at_s, float("inf")))

    def resume(self, at_s: float) -> None:
        """Go on at a key frame."""
        with self._lock:
            if self.paused:
                self._pauses[-1] = (self._pauses[-1][0], at_s)

    def chapter(self, at_s: float, name: str) -> None:
        """A chapter begins here."""
        with self._lock:
            bisect.insort(self._chapters, Mark(at_s, name))  # one that was heard is told of a little later

    def write(self, chunk: Chunk) -> None:
        """Put a chunk where it belongs; what lies in a pause belongs nowhere."""
        with self._lock:
            at_s = chunk.start_s
            self._newest_s = max(self._newest_s, at_s)
            if any(start_s <= at_s < stop_s for start_s, stop_s in self._pauses):
                return
            for movie in reversed(self._open):
                if at_s >= float(movie.start_s) or movie is self._open[0]:
                    movie.write(chunk, self._left_out(float(movie.start_s), at_s))
                    break
            while len(self._open) > 1 and self._is_over(self._open[0]):
                self._finish(self._open.pop(0))

    def close(self) -> None:
        """Finish every part; an error of the disk is raised when all that could be finished is."""
        failed: Exception | None = None
        with self._lock:
            while self._open:
                try:
                    self._finish(self._open.pop(0))
                except OSError as error:
                    failed = error
        if failed is not None:
            raise failed

    def _begin(self, start_s: Fraction) -> Movie:
        self._count += 1
        path = free_name(self._first, self._count)
        movie = Movie(path, self._container, self._templates, start_s)
        self._opened(path)
        return movie

    def _is_over(self, movie: Movie) -> bool:
        assert movie.stop_s is not None
        return all(last_s >= movie.stop_s for last_s in self._open[1].last_s) or (
            self._newest_s > movie.stop_s + _LATE_S
        )

    def _finish(self, movie: Movie) -> None:
        start_s = float(movie.start_s)
        stop_s = float("inf") if movie.stop_s is None else movie.stop_s
        inside = [
            Mark(max(0.0, mark.at_s - start_s - float(self._left_out(start_s, mark.at_s))), mark.name)
            for mark in self._chapters
            if start_s <= mark.at_s < stop_s
        ]
        try:
            movie.close(inside)
        finally:
            self.parts.append(Part(movie.path, movie.end_s, movie.size_bytes))

    def _left_out(self, start_s: float, at_s: float) -> Fraction:
        """How much of the time between the two was paused, as steps that both sound and picture can take."""
        seconds = sum(max(0.0, min(stop, at_s) - max(begin, start_s)) for begin, stop in self._pauses)
        return Fraction(round(seconds * 90_000), 90_000)


def free_name(first: Path, number: int) -> Path:
    """The name of part `number`; never that of a file that is there already."""
    stem = first.stem if number == 1 else f"{first.stem} part {number}"
    path = first.with_name(f"{stem}{first.suffix}")
    tried = 1
    while path.exists():
        tried += 1
        path = first.with_name(f"{stem} ({tried}){first.suffix}")
    return path
