"""The two doors to the screen while there is no window: for the command line, tests and the moments before it opens."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.errors import Explanation
from studio.model.project import TrackId
from studio.session.desk import Measuring, Panel, Separation, Workspace
from studio.session.recovery import LeftBehind

_log = logging.getLogger(__name__)


class Nobody:
    """`Asks` with nobody there: picks nothing, agrees to nothing, and writes what it was told to the log."""

    def open_files(self, title: str) -> tuple[Path, ...]:
        """No files."""
        return ()

    def open_path(self, title: str, what: str, suffixes: tuple[str, ...]) -> Path | None:
        """None."""
        return None

    def open_folder(self, title: str) -> Path | None:
        """No folder."""
        return None

    def save_path(self, title: str, suggestion: str, suffix: str = "") -> Path | None:
        """No path."""
        return None

    def text(self, title: str, label: str, value: str = "") -> str | None:
        """No text."""
        return None

    def number(self, title: str, label: str, value: float, low: float, high: float, unit: str) -> float | None:
        """No number."""
        return None

    def confirm(self, why: Explanation, verb: str) -> bool:
        """No."""
        _log.info("not confirmed: %s (%s)", why.sentence, verb)
        return False

    def show(self, why: Explanation) -> None:
        """Into the log."""
        _log.info("not shown: %s", why.sentence)

    def toast(self, text: str, action: str = "", run: Callable[[], None] | None = None) -> None:
        """Into the log."""
        _log.info("not shown: %s", text)

    def recover(self, found: Sequence[LeftBehind]) -> None:
        """Into the log."""
        _log.info("not offered: %s", [one.name for one in found])

    def preferences(self, page: str = "") -> None:
        """Nothing to open."""

    def system_check(self) -> None:
        """Nothing to open."""

    def export_dialog(self) -> None:
        """Nothing to open."""

    def models(self) -> None:
        """Nothing to open."""

    def new_voice(self, files: Sequence[Path] = ()) -> None:
        """Nothing to open."""

    def separation(self, page: Separation) -> None:
        """Nothing to open."""

    def measuring(self, page: Measuring) -> None:
        """Nothing to open."""

    def palette(self) -> None:
        """Nothing to open."""

    def shortcuts(self) -> None:
        """Nothing to open."""

    def about(self) -> None:
        """Nothing to open."""

    def copy_text(self, text: str) -> None:
        """Nowhere to copy to."""

    def reveal(self, path: Path) -> None:
        """Nowhere to show it."""

    def close_window(self) -> None:
        """Nothing to close."""


class Nowhere:
    """`View` with nothing on the screen."""

    def zoom_in(self) -> None:
        """Nothing to zoom."""

    def zoom_out(self) -> None:
        """Nothing to zoom."""

    def zoom_normal(self) -> None:
        """Nothing to zoom."""

    def zoom_fit(self) -> None:
        """Nothing to zoom."""

    def zoom_selection(self) -> None:
        """Nothing to zoom."""

    def show_sample(self, sample: int) -> None:
        """Nothing to scroll."""

    def show_tracks(self, tracks: Sequence[TrackId]) -> None:
        """Nothing to scroll."""

    def visible(self) -> tuple[int, int]:
        """Nothing is in sight."""
        return (0, 0)

    def save_picture(self, path: Path) -> None:
        """Nothing is seen."""

    def save_data(self, path: Path) -> None:
        """Nothing is seen."""

    def toggle_panel(self, panel: Panel) -> None:
        """No panels."""

    def set_workspace(self, workspace: Workspace) -> None:
        """No workspaces."""

    def focus_panel(self, step: int) -> None:
        """Nothing takes keys."""
