"""Several engines on the same clip, without their names until the ear has chosen."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QProgressBar, QVBoxLayout, QWidget

from studio.errors import Explanation
from studio.session import stems
from studio.session.desk import Desk
from studio.session.listening import alone
from studio.session.recipes import Recipe
from studio.session.stems import Piece
from studio.session.trial import Trial
from studio.ui.controls import Button, Elided, Text, caption
from studio.ui.messages import ExplanationView
from studio.ui.sections import Choice
from studio.ui.separate.dialog import ClipsWindow
from studio.ui.separate.fitting import fit
from studio.ui.theme import Theme, wear
from studio.ui.words import job_line

_WIDTH_PX: Final = 520


class CompareDialog(ClipsWindow):
    """Choosing engines → working → listening to letters → names, and the way to the whole clip with the winner."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__("Compare engines by ear", desk, theme, parent, width_px=_WIDTH_PX, several=True)
        self._whole: Piece | None = None
        self.trial = Trial(desk.document, desk.jobs, desk.separating, self)
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
        self._lay_out()
        self.trial.changed.connect(self._show)
        self.trial.failed.connect(self._show_failure)
        self.listening.changed.connect(self._show_heard)
        desk.engines.changed.connect(self._show_engines)

    def begin(self) -> None:
        """Start with the first of the selected clips."""
        self.take_selected()
        self._whole = next(iter(self.pieces), None)
        self.trial.reset()
        self._show_engines()
        able = [card.id for card in self.desk.engines.cards if card.task == "separate" and not card.missing]
        self.engines.choose(able[:3])
        self._show()
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hears = list(self._hears.values())
        number = event.key() - Qt.Key.Key_0
        if 0 <= number < len(hears) and not event.modifiers():
            hears[number].click()
        else:
            super().keyPressEvent(event)

    def let_go(self) -> None:
        super().let_go()
        self.trial.reset()

    def _lay_out(self) -> None:
        self._engines_caption = caption("Engines", self.theme)
        rows = self.rows()
        rows.addLayout(self.head)
        rows.addWidget(self._engines_caption)
        rows.addWidget(self.engines)
        rows.addWidget(self.stem)
        rows.addWidget(self._page)
        rows.addLayout(self._failure)
        rows.addWidget(self._note)
        rows.addWidget(self._bar)
        rows.addStretch(1)
        rows.addLayout(self.row(self._line, self.again, self.close_button, self.go, stretch=self._line))

    def _show_engines(self) -> None:
        self.engines.show_cards([card for card in self.desk.engines.cards if card.task == "separate"])
        if self._whole is not None:
            seconds = min(self._preview, self._whole.clip.length) / self.desk.document.project.rate_hz
            self.engines.show_costs(lambda card: self.desk.separating.cost(card, self._count, seconds))
        self._show()

    @property
    def _preview(self) -> int:
        return round(self.desk.settings.value.separation.preview_s * self.desk.document.project.rate_hz)

    @property
    def _count(self) -> int:
        """The number of stems that every chosen engine can make: two where they can."""
        chosen = [card for card in self.desk.engines.cards if card.id in self.engines.values]
        common = set.intersection(*(set(card.stems) for card in chosen)) if chosen else set()
        return 2 if 2 in common else min(common, default=0)

    def _show(self) -> None:
        state, whole = self.trial.state, self._whole
        length = min(self._preview, whole.clip.length) if whole is not None else 0
        self.show_head((whole,) if whole is not None else (), length)
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
        row = self.desk.jobs.row(job) if job is not None else None
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
            name.setText(self.desk.engines.name_of(engine) if engine else "")
            name.set_tone("accent" if letter == self.trial.chosen else "text")
            self._prefers[letter].setVisible(not revealed)
        self._note.setText(
            "Your choice is marked." if revealed else "All are equally loud. Listen, then say which one you prefer."
        )
        self.go.setVisible(revealed)
        if revealed:
            winner = self.desk.engines.name_of(self.trial.engine_of(self.trial.chosen))
            self.go.setText(f"Separate with {winner}")
            self.go.setEnabled(self.desk.document.read_only is None)
            self.go.setToolTip(f"Separate the whole clip with {winner}")

    def _make_letters(self) -> None:
        self._drop_letters()
        for row, key in enumerate(("source", *self.trial.letters)):
            title = "Source" if key == "source" else key
            hear = Button(f"Hear {title}", self._page)
            hear.setCheckable(True)
            hear.setToolTip(f"Hear {title}  ({row})\nAgain: stop")
            hear.clicked.connect(lambda _on=False, which=key: self.listening.hear(which))
            self._hears[key] = hear
            self._grid.addWidget(hear, row, 0)
            if key != "source":
                self._names[key] = Text("", self.theme)
                self._grid.addWidget(self._names[key], row, 1)
                self._prefers[key] = Button(f"Prefer {key}", self._page)
                self._prefers[key].setToolTip(f"Prefer {key}, and learn which engine it is")
                self._prefers[key].clicked.connect(lambda _on=False, which=key: self.trial.choose(which))
                self._grid.addWidget(self._prefers[key], row, 2)
        self._grid.setColumnStretch(1, 1)
        self.stem.set_choices({stem: f"Compare the {stem}" for stem in self.trial.stems})
        wear(self.theme, self._page)
        for widget in (*self._hears.values(), *self._names.values(), *self._prefers.values()):
            widget.show()  # what is not shown yet counts for no height
        self._offer()

    def _drop_letters(self) -> None:
        for widget in (*self._hears.values(), *self._names.values(), *self._prefers.values()):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._hears, self._names, self._prefers = {}, {}, {}

    def _offer(self) -> None:
        """Make the chosen stem of every engine ready to be heard."""
        piece, project = self.trial.piece, self.desk.document.project
        if piece is None or not self.trial.letters:
            return
        start, length = piece.clip.start, piece.clip.length
        stem = str(self.stem.currentData() or self.trial.stems[0])
        source = project.medium(piece.clip.media)
        versions = {"source": alone(project, source, start, piece.clip.source_start, length)}
        for letter in self.trial.letters:
            media, gain_db = self.trial.media(letter, stem)
            versions[letter] = alone(project, media, start, 0, length, gain_db)
        self.listening.offer(versions, start, start + length)

    def _show_heard(self) -> None:
        for key, button in self._hears.items():
            button.setChecked(key == self.listening.heard)

    def _show_failure(self, why: Explanation) -> None:
        view = ExplanationView(why, self.theme, self, closable=False)
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
            self.desk.separating.separate_piece(whole, recipe)
            self.close()
        elif whole is not None:
            self._clear_failure()
            piece = stems.stretch_to_try(whole, int(self.desk.transport.position()), self._preview)
            self.trial.begin(piece, self.engines.values, self._count)
