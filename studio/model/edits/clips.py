"""Edits of single clips, and of several at once."""

from itertools import pairwise
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from studio.model.edits.base import EditBase, FreshIds, check_sound, fitted, part, refuse, tracks_named, with_tracks
from studio.model.project import Clip, ClipId, Fade, Project, Track, TrackId


class PlaceClip(EditBase, frozen=True):
    """Put a clip on a track; it gets a new id where its own is taken."""

    label: ClassVar[str] = "Place clip"
    track: TrackId
    clip: Clip

    def change(self, project: Project) -> Project:
        track = project.track(self.track)
        check_sound(project, self.clip)
        clip = fitted(FreshIds(project).claim(self.clip))
        return project.with_track(track.with_clips((*track.clips, clip)))


class RenameClip(EditBase, frozen=True):
    """Give a clip another name."""

    label: ClassVar[str] = "Rename clip"
    clip: ClipId
    name: str

    def change(self, project: Project) -> Project:
        return project.with_clip(replace(project.clip(self.clip), name=self.name))


class SetClipGain(EditBase, frozen=True):
    """Set the volume of a clip."""

    label: ClassVar[str] = "Change clip volume"
    clip: ClipId
    gain_db: float

    @property
    def gesture(self) -> str:
        return f"gain of clip {self.clip}"

    def change(self, project: Project) -> Project:
        return project.with_clip(replace(project.clip(self.clip), gain_db=self.gain_db))


class SetFades(EditBase, frozen=True):
    """Set both fades of a clip; they are shortened where they would not fit."""

    label: ClassVar[str] = "Fade clip"
    clip: ClipId
    fade_in: Fade
    fade_out: Fade

    @property
    def gesture(self) -> str:
        return f"fades of clip {self.clip}"

    def change(self, project: Project) -> Project:
        clip = project.clip(self.clip)
        return project.with_clip(fitted(replace(clip, fade_in=self.fade_in, fade_out=self.fade_out)))


class ClipMove(Struct, frozen=True):
    """Where one clip goes."""

    clip: ClipId
    track: TrackId
    start: int


class MoveClips(EditBase, frozen=True):
    """Move clips along the timeline and between tracks; a group that would start before zero stops there together."""

    label: ClassVar[str] = "Move clips"
    moves: tuple[ClipMove, ...]

    @property
    def gesture(self) -> str:
        return " ".join(("move", *(move.clip for move in self.moves)))

    def change(self, project: Project) -> Project:
        too_early = min((move.start for move in self.moves), default=0)
        moved = {
            move.clip: (move.track, replace(project.clip(move.clip), start=move.start - min(0, too_early)))
            for move in self.moves
        }
        tracks_named(project, tuple(track for track, _ in moved.values()))
        changed: dict[TrackId, Track] = {}
        for track in project.tracks:
            kept = tuple(clip for clip in track.clips if clip.id not in moved)
            arrived = tuple(clip for goal, clip in moved.values() if goal == track.id)
            if arrived or len(kept) < len(track.clips):
                changed[track.id] = track.with_clips((*kept, *arrived))
        return with_tracks(project, changed)


class TrimClip(EditBase, frozen=True):
    """Drag the ends of a clip to two timeline samples, as far as its sound reaches; at least one sample stays."""

    label: ClassVar[str] = "Trim clip"
    clip: ClipId
    start: int
    end: int

    @property
    def gesture(self) -> str:
        return f"trim {self.clip}"

    def change(self, project: Project) -> Project:
        clip = project.clip(self.clip)
        sound_start = clip.start - clip.source_start
        sound_end = sound_start + project.medium(clip.media).length
        start = min(max(self.start, sound_start, 0), sound_end - 1)
        end = min(max(self.end, start + 1), sound_end)
        return project.with_clip(
            fitted(replace(clip, start=start, source_start=start - sound_start, length=end - start))
        )


class SplitClip(EditBase, frozen=True):
    """Cut a clip in two at timeline sample `at`, strictly inside it; the left half keeps the id."""

    label: ClassVar[str] = "Split clip"
    clip: ClipId
    at: int

    def change(self, project: Project) -> Project:
        clip = project.clip(self.clip)
        if not clip.start < self.at < clip.end:
            raise refuse("not_inside", "Nothing was split.", "The cut lies outside the clip.", "Cut inside the clip.")
        track = project.track_of(self.clip)
        kept = tuple(other for other in track.clips if other.id != self.clip)
        return project.with_track(track.with_clips((*kept, *halves(clip, self.at, FreshIds(project)))))


def halves(clip: Clip, at: int, fresh: FreshIds) -> tuple[Clip, Clip]:
    """Both sides of a cut strictly inside a clip: no sample is lost, none moves, and the cut itself has no fade."""
    right = replace(part(clip, at, clip.end), id=fresh.like(clip.id))
    return part(clip, clip.start, at), right


class DeleteClips(EditBase, frozen=True):
    """Remove clips. With `ripple`, what starts after a removed clip on its track closes the gap."""

    label: ClassVar[str] = "Delete clips"
    clips: tuple[ClipId, ...]
    ripple: bool = False

    def change(self, project: Project) -> Project:
        for clip in self.clips:
            project.clip(clip)
        removed = frozenset(self.clips)
        changed: dict[TrackId, Track] = {}
        for track in project.tracks:
            gone = tuple(clip for clip in track.clips if clip.id in removed)
            if gone:
                kept = tuple(clip for clip in track.clips if clip.id not in removed)
                changed[track.id] = track.with_clips(_closed_up(kept, gone) if self.ripple else kept)
        return with_tracks(project, changed)


def _closed_up(kept: tuple[Clip, ...], gone: tuple[Clip, ...]) -> tuple[Clip, ...]:
    """Every kept clip moved left by the time that the removed clips before it covered, overlaps counted once."""
    covered: list[tuple[int, int]] = []
    for clip in gone:  # in the order in which they start, as tracks keep them
        if covered and clip.start <= covered[-1][1]:
            covered[-1] = (covered[-1][0], max(covered[-1][1], clip.end))
        else:
            covered.append((clip.start, clip.end))
    return tuple(
        replace(clip, start=clip.start - sum(max(0, min(stop, clip.start) - start) for start, stop in covered))
        for clip in kept
    )


class JoinClips(EditBase, frozen=True):
    """Make one clip of neighbours that follow each other in their track and in their sound: undoes a split."""

    label: ClassVar[str] = "Join clips"
    clips: tuple[ClipId, ...]

    def change(self, project: Project) -> Project:
        ids = frozenset(self.clips)
        if len(ids) < 2:
            raise _cannot_join("One clip alone cannot be joined.")
        track = project.track_of(self.clips[0])
        chosen = tuple(clip for clip in track.clips if clip.id in ids)
        if len(chosen) < len(ids):
            for other in self.clips:
                project.clip(other)
            raise _cannot_join("The clips lie on different tracks.")
        for left, right in pairwise(chosen):
            if left.media != right.media or left.end != right.start or left.source_end != right.source_start:
                raise _cannot_join("The clips do not follow each other in the same recording.")
            if left.gain_db != right.gain_db:
                raise _cannot_join("The clips have different volumes.")
        first, last = chosen[0], chosen[-1]
        joined = replace(first, length=last.end - first.start, fade_out=last.fade_out)
        kept = tuple(clip for clip in track.clips if clip.id not in ids)
        return project.with_track(track.with_clips((*kept, fitted(joined))))


def _cannot_join(cause: str) -> Exception:
    return refuse("cannot_join", "The clips were not joined.", cause, "Render them into one clip instead.")
