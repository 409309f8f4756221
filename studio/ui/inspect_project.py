"""The inspector's part for the project: name, rate, tuning, notes, and how much there is of it."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from studio.model.edits import RenameProject, SetNotes, SetRate, SetTuning
from studio.model.time import format_clock
from studio.session.desk import Desk
from studio.session.placing import is_empty
from studio.ui import words
from studio.ui.controls import Text
from studio.ui.fields import NameField, NumberField
from studio.ui.sections import Choice, Section
from studio.ui.theme import Theme

_RATES: dict[object, str] = {rate: words.rate(rate) for rate in (44100, 48000, 88200, 96000)}
_LOWEST_A4_HZ, _HIGHEST_A4_HZ = 390.0, 470.0
_NOTES_PX = 132


class _Notes(QPlainTextEdit):
    """Free words on the project; one edit when the keyboard leaves them."""

    def __init__(self, section: "ProjectSection") -> None:
        super().__init__(section)
        self._section = section
        self.setPlaceholderText("What should not be forgotten")
        self.setAccessibleName("Notes on the project")
        self.setTabChangesFocus(True)
        self.setFixedHeight(_NOTES_PX)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._section.keep_notes()


class ProjectSection(Section):
    """What holds for the whole project. The rate can be chosen while there is no sound in it."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Project", desk, theme, parent)
        self.name = NameField("Project name", self)
        self.name.entered.connect(lambda text: self.do(RenameProject(name=text)))
        self.rate = Choice("Sample rate", _RATES, self)
        self.rate.chosen.connect(lambda rate: self.do(SetRate(rate_hz=int(rate))))
        self.tuning = NumberField("Tuning of A4", theme, _LOWEST_A4_HZ, _HIGHEST_A4_HZ, unit="Hz", parent=self)
        self.tuning.edited.connect(lambda a4_hz: self.do(SetTuning(a4_hz=a4_hz)))
        self.tuning.ended.connect(self.done)
        self._length = Text("", theme, figures=True)
        self._content = Text("", theme, tone="secondary")
        self.notes = _Notes(self)
        self.add("Name", self.name)
        self.add("Rate", self.rate)
        self.add("A4", self.tuning)
        self.add("Length", self._length)
        self.add("Content", self._content)
        self.add_wide(Text("Notes", theme, tone="secondary"))
        self.add_wide(self.notes)

    def show_now(self) -> None:
        project = self.desk.document.project
        self.name.show_name(project.name)
        self.rate.show_value(project.rate_hz)
        self.rate.setEnabled(is_empty(project))
        self.rate.setToolTip("Sample rate" if is_empty(project) else "Sample rate: fixed once there is sound")
        self.tuning.show_value(project.a4_hz)
        self._length.setText(format_clock(project.length, project.rate_hz))
        clips = sum(len(track.clips) for track in project.tracks)
        self._content.setText(f"{_count(len(project.tracks), 'track')}, {_count(clips, 'clip')}")
        if self.notes.toPlainText() != project.notes and not self.notes.hasFocus():
            with QSignalBlocker(self.notes):
                self.notes.setPlainText(project.notes)

    def keep_notes(self) -> None:
        """Make one edit of what was typed."""
        if self.desk.document.is_open and self.notes.toPlainText() != self.desk.document.project.notes:
            self.do(SetNotes(text=self.notes.toPlainText()))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
