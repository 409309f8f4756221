"""What an export made: the files, how loud they are, and whether that is what was asked for."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.protocol.jobs import Exported, ExportedFile
from studio.session.desk import Desk
from studio.ui import words
from studio.ui.controls import Button, Elided, Text, Tone, surface
from studio.ui.icons import picture
from studio.ui.theme import Role, Theme

_MOST_FILES: Final = 5


class ExportResult(QWidget):
    """A card with one line a file; a target that was missed is said in words, not only in a colour."""

    def __init__(self, result: Exported, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        surface(self, "raised")
        self.setAccessibleName("Result of the export")
        self._sign = QLabel(self)
        self._sign.setFixedSize(20, 20)
        verdicts = [verdict(one) for one in result.files]
        missed = next((words_ for words_, good in verdicts if not good), "")
        self._role: Role = "warning" if missed else "good"
        count = len(result.files)
        title = Text("The file is there." if count == 1 else f"{count} files are there.", theme)
        show = Button("Show in folder", self)
        show.clicked.connect(lambda: desk.asks.reveal(Path(result.files[0].path)))
        show.setEnabled(bool(result.files))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._sign)
        head.addWidget(title, 1)
        head.addWidget(show)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 8, 12)
        rows.setSpacing(4)
        rows.addLayout(head)
        for one, (said, good) in list(zip(result.files, verdicts, strict=True))[:_MOST_FILES]:
            rows.addWidget(_line(one, said, "good" if good else "warning", theme))
        if count > _MOST_FILES:
            rows.addWidget(Text(f"and {count - _MOST_FILES} more", theme, tone="secondary"))
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._sign.setPixmap(picture("warning" if self._role == "warning" else "check", theme, self._role))


def verdict(file: ExportedFile) -> tuple[str, bool]:
    """What is to be said of a file's loudness, and whether it is what was asked for."""
    measured = file.loudness
    if measured.integrated_lufs is None:
        return "Too short or too quiet to measure", True
    facts = f"{number(measured.integrated_lufs)} LUFS"
    if measured.true_peak_dbtp is not None:
        facts += f", true peak {number(measured.true_peak_dbtp)} dBTP"
    if file.passed is None:
        return (f"{facts}. {file.note}", False) if file.note else (facts, True)
    note = f": {file.note[:1].lower()}{file.note[1:]}" if file.note else ""
    return (f"{facts}, as asked", True) if file.passed else (f"{facts}{note}", False)


def number(value: float) -> str:
    """A level with a real minus: "−14.2"."""
    return f"{value:.1f}".replace("-", "−")


def _line(one: ExportedFile, said: str, tone: Tone, theme: Theme) -> QWidget:
    made = QWidget()
    lines = QVBoxLayout(made)
    lines.setContentsMargins(32, 0, 4, 0)
    lines.setSpacing(0)
    name = Elided(Path(one.path).name, theme)
    name.setAlignment(Qt.AlignmentFlag.AlignLeft)
    lines.addWidget(name)
    facts = f"{words.length(one.duration_s)}, {words.size(one.size_bytes)}"
    lines.addWidget(Text(facts, theme, tone="secondary", figures=True))
    lines.addWidget(Text(said, theme, tone=tone, figures=True, wrap=True))
    return made
