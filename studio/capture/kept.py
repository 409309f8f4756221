"""Where encoded packets go: into the files of the recording, and into the replay of its last moments."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from studio.capture.chunk import Chunk
from studio.capture.movie import Template
from studio.capture.reel import Part, Reel
from studio.capture.replay import Replay


class Kept:
    """Files, a replay, or both. Parts begin and pauses end at a key frame, which the picture thread is asked for."""

    def __init__(self, reel: Reel | None, replay: Replay | None) -> None:
        self.reel, self.replay = reel, replay
        self.cut_into: Path | None = None
        """A folder in which the recording has to go on."""
        self.whole = True
        """Whether everything that comes may still be written; after a failure the files only are ended."""
        self._resume_wanted = False

    @property
    def paused(self) -> bool:
        """Whether what comes in now is left out."""
        return self.reel is not None and self.reel.paused

    @property
    def folder(self) -> Path | None:
        """Where the newest part is; None where only a replay is kept."""
        return self.reel.folder if self.reel is not None else None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The files that are finished."""
        return tuple(self.reel.parts) if self.reel is not None else ()

    def pause(self, on: bool, at_s: float) -> None:
        """Leave out what comes from here on, or go on at the next picture."""
        if self.reel is None:
            return
        if on:
            self.reel.pause(at_s)
        else:
            self._resume_wanted = True

    def write(self, chunk: Chunk) -> None:
        """Take a packet of any stream."""
        if self.reel is not None and self.whole:
            self.reel.write(chunk)
        if self.replay is not None:
            self.replay.write(chunk)

    def turning_point(self, at_s: Fraction) -> bool:
        """Begin a new part or go on after a pause where one is due: the picture has to be a key frame then."""
        if self.reel is None:
            return False
        if self.cut_into is not None or self.reel.wants_cut():
            folder, self.cut_into = self.cut_into, None
            self.reel.cut(at_s, folder=folder)
            return True
        if self._resume_wanted:
            self._resume_wanted = False
            self.reel.resume(float(at_s))
            return True
        return False

    def go_on_with(self, templates: Sequence[Template], at_s: Fraction) -> None:
        """Other streams come from here on: a part of its own, and a replay that begins here."""
        if self.reel is not None:
            self.reel.cut(at_s, templates)
        if self.replay is not None:
            self.replay.restart(templates)
