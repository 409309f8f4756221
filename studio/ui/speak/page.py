"""The Speak workspace: voices at the left, the script with its takes in the middle, who speaks and how at the right."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from studio.session.desk import Desk
from studio.ui import words
from studio.ui.actions import Actions
from studio.ui.controls import Button, Text, surface
from studio.ui.side_column import side_column
from studio.ui.speak.script_view import ScriptView
from studio.ui.speak.speaker_section import SpeakerSection
from studio.ui.speak.words_section import WordsSection
from studio.ui.theme import Theme
from studio.ui.voices.voices_panel import VoicesPanel

_SIDE_PX: Final = 288
_PAGE_PX: Final = 920


class SpeakPage(QWidget):
    """Writing, speaking, listening. Everything in it is of the project, but for the voices, which are the person's."""

    def __init__(self, desk: Desk, actions: Actions, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.desk, self._theme = desk, theme
        surface(self, "app")
        self.setAccessibleName("Speak")
        self.voices = VoicesPanel(desk, theme, self)
        self.script = ScriptView(desk, theme, self)
        self.speaker = SpeakerSection(desk, self.script, theme, self)
        self.dictionary = WordsSection(desk, theme, self)
        self.voices.used.connect(self.speaker.use_voice)
        self.voices.used_ready.connect(self.speaker.use_ready)
        self.speaker.wants_search.connect(lambda: self.voices.search.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.voices.wants_new.connect(self._new_voice)
        self.title = Text("Script", theme, size="heading")
        self.figures = Text("", theme, tone="secondary", figures=True)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(120)
        self.bar.setAccessibleName("Speaking")
        self.add = Button("Add line", self, kind="quiet")
        self.add.clicked.connect(self.script.add_line)
        self.again = Button("Speak line", self, keys=actions.keys("speak.line"))
        self.again.clicked.connect(lambda: actions.run("speak.line"))
        self.all = Button("Speak all", self, kind="primary", keys=actions.keys("speak.all"))
        self.all.clicked.connect(lambda: actions.run("speak.all"))
        self.stop = Button("Stop", self)
        self.stop.clicked.connect(desk.speaking.stop)
        self.write = Button("Write a line", self)
        self.write.clicked.connect(self.script.add_line)
        self._lay_out()
        self.script.current_changed.connect(self._show)
        desk.document.changed.connect(lambda _project: self._show())
        desk.speaking.changed.connect(self._show)
        desk.voices.changed.connect(self._show)
        self._show()

    @property
    def top(self) -> QVBoxLayout:
        """Where messages stand, above the work."""
        return self._middle

    def set_theme(self, theme: Theme) -> None:
        """What is made later is made in it."""
        self._theme = theme

    def _lay_out(self) -> None:
        self._head = QWidget(self)
        surface(self._head, "app", "bottom")
        head = QHBoxLayout(self._head)
        head.setContentsMargins(24, 8, 16, 8)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addSpacing(8)
        head.addWidget(self.figures, 1)
        for widget in (self.bar, self.stop, self.add, self.again, self.all):
            head.addWidget(widget)
        empty = QWidget(self)
        rows = QVBoxLayout(empty)
        rows.setSpacing(12)
        rows.addStretch(1)
        hint = "Nothing is written yet. Write what is to be said, or paste a text: each paragraph becomes a line."
        self._hint = Text(hint, self._theme, tone="secondary")
        rows.addWidget(self._hint, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addWidget(self.write, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addStretch(1)
        paper = QWidget(self)
        centre = QHBoxLayout(paper)
        centre.setContentsMargins(8, 0, 8, 0)
        self.script.setMaximumWidth(_PAGE_PX)
        centre.addWidget(self.script, 1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(empty)
        self._pages.addWidget(paper)
        middle = QWidget(self)
        self._middle = QVBoxLayout(middle)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(0)
        self._middle.addWidget(self._head)
        self._middle.addWidget(self._pages, 1)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self.voices)
        columns.addWidget(middle, 1)
        columns.addWidget(side_column((self.speaker, self.dictionary), _SIDE_PX, self))

    def _show(self) -> None:
        speaking, script = self.desk.speaking, self.script.script
        self._pages.setCurrentIndex(1 if script.lines else 0)
        to_do, busy = len(speaking.to_do()), speaking.busy
        spoken = sum(1 for one in script.lines if one.takes)
        self.bar.setVisible(busy)
        self.stop.setVisible(busy)
        self.bar.setValue(round(speaking.fraction * 1000))
        if busy and speaking.row is not None:
            self.figures.setText(f"{words.job_line(speaking.row)}, {speaking.left} to go")
        elif script.lines:
            self.figures.setText(f"{spoken} of {len(script.lines)} lines spoken")
        else:
            self.figures.setText("")
        has_line = bool(script.lines)
        for button in (self.add, self.again, self.all):
            button.setVisible(has_line and not (busy and button is self.add))
        current = self.script.line
        state = speaking.state(current) if current is not None else "empty"
        self.again.setText({"spoken": "Another take", "changed": "Speak what changed"}.get(state, "Speak line"))
        self.again.setEnabled(state not in ("empty", "waiting", "speaking"))
        self.all.setText("Speak all" if to_do in (0, len(script.lines)) else f"Speak {to_do} lines")
        self.all.setEnabled(to_do > 0)
        self.voices.choose(*self.speaker.listed)

    def _new_voice(self, files: tuple[Path, ...]) -> None:
        self.desk.asks.new_voice(files)
