"""Edits of markers."""

from typing import ClassVar

from msgspec.structs import replace

from studio.model.edits.base import EditBase, refuse
from studio.model.project import Marker, MarkerId, Project


class AddMarker(EditBase, frozen=True):
    """Put a marker on the timeline."""

    label: ClassVar[str] = "Add marker"
    marker: Marker

    def change(self, project: Project) -> Project:
        if any(other.id == self.marker.id for other in project.markers):
            raise refuse(
                "exists", "The marker was not added.", f"There is a marker {self.marker.id} already.", "Try again."
            )
        return _with_markers(project, (*project.markers, self.marker))


class AddMarkers(EditBase, frozen=True):
    """Put many markers on the timeline at once, all of them or none."""

    markers: tuple[Marker, ...]
    words: str = "Add markers"

    @property
    def label(self) -> str:  # type: ignore[override]  # where they come from is part of what was done
        """What the person did."""
        return self.words

    def change(self, project: Project) -> Project:
        ids = [marker.id for marker in (*project.markers, *self.markers)]
        if len(set(ids)) < len(ids):
            raise refuse("exists", "The markers were not added.", "One of them is there already.", "Try again.")
        return _with_markers(project, (*project.markers, *self.markers))


class MoveMarker(EditBase, frozen=True):
    """Put a marker at another place, or give its region another length."""

    label: ClassVar[str] = "Move marker"
    marker: MarkerId
    start: int
    length: int = 0

    @property
    def gesture(self) -> str:
        return f"move marker {self.marker}"

    def change(self, project: Project) -> Project:
        return _replaced(project, replace(project.marker(self.marker), start=self.start, length=self.length))


class RenameMarker(EditBase, frozen=True):
    """Give a marker another text."""

    label: ClassVar[str] = "Rename marker"
    marker: MarkerId
    text: str

    def change(self, project: Project) -> Project:
        return _replaced(project, replace(project.marker(self.marker), text=self.text))


class RemoveMarker(EditBase, frozen=True):
    """Take a marker away."""

    label: ClassVar[str] = "Remove marker"
    marker: MarkerId

    def change(self, project: Project) -> Project:
        project.marker(self.marker)
        return replace(project, markers=tuple(marker for marker in project.markers if marker.id != self.marker))


def _replaced(project: Project, marker: Marker) -> Project:
    return _with_markers(project, tuple(marker if old.id == marker.id else old for old in project.markers))


def _with_markers(project: Project, markers: tuple[Marker, ...]) -> Project:
    return replace(project, markers=tuple(sorted(markers, key=lambda marker: (marker.start, marker.id))))
