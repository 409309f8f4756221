"""What is cleaned along with a separation: noise and room, each by an engine of its own, on one stem or on the mix."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.protocol.common import EngineCard
from studio.protocol.jobs import CleanStep
from studio.session.separating import NOISE, ROOM
from studio.ui.fields import NumberField
from studio.ui.sections import Choice
from studio.ui.separate.labels import row_form, row_label
from studio.ui.theme import Theme

_NAMES: Final = {NOISE: "Noise", ROOM: "Reverb"}
_LEAVE: Final = {NOISE: "Leave the noise", ROOM: "Leave the reverb"}


class CleanRows(QWidget):
    """Two choices and the stem that they are for. What no engine here can do is not offered."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._engines: dict[str, Choice] = {}
        self._strengths: dict[str, NumberField] = {}
        self._holders: dict[str, QWidget] = {}
        self._form = row_form(self)
        for task, name in _NAMES.items():
            self._add_task(task, name, theme)
        self.stem = Choice("Clean which", {"vocals": "Of the vocals"}, self)
        self.stem.chosen.connect(lambda _value: self.changed.emit())
        self._add("Clean", self.stem, theme)
        self._show_what_fits()

    @property
    def chain(self) -> tuple[CleanStep, ...]:
        """The steps as chosen: noise first, then the room."""
        return tuple(
            CleanStep(
                engine=str(choice.currentData()),
                strength=self._strengths[task].value() / 100,
                stem=str(self.stem.currentData() or ""),
            )
            for task, choice in self._engines.items()
            if choice.currentData()
        )

    def show_cards(self, cards: tuple[EngineCard, ...]) -> None:
        """Offer the engines that can run."""
        for task, choice in self._engines.items():
            able: dict[object, str] = {card.id: card.name for card in cards if card.task == task and not card.missing}
            choice.set_choices({"": _LEAVE[task], **able})
            self._form.setRowVisible(self._holders[task], bool(able))
        self.setVisible(any(card.task in self._engines and not card.missing for card in cards))
        self._show_what_fits()

    def show_stems(self, stems: tuple[str, ...]) -> None:
        """Offer these stems to be cleaned."""
        self.stem.set_choices({**{one: f"The {one}" for one in stems}, "": "The mix, before it is taken apart"})

    def show_chain(self, chain: tuple[CleanStep, ...], task_of: dict[str, str]) -> None:
        """Show a saved chain."""
        for task, choice in self._engines.items():
            step = next((one for one in chain if task_of.get(one.engine) == task), None)
            choice.show_value(step.engine if step is not None else "")
            if step is not None:
                self._strengths[task].show_value(step.strength * 100)
                self.stem.show_value(step.stem)
        self._show_what_fits()

    def _add_task(self, task: str, name: str, theme: Theme) -> None:
        holder = QWidget(self)
        choice = Choice(name, {"": _LEAVE[task]}, holder)
        strength = NumberField(f"{name} strength", theme, 5, 100, unit="%", decimals=0, step=5, parent=holder)
        strength.setValue(100)
        strength.setFixedWidth(72)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(choice, 1)
        row.addWidget(strength)
        choice.chosen.connect(lambda _value: self._chosen())
        strength.edited.connect(lambda _value: self.changed.emit())
        self._engines[task], self._strengths[task], self._holders[task] = choice, strength, holder
        self._add(name, holder, theme)

    def _add(self, name: str, field: QWidget, theme: Theme) -> None:
        self._form.addRow(row_label(name, theme, field), field)

    def _chosen(self) -> None:
        self._show_what_fits()
        self.changed.emit()

    def _show_what_fits(self) -> None:
        any_chosen = False
        for task, choice in self._engines.items():
            on = bool(choice.currentData())
            any_chosen = any_chosen or on
            self._strengths[task].setVisible(on)
        self._form.setRowVisible(self.stem, any_chosen)
