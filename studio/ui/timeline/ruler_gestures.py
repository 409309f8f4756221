"""What a drag on the ruler does: seek, move a marker, draw the loop. The same protocol as in `gestures`."""

from typing import Literal

from studio.model.edits import Edit, MoveMarker
from studio.model.project import Marker
from studio.model.time import format_clock
from studio.ui.timeline.gestures import Pointer, Stage

Grip = Literal["whole", "start", "stop"]


class Scrub:
    """The cursor and the playhead follow the mouse; the sound follows when the button is let go."""

    def __init__(self, stage: Stage, at: Pointer) -> None:
        self._stage = stage
        self._before = stage.selection.start
        self._snaps = stage.snaps()
        self._to = self._before
        self.move(at)

    @property
    def text(self) -> str:
        return format_clock(self._to, self._stage.project.rate_hz)

    def move(self, at: Pointer) -> None:
        self._to = max(round(at.sample), 0) if at.alt else self._snaps.snapped(at.sample, free=False)
        self._stage.selection.set_cursor(self._to)

    def edit(self) -> Edit | None:
        return None

    def release(self) -> None:
        self._stage.transport.seek(self._to)

    def cancel(self) -> None:
        self._stage.selection.set_cursor(self._before)


class DragMarker:
    """Move a marker or a region, or one end of a region. A click selects it."""

    def __init__(self, stage: Stage, at: Pointer, marker: Marker, grip: Grip) -> None:
        self._stage = stage
        self._marker = marker
        self._grip: Grip = grip
        self._from = at.sample
        self._shift = 0.0
        self._free = False
        self._snaps = stage.snaps()
        stage.selection.set_marker(marker.id, stage.project)

    @property
    def text(self) -> str:
        start, stop = self._place()
        return format_clock(stop if self._grip == "stop" else start, self._stage.project.rate_hz)

    def move(self, at: Pointer) -> None:
        self._shift = at.sample - self._from
        self._free = at.alt

    def edit(self) -> Edit | None:
        start, stop = self._place()
        if (start, stop) == (self._marker.start, self._marker.end):
            return None
        return MoveMarker(self._marker.id, start, stop - start)

    def release(self) -> None:
        """The edit is everything."""

    def cancel(self) -> None:
        """Nothing but the edit was shown."""

    def _place(self) -> tuple[int, int]:
        marker = self._marker
        if not self._shift:
            return marker.start, marker.end
        held = marker.end if self._grip == "stop" else marker.start
        to = self._snaps.snapped(held + self._shift, self._free)
        match self._grip:
            case "start":
                return min(to, marker.end - 1), marker.end
            case "stop":
                return marker.start, max(to, marker.start + 1)
            case "whole":
                return to, to + marker.length


class DragLoop:
    """Draw the loop anew, move it, or drag one of its ends."""

    def __init__(self, stage: Stage, at: Pointer, grip: Grip | None) -> None:
        self._stage = stage
        self._grip = grip
        self._from = at.sample
        loop = stage.transport.loop
        self._before = (loop.start, loop.stop)
        self._was_on = stage.transport.loop_on
        self._snaps = stage.snaps()
        self._now = self._before

    @property
    def text(self) -> str:
        start, stop = self._now
        return format_clock(stop - start, self._stage.project.rate_hz)

    @property
    def shown(self) -> tuple[int, int]:
        """The loop as it would be after a release here."""
        return self._now

    def move(self, at: Pointer) -> None:
        start, stop = self._before
        here = self._snaps.snapped(at.sample, at.alt)
        match self._grip:
            case None:
                low, high = sorted((self._snaps.snapped(self._from, at.alt), here))
                self._now = (low, high)
            case "start":
                self._now = (min(here, stop - 1), stop)
            case "stop":
                self._now = (start, max(here, start + 1))
            case "whole":
                to = self._snaps.snapped(start + at.sample - self._from, at.alt)
                self._now = (to, to + stop - start)

    def edit(self) -> Edit | None:
        return None

    def release(self) -> None:
        start, stop = self._now
        transport = self._stage.transport
        if (start, stop) == self._before:
            transport.set_loop_on(not self._was_on)
        elif stop > start:
            transport.set_loop(start, stop)
            transport.set_loop_on(True)

    def cancel(self) -> None:
        self._now = self._before
