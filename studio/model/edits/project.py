"""Edits of the project itself and of the sound it stands on."""

from typing import ClassVar

from msgspec.structs import replace

from studio.model.edits.base import EditBase, refuse
from studio.model.overlays import MOST, Overlay
from studio.model.pictures import Pictures
from studio.model.pitch import engine_name
from studio.model.project import Media, MediaId, Pitch, Project

LOWEST_A4_HZ = 390.0
HIGHEST_A4_HZ = 470.0


class AddMedia(EditBase, frozen=True):
    """List a finished sound. Sound that is listed already, known by its content, stays as it is."""

    label: ClassVar[str] = "Import"
    media: Media

    def change(self, project: Project) -> Project:
        if any(other.id == self.media.id for other in project.media):
            return project
        if self.media.rate_hz != project.rate_hz:
            raise ValueError(f"the sound has {self.media.rate_hz} Hz where the project has {project.rate_hz} Hz")
        return replace(project, media=(*project.media, self.media))


class AddPitch(EditBase, frozen=True):
    """List the melody of a medium; a newer one of the same id takes the place of the older."""

    pitch: Pitch

    @property
    def label(self) -> str:  # type: ignore[override]  # which engine it was is part of what was done
        """Finding with another engine is another line of the history."""
        return f"Find pitch ({engine_name(self.pitch.lineage.engine)})"

    def change(self, project: Project) -> Project:
        project.medium(self.pitch.media)
        others = tuple(pitch for pitch in project.pitches if pitch.id != self.pitch.id)
        return replace(project, pitches=(*others, self.pitch))


class Relink(EditBase, frozen=True):
    """Say where the sound of a medium lies now, below the project's folder."""

    label: ClassVar[str] = "Find missing sound"
    media: MediaId
    file: str

    def change(self, project: Project) -> Project:
        found = replace(project.medium(self.media), file=self.file)
        return replace(project, media=tuple(found if media.id == self.media else media for media in project.media))


class SetPictures(EditBase, frozen=True):
    """Say which video is seen while a medium is heard, or where that video lies now; None shows nothing."""

    label: ClassVar[str] = "Change the pictures"
    media: MediaId
    pictures: Pictures | None

    def change(self, project: Project) -> Project:
        seen = replace(project.medium(self.media), pictures=self.pictures)
        return replace(project, media=tuple(seen if media.id == self.media else media for media in project.media))


class RenameProject(EditBase, frozen=True):
    """Give the project another name."""

    label: ClassVar[str] = "Rename project"
    name: str

    def change(self, project: Project) -> Project:
        return replace(project, name=self.name)


class SetRate(EditBase, frozen=True):
    """Set the rate of a project that has no sound yet; markers stay at the same time."""

    label: ClassVar[str] = "Change sample rate"
    rate_hz: int

    def change(self, project: Project) -> Project:
        if project.media and self.rate_hz != project.rate_hz:
            raise refuse(
                "has_sound",
                "The sample rate stays as it is.",
                "The project already has sound at its rate.",
                "Start a new project for another rate; exports can have any rate.",
            )

        def moved(sample: int) -> int:
            return sample * self.rate_hz // project.rate_hz

        return replace(
            project,
            rate_hz=self.rate_hz,
            markers=tuple(
                replace(marker, start=moved(marker.start), length=moved(marker.length)) for marker in project.markers
            ),
        )


class SetTuning(EditBase, frozen=True):
    """Set the frequency of A4, from which all notes are counted."""

    label: ClassVar[str] = "Change tuning"
    a4_hz: float

    @property
    def gesture(self) -> str:
        return "tuning"

    def change(self, project: Project) -> Project:
        if not LOWEST_A4_HZ <= self.a4_hz <= HIGHEST_A4_HZ:
            raise ValueError(f"A4 lies between {LOWEST_A4_HZ:.0f} and {HIGHEST_A4_HZ:.0f} Hz, not at {self.a4_hz:g}")
        return replace(project, a4_hz=self.a4_hz)


class SetOverlays(EditBase, frozen=True):
    """Replace the layout of what is laid over a recorded picture. `drag` is the same while one thing is dragged."""

    overlays: tuple[Overlay, ...]
    words: str = "Change overlays"
    drag: str = ""

    @property
    def label(self) -> str:  # type: ignore[override]  # adding, moving and removing are told apart in the history
        """What was done to the layout."""
        return self.words

    @property
    def gesture(self) -> str:
        return self.drag

    def change(self, project: Project) -> Project:
        if len({overlay.id for overlay in self.overlays}) < len(self.overlays):
            raise ValueError("two overlays have the same name")
        if len(self.overlays) > MOST:
            raise ValueError(f"there is room for {MOST} overlays")
        return replace(project, overlays=self.overlays)


class SetNotes(EditBase, frozen=True):
    """Replace the free text that belongs to the project."""

    label: ClassVar[str] = "Edit notes"
    text: str

    @property
    def gesture(self) -> str:
        return "notes"

    def change(self, project: Project) -> Project:
        return replace(project, notes=self.text)
