"""One recording of the screen from its start to its end: the threads that grab, encode, listen and look after it.

Grab → slots of shared memory → picture thread (compare, convert, lay over, encode) → files. Sound → aligned to the same
clock → encoded → files. A slow encoder costs pictures, counted, and never memory; nothing here waits for the desktop.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import av

from studio.capture import trouble
from studio.capture.breaks import Breaks
from studio.capture.clock import Beat
from studio.capture.encoders import Choice
from studio.capture.figures import Figures, Tally
from studio.capture.files import DiskGuard, open_reel
from studio.capture.grabbing import Grabbing
from studio.capture.kept import Kept
from studio.capture.laid import Laid
from studio.capture.movie import Template
from studio.capture.picturing import Picturing
from studio.capture.replay import Replay
from studio.capture.screen import Area, Grabber, is_black
from studio.capture.showing import Showing
from studio.capture.soundtrack import Soundtrack
from studio.capture.wanted import Hears, Overlays, Sound, Wanted
from studio.errors import Explanation, StudioError, explain
from studio.media.wav import Frames

_REPORT_S: Final = 0.4
_LISTEN_S: Final = 0.02
_SOUND_LATE_S: Final = 0.8

_log = logging.getLogger(__name__)


class Recording:
    """Runs from its construction until `stop`, the wanted seconds, or a failure; `hears.finished` is its last word."""

    def __init__(
        self,
        wanted: Wanted,
        grabber: Grabber,
        choice: Choice,
        sounds: Sequence[Sound],
        hears: Hears,
        overlays: Overlays | None = None,
        showing: Showing | None = None,
    ) -> None:
        self._wanted = wanted
        self._grabber = grabber
        self._hears = hears
        self._laid = Laid(overlays)
        self._tally = Tally()
        self._ending = threading.Event()
        self._over = threading.Event()
        self._failed: Explanation | None = None
        self._grabbing = Grabbing(wanted, grabber, self._tally, self._ending)
        if is_black(self._grabbing.picture(0)):
            hears.trouble("black", trouble.black(), False)
        self._picturing = Picturing(wanted, choice, self._grabbing, self._laid, self._tally, hears)
        self._picturing.showing = showing
        self._sound = Soundtrack(sounds, lambda chunk: self._kept.write(chunk), self._hear)
        self.titles = self._sound.titles
        try:
            reel = open_reel(wanted, self._templates(), hears)
        except BaseException:
            self._picturing.close()
            self._sound.close()
            raise
        self.path = reel.newest if reel is not None else None
        """Where the first part is; None where only a replay is kept."""
        self.replay = Replay(wanted.replay_s, self._templates()) if wanted.replay_s else None
        self._kept = Kept(reel, self.replay)
        self._breaks = Breaks(wanted.chapter_pause_s) if wanted.chapter_pause_s else None
        self._laid.layers(None, self._grabbing.area, time.monotonic())  # what is drawn first takes longest
        self._beat = Beat(wanted.fps, self._ending)
        self._sound.begin(self._beat.start_s)
        self._tally.restart()
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), name=work.__name__.strip("_"), daemon=True)
            for work in (self._grab, self._picture, self._listen)
        ]
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)
        for thread in (*self._threads, self._keeper):
            thread.start()

    @property
    def showing(self) -> Showing | None:
        """Who else is shown the pictures and the levels; may be another at any time."""
        return self._picturing.showing

    @showing.setter
    def showing(self, showing: Showing | None) -> None:
        self._picturing.showing = showing

    @property
    def folder(self) -> Path | None:
        """Where the newest part is; None where only a replay is kept."""
        return self._kept.folder

    @property
    def area(self) -> Area:
        """What is recorded now."""
        return self._grabbing.area

    @property
    def encoder(self) -> Choice:
        """What encodes the picture now."""
        return self._picturing.choice

    @property
    def paused(self) -> bool:
        """Whether what happens now is left out."""
        return self._kept.paused

    @property
    def now_s(self) -> float:
        """Seconds since the beginning, pauses counted."""
        return time.monotonic() - self._beat.start_s

    def stop(self) -> None:
        """End with what is on the screen now; `hears.finished` follows."""
        self._ending.set()

    def wait(self, seconds: float) -> bool:
        """Wait until everything is written; whether it was in time."""
        return self._over.wait(seconds)

    def pause(self, on: bool) -> None:
        """Leave out what happens, or go on at the next picture."""
        self._kept.pause(on, self.now_s)

    def lay_over(self, overlays: Overlays | None) -> None:
        """Lay these over the picture from the next one on."""
        self._laid.change(overlays)

    def chapter(self, name: str) -> None:
        """A chapter begins now."""
        if self._kept.reel is not None:
            self._kept.reel.chapter(self.now_s, name)

    def figures(self) -> Figures:
        """How it goes."""
        reel = self._kept.reel
        return self._tally.figures(
            self._sound.error_s,
            reel.size_bytes if reel is not None else 0,
            reel.duration_s() if reel is not None else self.now_s,
        )

    def _guarded(self, work: Callable[[], None]) -> None:
        """A thread that fails ends the recording in order; what was written is kept."""
        try:
            work()
        except (OSError, av.FFmpegError) as error:
            _log.warning("the recording ends: %s", error, exc_info=error)
            self._fail(trouble.cannot_write(error))
        except StudioError as error:
            _log.warning("the recording ends: %s", error)
            self._fail(trouble.stopped(error.explanation))
        except Exception as error:  # noqa: BLE001 a thread has nobody above it to tell
            _log.exception("the recording ends")
            self._fail(explain(error))

    def _grab(self) -> None:
        self._grabbing.run(self._beat)

    def _picture(self) -> None:
        self._picturing.run(self._kept, self._beat.start_s, self._begin_part)

    def _listen(self) -> None:
        if not self._sound.titles:
            return
        grabbing = self._grabbing
        while not self._ending.wait(_LISTEN_S):
            self._sound.take(time.monotonic(), grabbing.reached_s)
        pause, deadline_s = threading.Event(), time.monotonic() + _SOUND_LATE_S
        while grabbing.end_s is None or (self._sound.reached_s < grabbing.end_s and time.monotonic() < deadline_s):
            self._sound.take(time.monotonic(), grabbing.reached_s)
            pause.wait(_LISTEN_S)
        self._sound.finish(float(grabbing.end_s))

    def _keep(self) -> None:
        reel = self._kept.reel
        guard = DiskGuard(reel, self._wanted, self._hears) if reel is not None else None
        while not self._ending.wait(_REPORT_S):
            if guard is not None:
                why = guard.look(self.now_s)
                if guard.move_to is not None:
                    self._kept.cut_into, guard.move_to = guard.move_to, None
                if why is not None:
                    self._fail(why)
            self._hears.progress(self.figures(), self.paused)
        for thread in self._threads:
            thread.join()
        self._finish()

    def _begin_part(self, at_s: Fraction) -> None:
        self._kept.go_on_with(self._templates(), at_s)

    def _hear(self, number: int, frames: Frames) -> None:
        if number == 0:
            self._laid.hear(frames)
            self._mark_breaks(frames)
        showing = self.showing
        if showing is not None:
            showing.hear(number, frames)

    def _mark_breaks(self, frames: Frames) -> None:
        reel = self._kept.reel
        if self._breaks is None or reel is None:
            return
        for began_s, silent_s in self._breaks.hear(frames):
            minutes, seconds = divmod(round(silent_s), 60)
            reel.chapter(began_s, f"After {minutes}:{seconds:02} of silence")

    def _templates(self) -> list[Template]:
        return [self._picturing.template, *self._sound.templates]

    def _fail(self, why: Explanation) -> None:
        if self._failed is None:
            self._failed = why
            self._kept.whole = False
            self._hears.trouble("stopped", why, False)
        self._ending.set()

    def _finish(self) -> None:
        if self._kept.reel is not None:
            try:
                self._kept.reel.close()
            except (OSError, av.FFmpegError) as error:
                self._failed = self._failed or trouble.cannot_write(error)
        figures = self.figures()
        self._picturing.close()
        self._sound.close()
        self._grabber.close()
        self._laid.close()
        self._over.set()
        self._hears.finished(self._kept.parts, figures, self._failed)
