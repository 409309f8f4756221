"""Grabs the screen on its beat into slots of shared memory, and aims anew where the screen has become another one."""

import queue
import threading
import time
from collections import deque
from fractions import Fraction
from typing import Final, NamedTuple

from studio.capture.clock import Beat, Tick
from studio.capture.figures import Tally
from studio.capture.screen import Area, Cursor, Grabber, Pixels, ScreenChanged
from studio.capture.wanted import Wanted

_SLOTS: Final = 4
_SURE_S: Final = 1.0
"""A screen that is said to be as it was is grabbed all the same after so long."""
_LOOK_S: Final = 0.5
_POLL_S: Final = 0.1


class Shot(NamedTuple):
    """A picture on its way to the encoder; slot -1 says that it is the one before."""

    slot: int
    tick: Tick
    began_s: float
    area: Area
    cursor: Cursor | None


class Grabbing:
    """One thread runs it; who takes its shots gives their slots back. Without a free slot a picture is dropped."""

    def __init__(self, wanted: Wanted, grabber: Grabber, tally: Tally, ending: threading.Event) -> None:
        self.shots: queue.SimpleQueue[Shot | threading.Event | None] = queue.SimpleQueue()
        """What was grabbed, then None; an event is to be set by who has given every slot back."""
        self.area = wanted.target.area_on(grabber)
        self.reached_s = 0.0
        self.end_s: Fraction | None = None
        """Where the recording ends, once that is known."""
        self._wanted = wanted
        self._grabber = grabber
        self._tally = tally
        self._ending = ending
        self._free: deque[int] = deque(range(_SLOTS))
        grabber.aim(self.area, _SLOTS)
        grabber.grab(0)

    def picture(self, slot: int) -> Pixels:
        """What is in a slot, in place."""
        return self._grabber.picture(slot)

    def give_back(self, slot: int) -> None:
        """Nobody looks at a slot any more."""
        self._free.append(slot)

    def run(self, beat: Beat) -> None:
        """Grab until the recording ends, or is as long as was wanted."""
        looked_s = grabbed_s = 0.0
        total = round(self._wanted.seconds * self._wanted.fps) if self._wanted.seconds else 0
        last = 0
        try:
            while (tick := beat.wait()) is not None:
                if total and tick.number >= total:
                    break
                last = tick.number
                self.reached_s = last / self._wanted.fps
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
                    self._aim_anew()
                    grabbed_s = 0.0
                    continue
                self._tally.grabbed += 1
                self._tally.late += began_s - tick.due_s > 0.5 / self._wanted.fps
                self._tally.pacing_ms.append((began_s - tick.due_s) * 1000)
                self.shots.put(Shot(slot, tick, began_s, self.area, cursor))
        finally:
            self.end_s = Fraction(total or last + 1) / Fraction(self._wanted.fps).limit_denominator(1001)
            self._ending.set()
            self.shots.put(None)

    def _look_at_size(self) -> None:
        if self._wanted.target.area_on(self._grabber) != self.area:
            raise ScreenChanged

    def _aim_anew(self) -> None:
        """Aim at the screen as it is now, once nobody looks at the old slots any more."""
        emptied = threading.Event()
        self.shots.put(emptied)
        while not emptied.wait(_POLL_S):
            if self._ending.is_set():
                return
        self.area = self._wanted.target.area_on(self._grabber)
        self._grabber.aim(self.area, _SLOTS)
        self._free = deque(range(_SLOTS))
