"""What a drag does. Each class is one kind: pressed, moved, released or called off; a release makes at most one edit.

To add a gesture: a class here with `move`, `edit`, `release`, `cancel`, and its part of a clip in `pressed`.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from studio.model.edits import ClipMove, Edit, MoveClips, SetClipGain, SetFades, TrimClip
from studio.model.levels import gain_text
from studio.model.project import Clip, ClipId, Project, TrackId
from studio.model.time import format_clock
from studio.session.selection import Selection
from studio.session.transport import Transport
from studio.ui.timeline.hit import Hit
from studio.ui.timeline.sight import Sight

_DEAD_PX: Final = 3
"""A hand that clicks trembles by this much."""
_SNAP_PX: Final = 8
_DB_PER_PX: Final = 0.15
_FINE: Final = 0.2
_LOWEST_DB: Final = -60.0
_HIGHEST_DB: Final = 24.0


class Pointer(Struct, frozen=True):
    """Where the mouse is, in pixels of the tracks and as timeline sample, and which keys are held."""

    x: float
    y: float
    sample: float
    shift: bool = False
    ctrl: bool = False
    alt: bool = False


class Gesture(Protocol):
    """One drag from press to release."""

    @property
    def text(self) -> str:
        """What is shown beside the mouse: a time or a gain; "" for nothing."""
        ...

    def move(self, at: Pointer) -> None: ...

    def edit(self) -> Edit | None:
        """The one edit that a release here would make; None when it would change nothing."""
        ...

    def release(self) -> None:
        """The button was let go, and the edit is done."""
        ...

    def cancel(self) -> None:
        """Esc was pressed: put back what `move` has changed on the screen."""
        ...


class Stage(Struct, frozen=True):
    """What gestures act on."""

    project: Project
    selection: Selection
    transport: Transport
    sight: Sight

    def snaps(self, without: Iterable[ClipId] = ()) -> "Snaps":
        """The places that a drag sticks to: ends of other clips, markers, the cursor, the beginning."""
        moving = set(without)
        places = {0, self.selection.start, self.selection.stop}
        for clip in self.project.clips:
            if clip.id not in moving:
                places |= {clip.start, clip.end}
        for marker in self.project.markers:
            places |= {marker.start, marker.end}
        return Snaps(sorted(places), _SNAP_PX * self.sight.viewport.samples_per_px)


class Snaps:
    """Sorted places, and how near one must be to stick."""

    def __init__(self, places: list[int], reach: float) -> None:
        self._places = places
        self._reach = reach

    def offset(self, samples: Iterable[float]) -> float | None:
        """How far to move so that one of the samples lies on a place; None when none is near."""
        best: float | None = None
        for sample in samples:
            at = bisect_left(self._places, sample)
            for place in self._places[max(at - 1, 0) : at + 1]:
                off = place - sample
                if abs(off) <= self._reach and (best is None or abs(off) < abs(best)):
                    best = off
        return best

    def snapped(self, sample: float, free: bool) -> int:
        """The sample, or the place near it; `free` (Alt is held) never sticks."""
        off = None if free else self.offset((sample,))
        return max(round(sample + (off or 0.0)), 0)


class SelectTime:
    """Click: the cursor and the playhead go there. Drag: select time across tracks. Shift: extend the selection."""

    def __init__(self, stage: Stage, at: Pointer) -> None:
        self._stage = stage
        self._from = at
        self._dragged = at.shift
        selection = stage.selection
        self._before = (selection.start, selection.stop, selection.tracks)
        self._snaps = stage.snaps()
        self._anchor = self._snaps.snapped(at.sample, free=True)
        if at.shift:
            nearer_start = abs(at.sample - selection.start) < abs(at.sample - selection.stop)
            self._anchor = selection.stop if nearer_start else selection.start
            self.move(at)
        else:
            selection.set_range(self._anchor, self._anchor, self._tracks(at))

    @property
    def text(self) -> str:
        selection, rate_hz = self._stage.selection, self._stage.project.rate_hz
        return format_clock(selection.stop - selection.start, rate_hz) if selection.is_range else ""

    def move(self, at: Pointer) -> None:
        self._dragged = self._dragged or abs(at.x - self._from.x) > _DEAD_PX
        if self._dragged:
            stop = self._snaps.snapped(at.sample, at.alt)
            self._stage.selection.set_range(self._anchor, stop, self._tracks(at))

    def edit(self) -> Edit | None:
        return None

    def release(self) -> None:
        if not self._dragged:
            self._stage.transport.seek(self._anchor)

    def cancel(self) -> None:
        start, stop, tracks = self._before
        self._stage.selection.set_range(start, stop, tracks)

    def _tracks(self, at: Pointer) -> tuple[TrackId, ...]:
        sight = self._stage.sight
        return sight.rows.between(self._from.y + sight.top, at.y + sight.top)


class DragClips:
    """Click on a header: select the clip, with Ctrl beside others. Drag: move the selected clips, also to tracks."""

    def __init__(self, stage: Stage, at: Pointer, clip: Clip) -> None:
        self._stage = stage
        self._from = self._at = at
        self._dragged = False
        selection = stage.selection
        self._pressed = clip
        self._was_selected = clip.id in selection.clips
        self._before = selection.clips
        if at.ctrl:
            chosen = tuple(other for other in selection.clips if other != clip.id)
            selection.set_clips(chosen if self._was_selected else (*chosen, clip.id), stage.project)
        elif not self._was_selected:
            selection.set_clips((clip.id,), stage.project)
        ids = set(selection.clips) or {clip.id}
        self._moving = tuple(other for other in stage.project.clips if other.id in ids)
        self._snaps = stage.snaps(without=ids)

    @property
    def text(self) -> str:
        if not self._dragged:
            return ""
        start = max(self._pressed.start + self._shift(), 0)
        return format_clock(start, self._stage.project.rate_hz)

    def move(self, at: Pointer) -> None:
        self._at = at
        far = max(abs(at.x - self._from.x), abs(at.y - self._from.y)) > _DEAD_PX
        self._dragged = self._dragged or far

    def edit(self) -> Edit | None:
        if not self._dragged or not self._moving:
            return None
        shift, down = self._shift(), self._rows_down()
        order = [track.id for track in self._stage.project.tracks]
        moves = []
        for clip in self._moving:
            track = self._stage.project.track_of(clip.id).id
            moves.append(ClipMove(clip.id, order[order.index(track) + down], clip.start + shift))
        return MoveClips(tuple(moves)) if shift or down else None

    def release(self) -> None:
        if not self._dragged and self._was_selected and not self._at.ctrl:
            self._stage.selection.set_clips((self._pressed.id,), self._stage.project)

    def cancel(self) -> None:
        self._stage.selection.set_clips(self._before, self._stage.project)

    def _shift(self) -> int:
        """Samples to the right: as the mouse went, stuck to what is near, not before the beginning."""
        shift = (self._at.x - self._from.x) * self._stage.sight.viewport.samples_per_px
        if not self._at.alt:
            ends = (end + shift for clip in self._moving for end in (clip.start, clip.end))
            shift += self._snaps.offset(ends) or 0.0
        return max(round(shift), -min(clip.start for clip in self._moving))

    def _rows_down(self) -> int:
        """How many tracks further down, such that every clip still has one."""
        sight = self._stage.sight
        here, there = sight.rows.nearest(self._from.y + sight.top), sight.rows.nearest(self._at.y + sight.top)
        if here is None or there is None:
            return 0
        order = [row.track for row in sight.rows.all]
        places = [order.index(self._stage.project.track_of(clip.id).id) for clip in self._moving]
        down = order.index(there.track) - order.index(here.track)
        return min(max(down, -min(places)), len(order) - 1 - max(places))


class DragEdge:
    """Trim a clip by one of its ends."""

    def __init__(self, stage: Stage, clip: Clip, *, left: bool) -> None:
        self._stage = stage
        self._clip = clip
        self._left = left
        self._to = clip.start if left else clip.end
        self._snaps = stage.snaps(without=(clip.id,))

    @property
    def text(self) -> str:
        return format_clock(self._to, self._stage.project.rate_hz)

    def move(self, at: Pointer) -> None:
        clip = self._clip
        to = self._snaps.snapped(at.sample, at.alt)
        self._to = min(to, clip.end - 1) if self._left else max(to, clip.start + 1)

    def edit(self) -> Edit | None:
        clip = self._clip
        start, end = (self._to, clip.end) if self._left else (clip.start, self._to)
        return None if (start, end) == (clip.start, clip.end) else TrimClip(clip.id, start, end)

    def release(self) -> None:
        """The edit is everything."""

    def cancel(self) -> None:
        """Nothing but the edit was shown."""


class DragFade:
    """Draw a fade longer or shorter by its handle."""

    def __init__(self, stage: Stage, clip: Clip, *, fade_in: bool) -> None:
        self._stage = stage
        self._clip = clip
        self._is_in = fade_in
        self._fade = clip.fade_in if fade_in else clip.fade_out
        self._length = self._fade.length
        self._snaps = stage.snaps(without=(clip.id,))

    @property
    def text(self) -> str:
        return format_clock(self._length, self._stage.project.rate_hz)

    def move(self, at: Pointer) -> None:
        to = self._snaps.snapped(at.sample, at.alt)
        other = self._clip.fade_out.length if self._is_in else self._clip.fade_in.length
        length = to - self._clip.start if self._is_in else self._clip.end - to
        self._length = min(max(length, 0), self._clip.length - other)

    def edit(self) -> Edit | None:
        if self._length == self._fade.length:
            return None
        fade = replace(self._fade, length=self._length)
        clip = self._clip
        if self._is_in:
            return SetFades(clip.id, fade, clip.fade_out)
        return SetFades(clip.id, clip.fade_in, fade)

    def release(self) -> None:
        """The edit is everything."""

    def cancel(self) -> None:
        """Nothing but the edit was shown."""


class DragGain:
    """Set a clip's volume by its line; Shift is fine, and 0 dB is easy to hit."""

    def __init__(self, stage: Stage, at: Pointer, clip: Clip) -> None:
        self._clip = clip
        self._gain_db = self._exact_db = clip.gain_db
        self._y = at.y

    @property
    def text(self) -> str:
        return gain_text(self._gain_db)

    def move(self, at: Pointer) -> None:
        step = _DB_PER_PX * (_FINE if at.shift else 1.0)
        self._exact_db = min(max(self._exact_db + (self._y - at.y) * step, _LOWEST_DB), _HIGHEST_DB)
        self._y = at.y
        self._gain_db = 0.0 if abs(self._exact_db) < 0.3 and not at.shift else round(self._exact_db, 1)

    def edit(self) -> Edit | None:
        return None if self._gain_db == self._clip.gain_db else SetClipGain(self._clip.id, self._gain_db)

    def release(self) -> None:
        """The edit is everything."""

    def cancel(self) -> None:
        """Nothing but the edit was shown."""


def pressed(stage: Stage, at: Pointer, under: Hit) -> Gesture:
    """The gesture that begins with a press on a part of the tracks."""
    clip = under.clip
    if clip is None or at.shift:
        return SelectTime(stage, at)
    match under.part:
        case "header":
            return DragClips(stage, at, clip)
        case "left" | "right":
            return DragEdge(stage, clip, left=under.part == "left")
        case "fade_in" | "fade_out":
            return DragFade(stage, clip, fade_in=under.part == "fade_in")
        case "gain":
            return DragGain(stage, at, clip)
        case _:
            return SelectTime(stage, at)
