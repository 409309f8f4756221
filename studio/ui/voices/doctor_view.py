"""What the sample doctor says of recordings, and the buttons that do something about it."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.model.voice import Finding, Treatment
from studio.ui.controls import Button, Text
from studio.ui.icons import picture
from studio.ui.theme import Theme

_VERBS: Final[dict[Treatment, str]] = {
    "denoise": "Take the noise out",
    "separate": "Take the music out",
    "trim": "Cut the silence off",
    "leave_clipped": "Leave the clipping out",
    "leave_others": "Leave the other voice out",
}


class _FindingView(QWidget):
    """A sign that says how bad it is, two lines, and a button where the program can do something about it."""

    wanted = Signal(object)  # Treatment

    def __init__(self, finding: Finding, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        sign = QLabel(self)
        sign.setPixmap(picture("error" if finding.grave else "warning", theme, "error" if finding.grave else "warning"))
        sign.setFixedSize(20, 20)
        self.setAccessibleName(f"{finding.sentence} {finding.remedy}")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(Text(finding.sentence, theme, wrap=True))
        texts.addWidget(Text(finding.remedy, theme, tone="secondary", wrap=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self.button: Button | None = None
        treatment = finding.treatment
        if treatment:
            self.button = Button(_VERBS[treatment], self)
            self.button.clicked.connect(lambda: self.wanted.emit(treatment))
            row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)


class DoctorView(QWidget):
    """The findings below each other, or that there are none."""

    wanted = Signal(object)  # Treatment

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._views: list[_FindingView] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)

    def set_theme(self, theme: Theme) -> None:
        """Remember it for what comes later."""
        self._theme = theme

    @property
    def findings(self) -> tuple[str, ...]:
        """What is said, a sentence and a remedy each."""
        return tuple(view.accessibleName() for view in self._views)

    @property
    def remedies(self) -> dict[str, Button]:
        """The buttons, by what they say."""
        return {view.button.text(): view.button for view in self._views if view.button is not None}

    def show_findings(self, findings: tuple[Finding, ...], *, looked: bool) -> None:
        """Show these; without any, and where somebody has `looked`, that all is well."""
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._views = [_FindingView(finding, self._theme, self) for finding in findings]
        for view in self._views:
            view.wanted.connect(self.wanted)
            self._rows.addWidget(view)
        if looked and not findings:
            self._rows.addWidget(
                Text("The doctor has nothing to say against these recordings.", self._theme, tone="good")
            )
        self.setVisible(bool(self._rows.count()))

    def allow(self, can: bool) -> None:
        """Let the buttons be pressed, or not while something is being done."""
        for button in self.remedies.values():
            button.setEnabled(can)
