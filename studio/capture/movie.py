"""One video file while it is being written: playable at any moment, also after the process was killed."""

import contextlib
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import av
from av.stream import Stream

from studio.capture.chunk import Chunk

if TYPE_CHECKING:
    from av.container.core import Chapter

Container = Literal["mp4", "mkv"]

# Half a second a fragment: together with the packets that wait for those of other streams, less than one second is
# in memory only. A fragmented MP4 becomes an ordinary one at its end.
_OPTIONS: Final[dict[Container, dict[str, str]]] = {
    "mp4": {
        "movflags": "hybrid_fragmented+frag_keyframe",
        "frag_duration": "500000",
        "flush_packets": "1",
        "max_interleave_delta": "300000",
    },
    "mkv": {"cluster_time_limit": "500", "flush_packets": "1", "max_interleave_delta": "300000"},
}
_FORMATS: Final[dict[Container, str]] = {"mp4": "mp4", "mkv": "matroska"}


class Template(NamedTuple):
    """A stream that a file is to have: the parameters of its encoder, and the title that players show."""

    stream: Stream
    title: str


class Mark(NamedTuple):
    """A chapter begins at `at_s` of the recording."""

    at_s: float
    name: str


class Movie:
    """Takes chunks from `start_s` of the recording on, which becomes time 0. An `OSError` leaves what was written."""

    def __init__(self, path: Path, container: Container, templates: Sequence[Template], start_s: Fraction) -> None:
        self.path = path
        self.start_s = start_s
        self.stop_s: float | None = None
        self.size_bytes = 0
        self.end_s = 0.0
        self.last_s = [float("-inf")] * len(templates)
        self._file = av.open(str(path), "w", format=_FORMATS[container], container_options=_OPTIONS[container])
        self._streams = []
        try:
            for template in templates:
                stream = self._file.add_stream_from_template(template.stream, opaque=True)
                stream.metadata["title"] = template.title
                stream.metadata["handler_name"] = template.title  # what MP4 has for a title
                self._streams.append(stream)
            self._file.start_encoding()
            self._inode = os.stat(path).st_ino
        except BaseException:
            with contextlib.suppress(OSError, av.FFmpegError):
                self._file.close()
            raise

    @property
    def is_in_place(self) -> bool:
        """Whether the file is still where it was begun."""
        try:
            return os.stat(self.path).st_ino == self._inode
        except OSError:
            return False

    def write(self, chunk: Chunk, earlier_s: Fraction) -> None:
        """Append a chunk; `earlier_s` is how much of the recording before it is not in any file."""
        packet = chunk.packet(self._streams[chunk.stream], self.start_s + earlier_s)
        self._file.mux_one(packet)
        self.size_bytes += len(chunk.data)
        self.last_s[chunk.stream] = chunk.start_s
        self.end_s = max(self.end_s, float((chunk.pts + chunk.duration) * chunk.time_base - earlier_s - self.start_s))

    def close(self, chapters: Sequence[Mark] = ()) -> None:
        """Finish the file; chapters lie at times of the file."""
        try:
            if chapters:
                self._file.set_chapters(_chapters(chapters, self.end_s))
        finally:
            self._file.close()


def _chapters(marks: Sequence[Mark], end_s: float) -> "list[Chapter]":
    stops = [*(mark.at_s for mark in marks[1:]), max(end_s, marks[-1].at_s + 0.001)]
    return [
        {
            "id": number,
            "start": round(mark.at_s * 1000),
            "end": round(stop_s * 1000),
            "time_base": Fraction(1, 1000),
            "metadata": {"title": mark.name},
        }
        for number, (mark, stop_s) in enumerate(zip(marks, stops, strict=True), 1)
    ]
