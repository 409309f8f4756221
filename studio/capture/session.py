"""One recording of the screen from its start to its end: the threads that grab, encode, listen and look after it.

Grab → slots of shared memory → picture thread (compare, convert, lay over, encode) → files. Sound → aligned to the same
clock → encoded → files. A slow encoder costs pictures, counted, and never memory; nothing here waits for the desktop.
"""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

import av

from studio.capture import trouble
from studio.capture.canvas import Canvas
from studio.capture.chunk import Chunk
from studio.capture.clock import Beat, Tick
from studio.capture.encoders import TIME_BASE, Choice, PictureEncoder
from studio.capture.figures import Figures, Tally
from studio.capture.files import DiskGuard, open_reel
from studio.capture.laid import Laid
from studio.capture.movie import Template
from studio.capture.reel import Reel
from studio.capture.replay import Replay
from studio.capture.screen import Area, Cursor, Grabber, ScreenChanged, is_black
from studio.capture.showing import Showing
from studio.capture.soundtrack import Soundtrack
from studio.capture.wanted import Hears, Overlays, Sound, Wanted
from studio.errors import Explanation, explain
from studio.media.wav import Frames

_SLOTS: Final = 4
_STILL_S: Final = 0.5
"""A still picture is encoded again after so long, so that files and replays never end long before now."""
_KEY_S: Final = 8.0
"""A still screen gives few pictures: without this its key frames would be half a minute apart."""
_SURE_S: Final = 1.0
"""A screen that is said to be as it was is grabbed all the same after so long."""
_LOOK_S: Final = 0.5
_REPORT_S: Final = 0.4
_LISTEN_S: Final = 0.02
_SOUND_LATE_S: Final = 0.8
_POLL_S: Final = 0.1

_log = logging.getLogger(__name__)


class _Shot(NamedTuple):
    """A picture on its way to the encoder; slot -1 says that it is the one before."""

    slot: int
    tick: Tick
    began_s: float
    area: Area
    cursor: Cursor | None


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
        self.showing = showing
        """Who else is shown the pictures and the levels; may be another at any time."""
        self._wanted = wanted
        self._grabber = grabber
        self._choice = choice
        self._hears = hears
        self._laid = Laid(overlays)
        self._tally = Tally()
        self._ending = threading.Event()
        self._over = threading.Event()
        self._failed: Explanation | None = None
        self._shots: queue.SimpleQueue[_Shot | threading.Event | None] = queue.SimpleQueue()
        self._free: deque[int] = deque(range(_SLOTS))
        self._key_wanted = False
        self._resume_wanted = False
        self._cut_into: Path | None = None
        self._end_s: Fraction | None = None
        self._reached_s = 0.0
        self._area = wanted.target.area_on(grabber)
        grabber.aim(self._area, _SLOTS)
        grabber.grab(0)
        if is_black(grabber.picture(0)):
            hears.trouble("black", trouble.black(), False)
        self._encoder = self._picture_encoder(self._area)
        self._sound = Soundtrack(sounds, self._write, self._hear)
        self.titles = self._sound.titles
        self._reel: Reel | None = None
        try:
            self._reel = open_reel(wanted, self._templates(), hears)
        except BaseException:
            self._encoder.close()
            self._sound.close()
            raise
        self._first = self._reel.newest if self._reel is not None else None
        self.replay = Replay(wanted.replay_s, self._templates()) if wanted.replay_s else None
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
    def path(self) -> Path | None:
        """Where the first part is; None where only a replay is kept."""
        return self._first

    @property
    def folder(self) -> Path | None:
        """Where the newest part is; None where only a replay is kept."""
        return self._reel.folder if self._reel is not None else None

    @property
    def area(self) -> Area:
        """What is recorded now."""
        return self._area

    @property
    def paused(self) -> bool:
        """Whether what happens now is left out."""
        return self._reel is not None and self._reel.paused

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
        if self._reel is None:
            return
        if on:
            self._reel.pause(self.now_s)
        else:
            self._resume_wanted = True

    def lay_over(self, overlays: Overlays | None) -> None:
        """Lay these over the picture from the next one on."""
        self._laid.change(overlays)

    def chapter(self, name: str) -> None:
        """A chapter begins now."""
        if self._reel is not None:
            self._reel.chapter(self.now_s, name)

    def figures(self) -> Figures:
        """How it goes."""
        reel = self._reel
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
        except Exception as error:  # noqa: BLE001 a thread has nobody above it to tell
            _log.exception("the recording ends")
            self._fail(explain(error))

    def _grab(self) -> None:
        looked_s = grabbed_s = 0.0
        total = round(self._wanted.seconds * self._wanted.fps) if self._wanted.seconds else 0
        last = 0
        try:
            while (tick := self._beat.wait()) is not None:
                if total and tick.number >= total:
                    break
                last = tick.number
                self._reached_s = last / self._wanted.fps
                self._tally.dropped += tick.skipped
                if not self._free:
                    self._tally.dropped += 1
                    continue
                slot = self._free.pop()  # the newest one: its memory is still near the processor
                began_s = time.monotonic()
                try:
                    if began_s - looked_s > _LOOK_S:
                        looked_s = began_s
                        self._look_at_size()
                    if self._grabber.may_differ() or began_s - grabbed_s > _SURE_S:
                        self._grabber.grab(slot)
                        grabbed_s = began_s
                    else:
                        self._free.append(slot)
                        slot = -1
                    cursor = self._grabber.cursor() if self._wanted.cursor else None
                except ScreenChanged:
                    self._free.append(slot)
                    self._look_again()
                    grabbed_s = 0.0
                    continue
                self._tally.grabbed += 1
                self._tally.late += began_s - tick.due_s > 0.5 / self._wanted.fps
                self._tally.pacing_ms.append((began_s - tick.due_s) * 1000)
                self._shots.put(_Shot(slot, tick, began_s, self._area, cursor))
        finally:
            self._end_s = Fraction(total or last + 1) / Fraction(self._wanted.fps).limit_denominator(1001)
            self._ending.set()
            self._shots.put(None)

    def _picture(self) -> None:
        canvas = Canvas(self._area.width, self._area.height)
        area, held = self._area, -1
        encoded_s, key_s, number = float("-inf"), 0.0, -1
        while (shot := self._shots.get()) is not None:
            if isinstance(shot, threading.Event):  # the slots are about to be others
                if held >= 0:
                    self._free.append(held)
                    held = -1
                shot.set()
                continue
            if shot.area != area:
                resized = shot.area[2:] != area[2:]
                area = shot.area
                canvas = Canvas(area.width, area.height)
                if resized:  # a window that was only moved goes on in the same part
                    self._go_on_with(area, shot.tick.number)
                encoded_s = float("-inf")
            at_s = shot.tick.number / self._wanted.fps
            if shot.slot < 0 and held < 0:
                continue
            new = self._grabber.picture(shot.slot if shot.slot >= 0 else held)
            old = self._grabber.picture(held) if held >= 0 else new
            looked_s = time.perf_counter()
            layers = self._laid.layers(shot.cursor, shot.area, self._beat.start_s + at_s)
            drawn_s = time.perf_counter() - looked_s
            changed = canvas.show(new, old, layers)
            self._tally.overlay_ms.append((drawn_s + canvas.laid_s) * 1000)
            key = self._turning_point(shot.tick.number)
            if changed or key or at_s - encoded_s >= _STILL_S:
                key |= at_s - key_s >= _KEY_S
                for chunk in self._encoder.encode(canvas.planes, self._pts(shot.tick.number), key=key):
                    key_s = at_s if chunk.key else key_s
                    self._write(chunk)
                self._tally.packet_ms.append((time.monotonic() - shot.began_s) * 1000)
                self._tally.encoded += 1
                encoded_s, number = at_s, shot.tick.number
            showing = self.showing
            if showing is not None:
                showing.look(canvas, changed)
            if shot.slot >= 0:
                if held >= 0:
                    self._free.append(held)
                held = shot.slot
        self._end_picture(canvas, number)

    def _listen(self) -> None:
        if not self._sound.titles:
            return
        while not self._ending.wait(_LISTEN_S):
            self._sound.take(time.monotonic(), self._reached_s)
        pause, deadline_s = threading.Event(), time.monotonic() + _SOUND_LATE_S
        while self._end_s is None or (self._sound.reached_s < self._end_s and time.monotonic() < deadline_s):
            self._sound.take(time.monotonic(), self._reached_s)
            pause.wait(_LISTEN_S)
        self._sound.finish(float(self._end_s))

    def _keep(self) -> None:
        guard = DiskGuard(self._reel, self._wanted, self._hears) if self._reel is not None else None
        while not self._ending.wait(_REPORT_S):
            if guard is not None:
                why = guard.look(self.now_s)
                if guard.move_to is not None:
                    self._cut_into, guard.move_to = guard.move_to, None
                if why is not None:
                    self._fail(why)
            self._hears.progress(self.figures(), self.paused)
        for thread in self._threads:
            thread.join()
        self._finish()

    def _turning_point(self, number: int) -> bool:
        """Begin a new part or go on after a pause where one is due: the picture has to be a key frame then."""
        reel = self._reel
        if reel is None:
            return False
        at_s = Fraction(self._pts(number)) * TIME_BASE
        if self._cut_into is not None or reel.wants_cut():
            folder, self._cut_into = self._cut_into, None
            reel.cut(at_s, folder=folder)
            return True
        if self._resume_wanted:
            self._resume_wanted = False
            reel.resume(float(at_s))
            return True
        return False

    def _go_on_with(self, area: Area, number: int) -> None:
        """The picture has another size: another encoder, and a part of its own."""
        for chunk in self._encoder.flush():
            self._write(chunk)
        self._encoder.close()
        self._encoder = self._picture_encoder(area)
        if self._reel is not None:
            self._reel.cut(Fraction(self._pts(number)) * TIME_BASE, self._templates())
        if self.replay is not None:
            self.replay.restart(self._templates())
        self._hears.trouble("resized", trouble.resized(area.width, area.height), False)

    def _end_picture(self, canvas: Canvas, number: int) -> None:
        """Show the last picture up to the end, and empty the encoder."""
        if self._end_s is not None and number >= 0 and self._failed is None:
            last = round(self._end_s * Fraction(self._wanted.fps).limit_denominator(1001)) - 1
            if last > number:
                for chunk in self._encoder.encode(canvas.planes, self._pts(last)):
                    self._write(chunk)
        for chunk in self._encoder.flush():
            self._write(chunk)

    def _pts(self, number: int) -> int:
        return round(number / (self._wanted.fps * TIME_BASE))

    def _picture_encoder(self, area: Area) -> PictureEncoder:
        return PictureEncoder(self._choice, area.width, area.height, self._wanted.fps, self._wanted.quality)

    def _hear(self, number: int, frames: Frames) -> None:
        showing = self.showing
        if number == 0:
            self._laid.hear(frames)
        if showing is not None:
            showing.hear(number, frames)

    def _look_at_size(self) -> None:
        if self._wanted.target.area_on(self._grabber) != self._area:
            raise ScreenChanged

    def _look_again(self) -> None:
        """Aim at the screen as it is now, once nobody looks at the old slots any more."""
        emptied = threading.Event()
        self._shots.put(emptied)
        while not emptied.wait(_POLL_S):
            if self._failed is not None:
                return
        self._area = self._wanted.target.area_on(self._grabber)
        self._grabber.aim(self._area, _SLOTS)
        self._free = deque(range(_SLOTS))

    def _templates(self) -> list[Template]:
        return [Template(self._encoder.template, "Screen"), *self._sound.templates]

    def _write(self, chunk: Chunk) -> None:
        if self._reel is not None and self._failed is None:
            self._reel.write(chunk)
        if self.replay is not None:
            self.replay.write(chunk)

    def _fail(self, why: Explanation) -> None:
        if self._failed is None:
            self._failed = why
            self._hears.trouble("stopped", why, False)
        self._ending.set()

    def _finish(self) -> None:
        if self._reel is not None:
            try:
                self._reel.close()
            except (OSError, av.FFmpegError) as error:
                self._failed = self._failed or trouble.cannot_write(error)
        figures = self.figures()
        self._encoder.close()
        self._sound.close()
        self._grabber.close()
        self._laid.close()
        parts = tuple(self._reel.parts) if self._reel is not None else ()
        self._over.set()
        self._hears.finished(parts, figures, self._failed)
