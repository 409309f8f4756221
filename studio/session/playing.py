"""Where playing begins, repeats and ends, and what the ear hears of it now."""

from collections.abc import Callable
from typing import Final

from studio.protocol.live import AudioState, Play, Stop
from studio.protocol.messages import Request
from studio.session.document import Document
from studio.session.looping import Loop
from studio.session.playhead import Playhead
from studio.session.selection import Selection

_NOWHERE: Final = Loop(0, 0)


class Playing:
    """Gives the orders to play and to stop, and numbers them.

    Stopped → playing → stopped, or paused → playing from there. It comes to its end by itself too, which only the
    answer to the last order can say: an older one knows nothing of what was asked since.
    """

    def __init__(
        self,
        document: Document,
        selection: Selection,
        send: Callable[[Request], None],
        clock: Callable[[], float],
    ) -> None:
        self._document, self._selection = document, selection
        self._send, self._clock = send, clock
        self.head = Playhead()
        self.wanted = False
        """Whether sound is coming out, or has just been asked for."""
        self.paused_at: int | None = None
        self.loop = _NOWHERE
        """The stretch that was chosen to repeat; empty means the one that plays, or the whole project."""
        self.loop_on = False
        self._stretch = _NOWHERE
        self._started_at = 0
        self._serial = 0

    @property
    def place(self) -> int:
        """Where playing would begin while nothing plays."""
        return self._selection.start if self.paused_at is None else self.paused_at

    @property
    def repeating(self) -> Loop | None:
        """What playing goes round; None while it goes on."""
        return self._active_loop() if self.loop_on else None

    def position(self, loop: Loop | None = None) -> float:
        """The timeline sample that the ear hears now, going round `loop`; where playing would begin when nothing plays.

        A take goes on past the end of what repeats otherwise, or goes round a loop of its own.
        """
        if not self.wanted:
            return float(self.place)
        stretch = None if loop is None else (loop.start, loop.stop)
        heard = self.head.position(self._clock(), self._document.project.rate_hz, stretch)
        return float(self._started_at) if heard is None else heard

    def laps(self, loop: Loop) -> int:
        """How often what is heard has gone round the loop."""
        return self.head.laps(self._clock(), self._document.project.rate_hz, (loop.start, loop.stop))

    def play(self, start: int | None = None, stop: int | None = None, *, alone: bool = True) -> None:
        """Play from `start`; by default the selection, or from where it was paused, or from the edit cursor.

        `alone` says that nothing is recorded meanwhile: then playing past the end begins again at the beginning.
        """
        paused, self.paused_at = self.paused_at, None
        if start is None and paused is not None:
            start = paused
            if stop is None and paused in self._stretch:
                stop = self._stretch.stop
        else:
            if start is None:
                start = self._selection.start
                if stop is None and self._selection.is_range:
                    stop = self._selection.stop
            self._stretch = Loop(start, stop or 0)
        loop = self._active_loop()
        if self.loop_on and loop.stop > loop.start:
            if start not in loop:
                start = loop.start
            stop = 0
        elif alone and start >= self._document.project.length:
            start = 0
        self._begin(start, stop or 0)

    def play_along(self, start: int, *, heard: bool) -> int:
        """Return the number of an order to record from `start`, along with which the rest plays when `heard`."""
        self._stretch = _NOWHERE
        return self._expect(start, heard=heard)

    def halt(self) -> None:
        """Be silent, and forget no pause."""
        if self.wanted:
            self.wanted = False
            self._send(Stop())

    def stop(self) -> None:
        """Be silent; playing begins at the edit cursor again."""
        self.paused_at = None
        self.halt()

    def pause(self, at: int) -> None:
        """Be silent, and go on from a sample the next time."""
        self.halt()
        self.paused_at = at

    def seek(self, sample: int, *, alone: bool = True) -> None:
        """Move the edit cursor; sound goes on from there when it is playing and nothing is recorded."""
        self.paused_at = None
        self._selection.set_cursor(sample)
        self._stretch = _NOWHERE
        if self.wanted and alone:
            self._begin(sample, 0)

    def go_on_in_loop(self, at: int) -> None:
        """Play as the loop says now: from `at` when that lies in it, otherwise from its beginning."""
        loop = self._active_loop()
        inside = not self.loop_on or at in loop
        stop = self._stretch.stop if not self.loop_on and at in self._stretch else 0
        self._begin(at if inside else loop.start, stop)

    def hear(self, state: AudioState) -> None:
        """What the worker says of itself."""
        self.head.attach(state.playhead, state.meters)
        if state.serial == self._serial and not state.playing:
            self.wanted = False

    def awaits(self, serial: int) -> bool:
        """Whether the order of this number is the last one; 0 is one that has none."""
        return serial in (0, self._serial)

    def lose(self) -> None:
        """The worker is gone."""
        self.head.detach()
        self.wanted = False

    def _begin(self, start: int, stop: int) -> None:
        self.paused_at = None
        loop = self._active_loop() if self.loop_on else _NOWHERE
        serial = self._expect(start, heard=True)
        self._send(Play(start=start, stop=stop, loop_start=loop.start, loop_stop=loop.stop, serial=serial))

    def _expect(self, start: int, *, heard: bool) -> int:
        self._started_at = start
        self.wanted = heard
        self.head.forget(self._clock())
        self._serial += 1
        return self._serial

    def _active_loop(self) -> Loop:
        """The chosen loop; without one the stretch that was asked to play, or the whole project."""
        chosen = (one for one in (self.loop, self._stretch) if one.stop > one.start)
        return next(chosen, Loop(0, self._document.project.length))
