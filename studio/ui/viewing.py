"""What the session can tell the window to show: `View` over the parts of a real window."""

from collections.abc import Sequence
from pathlib import Path

from studio.model.project import TrackId
from studio.session.desk import Panel, Workspace
from studio.ui.parts import Parts


class WindowView:
    """Hands every wish to the part that it is about."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._timeline = parts.timeline

    def zoom_in(self) -> None:
        self._timeline.zoom_in()

    def zoom_out(self) -> None:
        self._timeline.zoom_out()

    def zoom_normal(self) -> None:
        self._timeline.zoom_normal()

    def zoom_fit(self) -> None:
        self._timeline.zoom_fit()

    def zoom_selection(self) -> None:
        self._timeline.zoom_selection()

    def show_sample(self, sample: int) -> None:
        self._timeline.show_sample(sample)

    def show_tracks(self, tracks: Sequence[TrackId]) -> None:
        self._timeline.show_tracks(tracks)

    def visible(self) -> tuple[int, int]:
        return self._timeline.visible()

    def save_picture(self, path: Path) -> None:
        self._timeline.save_picture(path)

    def save_data(self, path: Path) -> None:
        self._timeline.save_data(path)

    def toggle_panel(self, panel: Panel) -> None:
        """Show a panel, or hide it; the history and the inspector share the right side."""
        parts = self._parts
        match panel:
            case "library":
                parts.library.setVisible(parts.library.isHidden())
            case "inspector" | "history":
                parts.right.toggle(panel)
            case "jobs":
                parts.transport.toggle_jobs()
            case "pitch":
                self._timeline.toggle_pitch()
            case "spectrogram":
                self._timeline.toggle_spectrogram()
            case "video":
                self._timeline.toggle_video()
        parts.actions.refresh_soon()

    def set_workspace(self, workspace: Workspace) -> None:
        self._parts.set_workspace(workspace)

    def focus_panel(self, step: int) -> None:
        self._parts.focus_panel(step)
