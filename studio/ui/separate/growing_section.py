"""The inspector's part for a clip that is being taken apart: how far each stem is, and a way to hear it already."""

from PySide6.QtWidgets import QGridLayout, QWidget

from studio.model.time import format_clock
from studio.protocol.jobs import GrowingStem
from studio.session.desk import Desk
from studio.session.separating import Growing
from studio.session.stems import stem_title
from studio.ui.controls import Button, Text
from studio.ui.sections import Section
from studio.ui.theme import Theme


class GrowingSection(Section):
    """Shown while stems of the selected clip are being made; of several separations, the one that is running."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Being separated", desk, theme, parent)
        self._growing: Growing | None = None
        self._buttons: dict[str, Button] = {}
        self._so_far = Text("", theme, tone="engine", figures=True)
        holder = QWidget(self)
        self._row = QGridLayout(holder)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self.add("So far", self._so_far)
        self.add_wide(holder)
        desk.growing.changed.connect(self._show_heard)

    def show_selected(self) -> bool:
        """Show what grows from the selected clip; return whether anything does."""
        chosen = self.desk.selection.clips
        found = [one for one in self.desk.separating.growing if one.piece.clip.id in chosen]
        before, self._growing = self._growing, found[-1] if found else None
        if self._growing is None:
            return False
        if before is None or before.stems != self._growing.stems:
            self._make_buttons(self._growing.stems)
        self.show_now()
        return True

    def show_now(self) -> None:
        growing = self._growing
        if growing is not None:
            rate_hz = self.desk.document.project.rate_hz
            whole = format_clock(growing.piece.clip.length, rate_hz)
            self._so_far.setText(f"{format_clock(growing.frames, rate_hz)} of {whole}")

    def _make_buttons(self, stems: tuple[GrowingStem, ...]) -> None:
        for old in self._buttons.values():
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._buttons = {}
        for place, stem in enumerate(stems):
            title = stem_title(stem.name)
            button = Button(title, self)
            button.setCheckable(True)
            button.setAccessibleName(f"Hear the {stem.name} so far")
            button.setToolTip(f"Hear the {stem.name} so far\nAgain: stop")
            button.clicked.connect(lambda _on=False, which=stem.name: self.desk.growing.hear(which))
            self._row.addWidget(button, place // 2, place % 2)
            self._buttons[stem.name] = button
        self._show_heard()

    def _show_heard(self) -> None:
        for name, button in self._buttons.items():
            button.setChecked(name == self.desk.growing.heard)
