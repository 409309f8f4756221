"""How the session speaks to the person: `Asks` over the parts of a real window."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.commands.help import report
from studio.errors import Explanation
from studio.session.desk import Desk, Measuring, Separation
from studio.session.importing import SOUND_SUFFIXES
from studio.session.recovery import LeftBehind
from studio.ui.parts import Parts

_SOUND_FILTER: Final = "Sound and video ({});;All files (*)"


class WindowAsks:
    """Opens what is asked for over a window. Dialogs are made when they are first wanted, and kept."""

    def __init__(self, desk: Desk, parts: Parts, window: QWidget) -> None:
        self._desk, self._parts, self._window = desk, parts, window

    def open_files(self, title: str) -> tuple[Path, ...]:
        patterns = " ".join(sorted(f"*{suffix}" for suffix in SOUND_SUFFIXES))
        names, _ = QFileDialog.getOpenFileNames(self._window, title, "", _SOUND_FILTER.format(patterns))
        return tuple(map(Path, names))

    def open_path(self, title: str, what: str, suffixes: tuple[str, ...]) -> Path | None:
        patterns = " ".join(f"*{suffix}" for suffix in suffixes)
        name, _ = QFileDialog.getOpenFileName(self._window, title, "", f"{what} ({patterns});;All files (*)")
        return Path(name) if name else None

    def open_folder(self, title: str) -> Path | None:
        name = QFileDialog.getExistingDirectory(self._window, title)
        return Path(name) if name else None

    def save_path(self, title: str, suggestion: str, suffix: str = "") -> Path | None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, title, f"{suggestion}{suffix}", f"*{suffix}" if suffix else ""
        )
        if not name:
            return None
        path = Path(name)
        return path if not suffix or path.suffix.lower() == suffix.lower() else path.with_name(path.name + suffix)

    def text(self, title: str, label: str, value: str = "") -> str | None:
        from studio.ui.questions import ask_text

        return ask_text(self._window, self._parts.dialogs.theme, title, label, value)

    def number(self, title: str, label: str, value: float, low: float, high: float, unit: str) -> float | None:
        from studio.ui.questions import ask_number

        return ask_number(self._window, self._parts.dialogs.theme, title, label, (value, low, high), unit)

    def confirm(self, why: Explanation, verb: str) -> bool:
        from studio.ui.questions import ask_whether

        return ask_whether(self._window, self._parts.dialogs.theme, why, verb)

    def show(self, why: Explanation) -> None:
        self._parts.banners.put(f"shown {why.code}", why, report=lambda: report(self._desk))

    def toast(self, text: str, action: str = "", run: Callable[[], None] | None = None) -> None:
        self._parts.toasts.say(text, action, run)

    def recover(self, found: Sequence[LeftBehind]) -> None:
        self._parts.offer(tuple(found))

    def preferences(self, page: str = "") -> None:
        self._parts.dialogs.preferences(page)

    def system_check(self) -> None:
        self._parts.dialogs.system_check()

    def export_dialog(self) -> None:
        self._parts.dialogs.export()

    def models(self) -> None:
        self._parts.dialogs.models()

    def new_voice(self, files: Sequence[Path] = ()) -> None:
        self._parts.dialogs.new_voice(tuple(files))

    def separation(self, page: Separation) -> None:
        self._parts.dialogs.separation(page)

    def measuring(self, page: Measuring) -> None:
        self._parts.dialogs.measuring(page)

    def palette(self) -> None:
        self._parts.palette.open()

    def shortcuts(self) -> None:
        self._parts.dialogs.shortcuts()

    def about(self) -> None:
        self._parts.dialogs.about()

    def copy_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def reveal(self, path: Path) -> None:
        folder = path if path.is_dir() else path.parent
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.toast(f"It lies in {folder}", "Copy the path", lambda: self.copy_text(str(path)))

    def close_window(self) -> None:
        self._window.close()
