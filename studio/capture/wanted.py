"""What a recording is asked for, what it lays over its picture, and whom it tells how it goes."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct

from studio.capture import trouble
from studio.capture.canvas import Layer
from studio.capture.figures import Figures
from studio.capture.listening import Source
from studio.capture.movie import Container
from studio.capture.reel import Part, Split
from studio.capture.screen import Target
from studio.errors import Explanation
from studio.media.wav import Frames


class Wanted(Struct, frozen=True, kw_only=True):
    """What is to be recorded and how. `path` None keeps a replay only.

    `chapter_pause_s` begins a chapter where the first sound speaks again after so long; 0 for never.
    """

    path: Path | None
    fallback: Path | None = None
    target: Target = Target()
    fps: float = 30.0
    seconds: float = 0.0
    container: Container = "mp4"
    quality: int = 23
    split: Split = Split()
    replay_s: float = 0.0
    cursor: bool = True
    chapter_pause_s: float = 0.0
    floor_bytes: int = trouble.FLOOR_BYTES


class Sound(NamedTuple):
    """A source, the title of its track, and how much sooner it is to be put than it came."""

    source: Source
    title: str
    earlier_s: float = 0.0


class Overlays(Protocol):
    """What is laid over the picture."""

    def layers(self, now_s: float, width: int, height: int) -> Sequence[Layer]:
        """The layers of the picture that is shown at `now_s` of the clock."""
        ...

    def hear(self, frames: Frames) -> None:
        """The sound that levels and waveforms show, (n, 2) at 48 kHz."""
        ...

    def close(self) -> None:
        """Look at nothing any more."""
        ...


class Hears(Protocol):
    """Who is told how it goes. Called from the threads of the recording."""

    def progress(self, figures: Figures, paused: bool) -> None: ...

    def trouble(self, kind: str, why: Explanation, over: bool) -> None: ...

    def finished(self, parts: tuple[Part, ...], figures: Figures, why: Explanation | None) -> None: ...

    def part_began(self, path: Path) -> None: ...
