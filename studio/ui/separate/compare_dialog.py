"""Several engines on the same clip, without their names until the ear has chosen."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.commands.reasons import chosen_clips
from studio.errors import Explanation
from studio.model.time import format_clock
from studio.session import stems
from studio.session.desk import Desk
from studio.session.listening import Listening, alone
from studio.session.recipes import Recipe
from studio.session.stems import Piece
from studio.session.trial import Trial
from studio.ui.controls import Button, Elided, Text, caption
from studio.ui.messages import ExplanationView
from studio.ui.sections import Choice
from studio.ui.separate.engine_choice import EngineChoice
from studio.ui.separate.fitting import fit
from studio.ui.separate.separate_dialog import stretch_to_try
from studio.ui.theme import Theme, wear
from studio.ui.words import job_line

_WIDTH_PX: Final = 520


class CompareDialog(QDialog):
    """Choosing engines → working → listening to letters → names, and the way to the whole clip with the winner."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self._whole: Piece | None = None
        self.trial = Trial(desk.document, desk.jobs, desk.separating, self)
        self._listening = Listening(desk.transport, desk.document, self)
        self.setWindowTitle("Compare engines by ear")
        self.setMinimumWidth(_WIDTH_PX)
        self._what = Elided("", theme)
        self._length = Text("", theme, tone="secondary", figures=True)
        self.engines = EngineChoice(theme, self, several=True)
        self.engines.folded.connect(lambda: fit(self))
        self.engines.chosen.connect(self._show)
        self._line = Elided("", theme, tone="secondary")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the comparison")
        self.stem = Choice("Stem to hear", {}, self)
        self.stem.chosen.connect(lambda _value: self._offer())
        self._page = QWidget(self)
        self._grid = QGridLayout(self._page)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        self._hears: dict[str, Button] = {}
        self._prefers: dict[str, Button] = {}
        self._names: dict[str, Text] = {}
        self._failure = QVBoxLayout()
        self._note = Text("", theme, tone="secondary", wrap=True)
        self.go = Button("Compare engines", self, kind="primary")
        self.go.clicked.connect(self._go)
        self.again = Button("Compare again", self)
        self.again.clicked.connect(self.trial.reset)
        self.close_button = Button("Close", self)
        self.close_button.clicked.connect(self.close)
        self._lay_out()
        self.trial.changed.connect(self._show)
        self.trial.failed.connect(self._show_failure)
        self._listening.changed.connect(self._show_heard)
        desk.engines.changed.connect(self._show_engines)
        desk.document.folder_changed.connect(self.close)

    def set_theme(self, theme: Theme) -> None:
        """Remember it for what comes later."""
        self._theme = theme

    def begin(self) -> None:
        """Start with the first of the selected clips."""
        pieces = stems.pieces(self._desk.document.project, [clip.id for clip in chosen_clips(self._desk)][:1])
        self._whole = pieces[0] if pieces else None
        self.trial.reset()
        self._show_engines()
        able = [card.id for card in self._desk.engines.cards if card.task == "separate" and not card.missing]
        self.engines.choose(able[:3])
        self._show()
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        hears = list(self._hears.values())
        number = event.key() - Qt.Key.Key_0
        if 0 <= number < len(hears) and not event.modifiers():
            hears[number].click()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        fit(self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._listening.stop()
        self.trial.reset()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._what, 1)
        head.addWidget(self._length)
        self._engines_caption = caption("Engines", self._theme)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._line, 1)
        for button in (self.again, self.close_button, self.go):
            buttons.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(12)
        rows.addLayout(head)
        rows.addWidget(self._engines_caption)
        rows.addWidget(self.engines)
        rows.addWidget(self.stem)
        rows.addWidget(self._page)
        rows.addLayout(self._failure)
        rows.addWidget(self._note)
        rows.addWidget(self._bar)
        rows.addStretch(1)
        rows.addLayout(buttons)

    def _show_engines(self) -> None:
        self.engines.show_cards([card for card in self._desk.engines.cards if card.task == "separate"])
        if self._whole is not None:
            seconds = min(self._preview, self._whole.clip.length) / self._desk.document.project.rate_hz
            self.engines.show_costs(lambda card: self._desk.separating.cost(card, self._count, seconds))
        self._show()

    @property
    def _preview(self) -> int:
        return round(self._desk.settings.value.separation.preview_s * self._desk.document.project.rate_hz)

    @property
    def _count(self) -> int:
        """The number of stems that every chosen engine can make: two where they can."""
        chosen = [card for card in self._desk.engines.cards if card.id in self.engines.values]
        common = set.intersection(*(set(card.stems) for card in chosen)) if chosen else set()
        return 2 if 2 in common else min(common, default=0)

    def _show(self) -> None:
        state, whole = self.trial.state, self._whole
        project = self._desk.document.project
        self._what.setText(whole.name if whole is not None else "No clip is selected")
        length = min(self._preview, whole.clip.length) if whole is not None else 0
        self._length.setText(format_clock(length, project.rate_hz))
        choosing, working = state == "idle", state == "working"
        for widget in (self._engines_caption, self.engines):
            widget.setVisible(choosing)
        self._bar.setVisible(working)
        self.stem.setVisible(state in ("listening", "revealed") and len(self.trial.stems) > 1)
        self._page.setVisible(state in ("listening", "revealed"))
        self.again.setVisible(state == "revealed")
        self._line.setText("")
        if choosing:
            self._show_choosing()
        elif working:
            self._show_working()
        else:
            self._show_letters()
        self.go.setAccessibleName(self.go.text())
        fit(self)

    def _show_choosing(self) -> None:
        chosen = len(self.engines.values)
        why = ""
        if self._whole is None:
            why = "Select a clip first."
        elif self.engines.able < 2:
            why = "Only one engine can run here. Above, the others say what they need."
            why = why if self.engines.able else "No engine can run here."
        elif chosen < 2:
            why = "Choose two engines or more."
        elif not self._count:
            why = "The chosen engines make different stems. Choose others."
        self.go.setText("Compare engines" if chosen < 2 else f"Compare {chosen} engines")
        self.go.setVisible(True)
        self.go.setEnabled(not why)
        self.go.setToolTip(why or self.go.text())
        self._note.setText(why or "They get letters in a random order, and are made equally loud.")
        self._drop_letters()

    def _show_working(self) -> None:
        done, total, job = self.trial.progress
        row = self._desk.jobs.row(job) if job is not None else None
        fraction = row.fraction if row is not None else 0.0
        self._bar.setValue(round((done + fraction) / max(total, 1) * 1000))
        left = job_line(row).removeprefix(f"{row.title}, ") if row is not None else "waiting"
        self._note.setText(f"Engine {min(done + 1, total)} of {total}, {left}")
        self.go.setText("Stop comparing")
        self.go.setEnabled(True)
        self.go.setToolTip("")

    def _show_letters(self) -> None:
        if set(self._hears) != {"source", *self.trial.letters}:
            self._make_letters()
        revealed = self.trial.state == "revealed"
        for letter, name in self._names.items():
            engine = self.trial.engine_of(letter)
            name.setText(self._desk.engines.name_of(engine) if engine else "")
            name.set_tone("accent" if letter == self.trial.chosen else "text")
            self._prefers[letter].setVisible(not revealed)
        self._note.setText(
            "Your choice is marked." if revealed else "All are equally loud. Listen, then say which one you prefer."
        )
        self.go.setVisible(revealed)
        if revealed:
            winner = self._desk.engines.name_of(self.trial.engine_of(self.trial.chosen))
            self.go.setText(f"Separate with {winner}")
            self.go.setEnabled(self._desk.document.read_only is None)
            self.go.setToolTip(f"Separate the whole clip with {winner}")

    def _make_letters(self) -> None:
        self._drop_letters()
        for row, key in enumerate(("source", *self.trial.letters)):
            title = "Source" if key == "source" else key
            hear = Button(f"Hear {title}", self, kind="tab")
            hear.setCheckable(True)
            hear.setToolTip(f"Hear {title}  ({row})\nAgain: stop")
            hear.clicked.connect(lambda _on=False, which=key: self._listening.hear(which))
            self._hears[key] = hear
            self._grid.addWidget(hear, row, 0)
            if key != "source":
                self._names[key] = Text("", self._theme)
                self._grid.addWidget(self._names[key], row, 1)
                self._prefers[key] = Button(f"Prefer {key}", self)
                self._prefers[key].setToolTip(f"Prefer {key}, and learn which engine it is")
                self._prefers[key].clicked.connect(lambda _on=False, which=key: self.trial.choose(which))
                self._grid.addWidget(self._prefers[key], row, 2)
        self._grid.setColumnStretch(1, 1)
        self.stem.set_choices({stem: f"Compare the {stem}" for stem in self.trial.stems})
        wear(self._theme, self._page)
        self._offer()

    def _drop_letters(self) -> None:
        for widget in (*self._hears.values(), *self._names.values(), *self._prefers.values()):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._hears, self._names, self._prefers = {}, {}, {}

    def _offer(self) -> None:
        """Make the chosen stem of every engine ready to be heard."""
        piece, project = self.trial.piece, self._desk.document.project
        if piece is None or not self.trial.letters:
            return
        start, length = piece.clip.start, piece.clip.length
        stem = str(self.stem.currentData() or self.trial.stems[0])
        source = project.medium(piece.clip.media)
        versions = {"source": alone(project, source, start, piece.clip.source_start, length)}
        for letter in self.trial.letters:
            media, gain_db = self.trial.media(letter, stem)
            versions[letter] = alone(project, media, start, 0, length, gain_db)
        self._listening.offer(versions, start, start + length)

    def _show_heard(self) -> None:
        for key, button in self._hears.items():
            button.setChecked(key == self._listening.heard)

    def _show_failure(self, why: Explanation) -> None:
        view = ExplanationView(why, self._theme, self, closable=False)
        self._failure.addWidget(view)
        fit(self)

    def _clear_failure(self) -> None:
        while (item := self._failure.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _go(self) -> None:
        whole = self._whole
        if self.trial.state == "working":
            self.trial.reset()
        elif self.trial.state == "revealed" and whole is not None:
            recipe = Recipe(engine=self.trial.engine_of(self.trial.chosen), stems=self._count)
            self._desk.separating.separate_piece(whole, recipe)
            self.close()
        elif whole is not None:
            self._clear_failure()
            piece = stretch_to_try(whole, int(self._desk.transport.position()), self._preview)
            self.trial.begin(piece, self.engines.values, self._count)
