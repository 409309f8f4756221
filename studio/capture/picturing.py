"""Turns grabbed pictures into packets: compares, converts, lays over, encodes what looks different."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Final

import av

from studio.capture import encoders, trouble
from studio.capture.canvas import Canvas
from studio.capture.encoders import TIME_BASE, X264, Choice, PictureEncoder
from studio.capture.figures import Tally
from studio.capture.grabbing import Grabbing, Shot
from studio.capture.kept import Kept
from studio.capture.laid import Laid
from studio.capture.movie import Template
from studio.capture.screen import Area
from studio.capture.showing import Showing
from studio.capture.wanted import Hears, Wanted

_STILL_S: Final = 0.5
"""A still picture is encoded again after so long, so that files and replays never end long before now."""
_KEY_S: Final = 8.0
"""A still screen gives few pictures: without this its key frames would be half a minute apart."""

_log = logging.getLogger(__name__)


class Picturing:
    """One thread runs it. An encoder of the graphics card that fails is followed by x264, in a part of its own."""

    def __init__(
        self, wanted: Wanted, choice: Choice, grabbing: Grabbing, laid: Laid, tally: Tally, hears: Hears
    ) -> None:
        self.showing: Showing | None = None
        """Who else is shown the pictures; may be another at any time."""
        self._wanted = wanted
        self._grabbing = grabbing
        self._laid = laid
        self._tally = tally
        self._hears = hears
        self._area = area = grabbing.area
        self._canvas = Canvas(area.width, area.height)
        if choice is not X264 and not encoders.works(choice, area.width, area.height):
            hears.trouble("encoder", trouble.encoder_refused(choice.name, area.width, area.height), False)
            choice = X264
        self.choice = choice
        self._encoder = self._encoder_for(area)
        self._held, self._number = -1, -1
        self._encoded_s, self._key_s = float("-inf"), 0.0

    @property
    def template(self) -> Template:
        """The stream that a file is to have for it."""
        return Template(self._encoder.template, "Screen")

    def run(self, kept: Kept, start_s: float, streams_changed: Callable[[Fraction], None]) -> None:
        """Take every shot of a recording that began at `start_s`; `streams_changed` begins a part for other streams."""
        self._kept, self._start_s, self._streams_changed = kept, start_s, streams_changed
        while (shot := self._grabbing.shots.get()) is not None:
            if isinstance(shot, threading.Event):  # the slots are about to be others
                self._hold(-1)
                shot.set()
            else:
                self._take(shot)
        self._end()

    def close(self) -> None:
        """Free the encoder."""
        self._encoder.close()

    def _take(self, shot: Shot) -> None:
        number, at_s = shot.tick.number, shot.tick.number / self._wanted.fps
        if shot.area != self._area:
            self._follow(shot.area, number)
        if shot.slot < 0 and self._held < 0:
            return
        new = self._grabbing.picture(shot.slot if shot.slot >= 0 else self._held)
        old = self._grabbing.picture(self._held) if self._held >= 0 else new
        looked_s = time.perf_counter()
        layers = self._laid.layers(shot.cursor, shot.area, self._start_s + at_s)
        drawn_s = time.perf_counter() - looked_s
        changed = self._canvas.show(new, old, layers)
        self._tally.overlay_ms.append((drawn_s + self._canvas.laid_s) * 1000)
        key = self._kept.turning_point(self._time(number))
        if changed or key or at_s - self._encoded_s >= _STILL_S:
            self._encode(number, key=key or at_s - self._key_s >= _KEY_S)
            self._tally.packet_ms.append((time.monotonic() - shot.began_s) * 1000)
            self._tally.encoded += 1
        showing = self.showing
        if showing is not None:
            showing.look(self._canvas, changed)
        if shot.slot >= 0:
            self._hold(shot.slot)

    def _encode(self, number: int, *, key: bool = False) -> None:
        """Encode the canvas as picture `number`."""
        try:
            chunks = self._encoder.encode(self._canvas.planes, self._pts(number), key=key)
        except (av.FFmpegError, ValueError) as error:
            if self.choice is X264 or self._number < 0:
                raise
            self._fall_back(number, error)
            chunks = self._encoder.encode(self._canvas.planes, self._pts(number))
        at_s = number / self._wanted.fps
        for chunk in chunks:
            self._key_s = at_s if chunk.key else self._key_s
            self._kept.write(chunk)
        self._encoded_s, self._number = at_s, number

    def _follow(self, area: Area, number: int) -> None:
        """Go on with an area elsewhere, and where it has another size, with another encoder."""
        resized = area[2:] != self._area[2:]
        self._area, self._canvas = area, Canvas(area.width, area.height)
        self._encoded_s = float("-inf")
        if not resized:  # a window that was only moved goes on in the same part
            return
        self._empty()
        self._encoder.close()
        self._encoder = self._encoder_for(area)
        self._streams_changed(self._time(number))
        self._hears.trouble("resized", trouble.resized(area.width, area.height), False)

    def _fall_back(self, number: int, error: Exception) -> None:
        """The graphics card has failed: go on with the processor. What its encoder still held back is lost."""
        _log.warning("%s has failed: %s", self.choice.name, error)
        with contextlib.suppress(av.FFmpegError, OSError):
            self._encoder.close()
        failed, self.choice = self.choice, X264
        self._encoder = self._encoder_for(self._area)
        self._streams_changed(self._time(number))
        self._hears.trouble("encoder", trouble.encoder_failed(failed.name), False)

    def _end(self) -> None:
        """Show the last picture up to the end, and empty the encoder."""
        end_s = self._grabbing.end_s
        if end_s is not None and self._number >= 0 and self._kept.whole:
            last = round(end_s * Fraction(self._wanted.fps).limit_denominator(1001)) - 1
            if last > self._number:
                self._encode(last)
        self._empty()

    def _empty(self) -> None:
        for chunk in self._encoder.flush():
            self._kept.write(chunk)

    def _hold(self, slot: int) -> None:
        """Keep this slot to compare the next picture with, and give the one before back."""
        if self._held >= 0:
            self._grabbing.give_back(self._held)
        self._held = slot

    def _pts(self, number: int) -> int:
        return round(number / (self._wanted.fps * TIME_BASE))

    def _time(self, number: int) -> Fraction:
        return Fraction(self._pts(number)) * TIME_BASE

    def _encoder_for(self, area: Area) -> PictureEncoder:
        return PictureEncoder(self.choice, area.width, area.height, self._wanted.fps, self._wanted.quality)
