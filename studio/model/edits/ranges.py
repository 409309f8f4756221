"""Edits of a stretch of time on some tracks: cut, copy, paste, delete, keep, replace."""

from collections.abc import Callable
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from studio.model.edits.base import (
    EditBase,
    FreshIds,
    check_sound,
    fitted,
    part,
    refuse,
    tracks_named,
    with_tracks,
)
from studio.model.edits.clips import halves
from studio.model.project import Clip, Marker, Project, Track, TrackId


class Piece(Struct, frozen=True):
    """Clips on their way through the clipboard: one lane a track, starts counted from the piece's own beginning."""

    length: int
    lanes: tuple[tuple[Clip, ...], ...]

    def __post_init__(self) -> None:
        if self.length <= 0 or any(clip.end > self.length for lane in self.lanes for clip in lane):
            raise ValueError(f"not a piece of {self.length} samples")


def copy_range(project: Project, tracks: tuple[TrackId, ...], start: int, stop: int) -> Piece:
    """What sounds between two timeline samples of some tracks, cut to size; StudioError for an empty range."""
    _check_range(start, stop)
    return Piece(
        length=stop - start,
        lanes=tuple(
            tuple(_shifted(part(clip, start, stop), -start) for clip in track.clips if _touches(clip, start, stop))
            for track in tracks_named(project, tracks)
        ),
    )


class SplitRange(EditBase, frozen=True):
    """Cut every clip that crosses `start` or `stop` on some tracks; the same sample twice is one cut."""

    label: ClassVar[str] = "Split"
    tracks: tuple[TrackId, ...]
    start: int
    stop: int

    def change(self, project: Project) -> Project:
        fresh = FreshIds(project)

        def cut(clip: Clip) -> tuple[Clip, ...]:
            clips: tuple[Clip, ...] = (clip,)
            for at in sorted({self.start, self.stop}):
                *before, last = clips
                clips = (*before, *(halves(last, at, fresh) if last.start < at < last.end else (last,)))
            return clips

        return _each_clip(project, self.tracks, cut)


class DeleteRange(EditBase, frozen=True):
    """Remove what sounds between `start` and `stop` on some tracks. With `ripple`, what follows closes the gap.

    Where a ripple cuts every track of the project, the markers move along with the sound.
    """

    label: ClassVar[str] = "Delete"
    tracks: tuple[TrackId, ...]
    start: int
    stop: int
    ripple: bool = False

    def change(self, project: Project) -> Project:
        _check_range(self.start, self.stop)
        fresh = FreshIds(project)
        back = self.start - self.stop if self.ripple else 0

        def cut(clip: Clip) -> tuple[Clip, ...]:
            return tuple(
                _shifted(piece, back) if piece.start >= self.stop else piece
                for piece in _outside(clip, self.start, self.stop, fresh)
            )

        project_after = _each_clip(project, self.tracks, cut)
        if self.ripple and _is_every_track(project, self.tracks):
            return replace(project_after, markers=_markers_without(project.markers, self.start, self.stop))
        return project_after


class KeepRange(EditBase, frozen=True):
    """Trim the clips that touch `start` to `stop` on some tracks to that range; other clips stay as they are."""

    label: ClassVar[str] = "Trim to selection"
    tracks: tuple[TrackId, ...]
    start: int
    stop: int

    def change(self, project: Project) -> Project:
        _check_range(self.start, self.stop)

        def keep(clip: Clip) -> tuple[Clip, ...]:
            return (part(clip, self.start, self.stop) if _touches(clip, self.start, self.stop) else clip,)

        return _each_clip(project, self.tracks, keep)


class ReplaceRange(EditBase, frozen=True):
    """Put one clip in the place of what sounds between `start` and `stop` on a track: the result of a render."""

    label: ClassVar[str] = "Render"
    track: TrackId
    start: int
    stop: int
    clip: Clip

    def change(self, project: Project) -> Project:
        check_sound(project, self.clip)
        cleared = DeleteRange((self.track,), self.start, self.stop).change(project)
        track = cleared.track(self.track)
        clip = fitted(FreshIds(cleared).claim(self.clip))
        return cleared.with_track(track.with_clips((*track.clips, clip)))


class Paste(EditBase, frozen=True):
    """Put a piece at sample `at` on some tracks, lane by lane; lanes that find no track get new tracks.

    With `ripple`, what stands at or after `at` on those tracks makes room; without, the piece takes the place of
    what sounded there. Where a ripple moves every track of the project, the markers move along.
    """

    label: ClassVar[str] = "Paste"
    piece: Piece
    at: int
    ripple: bool
    tracks: tuple[TrackId, ...]

    def change(self, project: Project) -> Project:
        for lane in self.piece.lanes:
            for clip in lane:
                check_sound(project, clip)
        targets = tuple(track.id for track in tracks_named(project, self.tracks))[: len(self.piece.lanes)]
        ready = self._with_room(project, targets)
        for number in range(len(targets), len(self.piece.lanes)):
            fresh_track = ready.fresh_track_id()
            targets = (*targets, fresh_track)
            ready = replace(ready, tracks=(*ready.tracks, Track(id=fresh_track, name=f"Track {number + 1}")))

        fresh = FreshIds(ready)
        changed: dict[TrackId, Track] = {}
        for target, lane in zip(targets, self.piece.lanes, strict=True):
            track = ready.track(target)
            arrived = tuple(fitted(_shifted(fresh.claim(clip), self.at)) for clip in lane)
            changed[target] = track.with_clips((*track.clips, *arrived))
        return with_tracks(ready, changed)

    def _with_room(self, project: Project, targets: tuple[TrackId, ...]) -> Project:
        length = self.piece.length
        if not targets:
            return project
        if not self.ripple:
            return DeleteRange(targets, self.at, self.at + length).change(project)
        fresh = FreshIds(project)

        def push(clip: Clip) -> tuple[Clip, ...]:
            cut = halves(clip, self.at, fresh) if clip.start < self.at < clip.end else (clip,)
            return tuple(_shifted(piece, length) if piece.start >= self.at else piece for piece in cut)

        pushed = _each_clip(project, targets, push)
        if not _is_every_track(project, targets):
            return pushed
        return replace(
            pushed,
            markers=tuple(
                replace(marker, start=marker.start + length) if marker.start >= self.at else marker
                for marker in project.markers
            ),
        )


def _check_range(start: int, stop: int) -> None:
    if start < 0 or start >= stop:
        raise refuse("empty", "Nothing was changed.", "No stretch of time is selected.", "Select some time first.")


def _touches(clip: Clip, start: int, stop: int) -> bool:
    return clip.start < stop and start < clip.end


def _shifted(clip: Clip, by: int) -> Clip:
    return replace(clip, start=clip.start + by) if by else clip


def _outside(clip: Clip, start: int, stop: int, fresh: FreshIds) -> tuple[Clip, ...]:
    """What a clip has before `start` and from `stop` on; the second of two pieces gets a new id."""
    if not _touches(clip, start, stop):
        return (clip,)
    left = (part(clip, clip.start, start),) if clip.start < start else ()
    right = (part(clip, stop, clip.end),) if stop < clip.end else ()
    if left and right:
        right = (replace(right[0], id=fresh.like(clip.id)),)
    return left + right


def _each_clip(project: Project, tracks: tuple[TrackId, ...], change: Callable[[Clip], tuple[Clip, ...]]) -> Project:
    """The project with every clip of some tracks replaced by what `change` makes of it."""
    changed = {
        track.id: track.with_clips(tuple(piece for clip in track.clips for piece in change(clip)))
        for track in tracks_named(project, tracks)
    }
    return with_tracks(project, changed)


def _is_every_track(project: Project, tracks: tuple[TrackId, ...]) -> bool:
    return {track.id for track in project.tracks} == set(tracks)


def _markers_without(markers: tuple[Marker, ...], start: int, stop: int) -> tuple[Marker, ...]:
    """Markers after a cut of time: points inside it are gone, regions lose what lay inside it."""

    def moved(sample: int) -> int:
        return sample - max(0, min(sample, stop) - start)

    return tuple(
        replace(marker, start=moved(marker.start), length=moved(marker.end) - moved(marker.start))
        for marker in markers
        if not (start <= marker.start and marker.end <= stop and marker.start < stop)
    )
