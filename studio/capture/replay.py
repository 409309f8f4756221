"""The last moments, kept in memory as they were encoded, to be saved when something happened."""

import contextlib
import threading
from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from studio.capture.chunk import Chunk
from studio.capture.movie import Container, Movie, Template
from studio.capture.reel import Part, free_name


class Replay:
    """Holds at least the last `seconds` from a key frame on. Saving takes nothing away, so it can be tried again."""

    def __init__(self, seconds: float, templates: Sequence[Template]) -> None:
        self.seconds = seconds
        self.size_bytes = 0
        self._templates = tuple(templates)
        self._chunks: deque[Chunk] = deque()
        self._keys: deque[float] = deque()
        self._lock = threading.Lock()

    @property
    def held_s(self) -> float:
        """How much there is now."""
        with self._lock:
            return self._chunks[-1].start_s - self._keys[0] if self._keys else 0.0

    def restart(self, templates: Sequence[Template]) -> None:
        """The picture has another size from now on: what was before does not fit to it."""
        with self._lock:
            self._templates = tuple(templates)
            self._chunks.clear()
            self._keys.clear()
            self.size_bytes = 0

    def write(self, chunk: Chunk) -> None:
        """Keep a chunk, and forget those that are too old."""
        with self._lock:
            self._chunks.append(chunk)
            self.size_bytes += len(chunk.data)
            if chunk.stream == 0 and chunk.key:
                self._keys.append(chunk.start_s)
            oldest_s = chunk.start_s - self.seconds
            while len(self._keys) > 1 and self._keys[1] <= oldest_s:
                self._keys.popleft()
            while self._keys and self._chunks[0].start_s < self._keys[0] - 1.0:
                self.size_bytes -= len(self._chunks.popleft().data)

    def save(self, path: Path, container: Container = "mp4") -> Part | None:
        """Write what is held to a new file, whole or not at all; None where there is nothing yet.

        An `OSError` (a full disk) leaves the memory as it is: free space and try again.
        """
        with self._lock:
            chunks, templates = list(self._chunks), self._templates
            start_s = self._keys[0] if self._keys else None
        if start_s is None:
            return None
        first = next(chunk for chunk in chunks if chunk.stream == 0 and chunk.key and chunk.start_s >= start_s)
        start = Fraction(first.pts) * first.time_base
        path = free_name(path, 1)
        part = path.with_name(f".{path.name}.part")
        try:
            movie = Movie(part, container, templates, start)
            try:
                for chunk in chunks:
                    if chunk.start_s >= float(start):
                        movie.write(chunk, Fraction(0))
            finally:
                movie.close()
            size = part.stat().st_size
            part.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        return Part(path, movie.end_s, size)
