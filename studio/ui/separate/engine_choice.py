"""Engines to choose from, each with what it is, what it costs here, and, where it cannot run, why and what to do."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from studio.protocol.common import EngineCard
from studio.ui.controls import Button, Elided, Text, scrolled, surface
from studio.ui.theme import Theme

_INDENT_PX = 24
_OTHERS_PX = 200


class EngineRow(QWidget):
    """One engine; a click anywhere on it chooses it."""

    def __init__(self, card: EngineCard, theme: Theme, parent: QWidget, *, several: bool) -> None:
        super().__init__(parent)
        surface(self, "raised")
        self.id = card.id
        self.lacks = bool(card.missing)
        self.button: QAbstractButton = QCheckBox(card.name, self) if several else QRadioButton(card.name, self)
        self.button.setAccessibleName(f"Engine {card.name}")
        self.button.setAccessibleDescription(card.missing or card.about)
        self.button.setEnabled(not card.missing)
        self.button.setToolTip(card.missing or f"{card.name}\nLicence: {card.licence}")
        self._cost = Elided("", theme, tone="secondary", mode=Qt.TextElideMode.ElideRight)
        self._cost.setFont(theme.font(figures=True))
        self._cost.setAlignment(Qt.AlignmentFlag.AlignRight)
        about = Text(card.about or card.licence, theme, tone="secondary", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.button)
        head.addWidget(self._cost, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 4, 12, 8)
        rows.setSpacing(0)
        rows.addLayout(head)
        about.setContentsMargins(_INDENT_PX, 0, 0, 0)
        rows.addWidget(about)
        if card.missing:
            why = Text(card.missing, theme, tone="secondary", wrap=True)
            why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            why.setContentsMargins(_INDENT_PX, 0, 0, 0)
            rows.addWidget(why)

    def set_theme(self, theme: Theme) -> None:
        """The digits keep their width."""
        self._cost.setFont(theme.font(figures=True))

    def show_cost(self, text: str) -> None:
        """Say how long it takes and how much memory."""
        self._cost.setText(text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.button.isEnabled():
            self.button.click()


class EngineChoice(QWidget):
    """A row an engine, those that can run first. With `several`, any number of them."""

    chosen = Signal()
    folded = Signal()

    def __init__(self, theme: Theme, parent: QWidget, *, several: bool = False) -> None:
        super().__init__(parent)
        self._theme, self._several = theme, several
        self._cards: tuple[EngineCard, ...] = ()
        self.rows: list[EngineRow] = []
        self._group = QButtonGroup(self)
        self._group.setExclusive(not several)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self._fold = Button("Engines that are not installed", self, kind="link")
        self._fold.setCheckable(True)
        self._fold.toggled.connect(self._unfold)
        self._others = QWidget(self)
        self._others_box = QVBoxLayout(self._others)
        self._others_box.setContentsMargins(0, 0, 8, 0)
        self._others_box.setSpacing(8)
        self._scroll = scrolled(self._others, self)
        self._scroll.setFixedHeight(_OTHERS_PX)
        self._box.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeft)
        self._box.addWidget(self._scroll)
        self._scroll.hide()
        self._fold.hide()
        self.setAccessibleName("Engines" if several else "Engine")

    def set_theme(self, theme: Theme) -> None:
        """Remember it for the next row."""
        self._theme = theme

    def unfold(self) -> None:
        """Show what cannot run here, too."""
        self._fold.setChecked(True)

    def _unfold(self, on: bool) -> None:
        self._scroll.setVisible(on)
        self.folded.emit()

    def show_cards(self, cards: Sequence[EngineCard]) -> None:
        """Offer these engines; what was chosen stays where it still can be."""
        cards = tuple(sorted(cards, key=lambda card: bool(card.missing)))
        if cards == self._cards:
            return
        self._cards = cards
        before = self.values
        for row in self.rows:
            self._group.removeButton(row.button)
            (self._others_box if row.lacks else self._box).removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [EngineRow(card, self._theme, self, several=self._several) for card in cards]
        lacking = sum(row.lacks for row in self.rows)
        self._fold.setText(f"{lacking} more {'engine is' if lacking == 1 else 'engines are'} not installed")
        self._fold.setAccessibleName(self._fold.text())
        self._fold.setToolTip(f"{self._fold.text()}\nWhat each of them needs")
        self._fold.setVisible(bool(lacking))
        self._fold.setChecked(bool(lacking) and lacking == len(cards))
        self._scroll.setVisible(bool(lacking) and self._fold.isChecked())
        for place, row in enumerate(self.rows):
            if row.lacks:
                self._others_box.addWidget(row)
            else:
                self._box.insertWidget(place, row)
            self._group.addButton(row.button)
            row.button.toggled.connect(lambda _on: self.chosen.emit())
        self.choose(before)

    def choose(self, ids: Sequence[str]) -> None:
        """Choose engines by id; of a single choice the first that can run where none of them can."""
        able = [row for row in self.rows if row.button.isEnabled()]
        wanted = [row for row in able if row.id in ids]
        if not self._several:
            wanted = (wanted or able)[:1]
        for row in self.rows:
            with QSignalBlocker(row.button):
                row.button.setChecked(row in wanted)
        self.chosen.emit()

    def show_costs(self, cost: Callable[[EngineCard], str]) -> None:
        """Say beside each engine that can run what it costs."""
        for row, card in zip(self.rows, self._cards, strict=True):
            row.show_cost("" if card.missing else cost(card))

    @property
    def values(self) -> tuple[str, ...]:
        """The chosen engines."""
        return tuple(row.id for row in self.rows if row.button.isChecked())

    @property
    def card(self) -> EngineCard | None:
        """The card of the chosen engine, of several the first."""
        return next((card for card in self._cards if card.id in self.values), None)

    @property
    def able(self) -> int:
        """How many engines can run."""
        return sum(not card.missing for card in self._cards)
