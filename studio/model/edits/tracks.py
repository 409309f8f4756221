"""Edits of whole tracks."""

from typing import ClassVar

from msgspec.structs import replace

from studio.model.edits.base import EditBase, FreshIds, check_sound, fitted, refuse
from studio.model.project import Project, Track, TrackId


class AddTrack(EditBase, frozen=True):
    """Put a track at `index`, or below all others; clips whose ids are taken get new ones."""

    label: ClassVar[str] = "Add track"
    track: Track
    index: int | None = None

    def change(self, project: Project) -> Project:
        if any(other.id == self.track.id for other in project.tracks):
            raise refuse(
                "exists", "The track was not added.", f"There is a track {self.track.id} already.", "Try again."
            )
        fresh = FreshIds(project)
        for clip in self.track.clips:
            check_sound(project, clip)
        track = self.track.with_clips(tuple(fitted(fresh.claim(clip)) for clip in self.track.clips))
        index = len(project.tracks) if self.index is None else max(0, self.index)
        return replace(project, tracks=(*project.tracks[:index], track, *project.tracks[index:]))


class RemoveTrack(EditBase, frozen=True):
    """Take a track and its clips away; their sound stays in the library."""

    label: ClassVar[str] = "Remove track"
    track: TrackId

    def change(self, project: Project) -> Project:
        project.track(self.track)
        return replace(project, tracks=tuple(track for track in project.tracks if track.id != self.track))


class MoveTrack(EditBase, frozen=True):
    """Put a track at another place among the tracks."""

    label: ClassVar[str] = "Move track"
    track: TrackId
    index: int

    @property
    def gesture(self) -> str:
        return f"move track {self.track}"

    def change(self, project: Project) -> Project:
        moved = project.track(self.track)
        others = [track for track in project.tracks if track.id != self.track]
        others.insert(max(0, self.index), moved)
        return replace(project, tracks=tuple(others))


class RenameTrack(EditBase, frozen=True):
    """Give a track another name."""

    label: ClassVar[str] = "Rename track"
    track: TrackId
    name: str

    def change(self, project: Project) -> Project:
        return project.with_track(replace(project.track(self.track), name=self.name))


class SetTrackGain(EditBase, frozen=True):
    """Set the volume of a track; dragging the slider makes one undo step, not two hundred."""

    label: ClassVar[str] = "Change track volume"
    track: TrackId
    gain_db: float

    @property
    def gesture(self) -> str:
        return f"gain of track {self.track}"

    def change(self, project: Project) -> Project:
        return project.with_track(replace(project.track(self.track), gain_db=self.gain_db))


class SetTrackPan(EditBase, frozen=True):
    """Place a track between left (-1) and right (1)."""

    label: ClassVar[str] = "Pan track"
    track: TrackId
    pan: float

    @property
    def gesture(self) -> str:
        return f"pan of track {self.track}"

    def change(self, project: Project) -> Project:
        return project.with_track(replace(project.track(self.track), pan=self.pan))


class SetTrackMute(EditBase, frozen=True):
    """Silence a track, or let it sound again."""

    label: ClassVar[str] = "Mute track"
    track: TrackId
    muted: bool

    def change(self, project: Project) -> Project:
        return project.with_track(replace(project.track(self.track), muted=self.muted))


class SetTrackSolo(EditBase, frozen=True):
    """Hear a track alone with the other soloed ones, or no longer."""

    label: ClassVar[str] = "Solo track"
    track: TrackId
    soloed: bool

    def change(self, project: Project) -> Project:
        return project.with_track(replace(project.track(self.track), soloed=self.soloed))


class SetTrackColour(EditBase, frozen=True):
    """Give a track another colour of the palette, by number."""

    label: ClassVar[str] = "Colour track"
    track: TrackId
    colour: int

    def change(self, project: Project) -> Project:
        return project.with_track(replace(project.track(self.track), colour=self.colour))
