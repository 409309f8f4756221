"""Looks at what would be recorded and listens to it, without recording: for the preview and the meters of a window."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from studio.capture import trouble
from studio.capture.canvas import Canvas, Layer
from studio.capture.clock import Beat
from studio.capture.pointer import Pointer
from studio.capture.screen import Grabber, ScreenChanged, is_black
from studio.capture.showing import Showing
from studio.capture.track import Aligned
from studio.capture.wanted import Hears, Overlays, Sound, Wanted
from studio.errors import Explanation, explain

_LOOK_S: Final = 0.5
_TELL_S: Final = 2.0

_log = logging.getLogger(__name__)


class Watching:
    """Runs from its construction until `close`, or until the screen is gone: then `ended` is told why."""

    def __init__(
        self,
        wanted: Wanted,
        grabber: Grabber,
        sounds: Sequence[Sound],
        showing: Showing,
        hears: Hears,
        ended: Callable[[Explanation], None],
        overlays: Overlays | None = None,
    ) -> None:
        self._wanted = wanted
        self._grabber = grabber
        self._sounds = tuple(sounds)
        self._showing = showing
        self._hears = hears
        self._ended = ended
        self._overlays = overlays
        self._next_overlays: list[Overlays | None] = []
        self._black = False
        self._pointer = Pointer()
        self._ending = threading.Event()
        self.area = wanted.target.area_on(grabber)
        grabber.aim(self.area, 2)
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)
        self._thread.start()

    def lay_over(self, overlays: Overlays | None) -> None:
        """Lay these over the picture from the next one on."""
        self._next_overlays.append(overlays)

    def close(self) -> None:
        """Look no more, and let go of the screen and of every sound."""
        self._ending.set()
        self._thread.join()
        for sound in self._sounds:
            sound.source.close()
        for overlays in (self._overlays, *self._next_overlays):
            if overlays is not None:
                overlays.close()
        self._grabber.close()

    def _run(self) -> None:
        try:
            self._watch()
        except Exception as error:  # noqa: BLE001 a thread has nobody above it to tell
            _log.warning("nothing is shown any more: %s", error, exc_info=error)
            self._ended(explain(error))

    def _watch(self) -> None:
        beat = Beat(self._wanted.fps, self._ending)
        aligned = [Aligned(sound.source, beat.start_s, sound.earlier_s) for sound in self._sounds]
        canvas, slot, seen = Canvas(self.area.width, self.area.height), 0, False
        looked_s = told_s = beat.start_s
        while beat.wait() is not None:
            now_s = time.monotonic()
            self._listen(aligned, now_s)
            try:
                if now_s - looked_s > _LOOK_S:
                    looked_s = now_s
                    if self._wanted.target.area_on(self._grabber) != self.area:
                        raise ScreenChanged
                if self._grabber.may_differ() or not seen:
                    slot = 1 - slot
                    self._grabber.grab(slot)
                layers = self._layers(now_s)
            except ScreenChanged:
                self.area = self._wanted.target.area_on(self._grabber)
                self._grabber.aim(self.area, 2)
                canvas, seen = Canvas(self.area.width, self.area.height), False
                continue
            new = self._grabber.picture(slot)
            old = self._grabber.picture(1 - slot) if seen else new
            self._showing.look(canvas, canvas.show(new, old, layers))
            if not seen or now_s - told_s > _TELL_S:
                told_s = now_s
                self._look_for_black(slot)
            seen = True

    def _listen(self, aligned: Sequence[Aligned], now_s: float) -> None:
        overlays = self._overlays
        for number, one in enumerate(aligned):
            for frames in one.pull(now_s):
                self._showing.hear(number, frames)
                if number == 0 and overlays is not None:
                    overlays.hear(frames)

    def _layers(self, now_s: float) -> list[Layer]:
        layers = []
        pointer = self._grabber.cursor() if self._wanted.cursor else None
        if pointer is not None:
            layers.append(self._pointer.layer(pointer, self.area))
        while self._next_overlays:
            before, self._overlays = self._overlays, self._next_overlays.pop(0)
            if before is not None:
                before.close()
        if self._overlays is not None:
            layers += self._overlays.layers(now_s, self.area.width, self.area.height)
        return layers

    def _look_for_black(self, slot: int) -> None:
        black = is_black(self._grabber.picture(slot))
        if black != self._black:
            self._black = black
            self._hears.trouble("black", trouble.black(), not black)


def room_for(path: Path | None) -> int:
    """Free bytes on the disk that a file would go to; -1 where that is not known."""
    if path is not None:
        with contextlib.suppress(OSError):
            folder = next(folder for folder in path.absolute().parents if folder.is_dir())
            room = trouble.room_in(folder)
            return -1 if room is None else room
    return -1
