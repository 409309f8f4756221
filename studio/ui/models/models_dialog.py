"""The list of models beside the window. Closing it stops nothing; opening it again shows how far everything is."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.errors import Explanation
from studio.protocol.models import ModelCard
from studio.session.desk import Desk
from studio.ui import words
from studio.ui.controls import Button, Elided, Text, line, scrolled, surface
from studio.ui.messages import ExplanationView
from studio.ui.models.model_row import ModelRow
from studio.ui.separate.dialog import BesideWindow
from studio.ui.theme import Theme, wear

_SIZE: Final = (820, 680)


class ModelsDialog(BesideWindow):
    """Every model that engines here can load, with its state and what can be done about it."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__("Models", desk, theme, parent)
        self.resize(*_SIZE)
        self.setMinimumWidth(_SIZE[0] - 140)
        self._models = desk.models
        self._rows: dict[str, ModelRow] = {}
        self._lines: dict[str, QWidget] = {}
        self._shown: Explanation | None = None
        self._trouble: ExplanationView | None = None
        title = Text("Models", theme, size="heading")
        about = Text(
            "What some engines need beyond the studio itself. Nothing is downloaded before you press a button, and "
            "everything works without a network once it is here.",
            theme,
            tone="secondary",
            wrap=True,
        )
        self._empty = Text("Looking for models…", theme, tone="secondary")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._inner = QWidget(self)
        self._list = QVBoxLayout(self._inner)
        self._list.setContentsMargins(0, 4, 0, 4)
        self._list.setSpacing(0)
        self._list.addStretch(1)
        self._scroll = scrolled(self._inner, self)
        box = QWidget(self)
        surface(box, "raised")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._empty, 1)
        inside.addWidget(self._scroll, 1)
        self._space = Elided("", theme, tone="secondary")
        self.import_button = Button("Import from disk…", self)
        self.import_button.setToolTip("The files of a model on the list, or a Piper voice of your own")
        self.import_button.clicked.connect(self._import)
        self._column = self.rows()
        self._column.addWidget(title)
        self._column.addWidget(about)
        self._column.addWidget(box, 1)
        self._column.addLayout(self.row(self._space, self.import_button, self.close_button, stretch=self._space))
        self._models.changed.connect(self._show)
        self._models.arrived.connect(self._greet)

    def begin(self) -> None:
        """Look what there is now."""
        self._models.look()
        self._show()

    def model_row(self, id: str) -> ModelRow:
        """The row of a model."""
        return self._rows[id]

    def _show(self) -> None:
        models = self._models
        cards = {card.id: card for card in models.cards}
        for old in [one for one in self._rows if one not in cards]:
            for widget in (self._rows.pop(old), self._lines.pop(old)):
                self._list.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        for card in cards.values():
            if card.id not in self._rows:
                self._add(card)
            self._rows[card.id].refresh(card, models.row(card.id))
        self._scroll.setVisible(bool(cards))
        self._empty.setVisible(not cards)
        self._empty.setText("Looking for models…" if models.phase in ("unknown", "looking") else "No models are known.")
        free = f"{words.size(models.free_bytes)} free in {models.folder}" if models.folder else ""
        importing = models.import_row
        at_work = importing is not None and not importing.is_over
        self._space.setText(f"{importing.title}: {importing.stage}" if importing is not None and at_work else free)
        self.import_button.setEnabled(not at_work)
        failed = importing.why if importing is not None and importing.state == "failed" else None
        self._explain(failed or models.why)

    def _add(self, card: ModelCard) -> None:
        row = self._rows[card.id] = ModelRow(self.desk, self._models, card, self.theme, self._inner)
        edge = self._lines[card.id] = line(self._inner)
        edge.setVisible(len(self._rows) > 1)
        place = self._list.count() - 1
        self._list.insertWidget(place, edge)
        self._list.insertWidget(place + 1, row)
        wear(self.theme, row)

    def _explain(self, why: Explanation | None) -> None:
        """Show what failed and belongs to no model of the list."""
        if why is self._shown:
            return
        self._shown = why
        if self._trouble is not None:
            self._column.removeWidget(self._trouble)
            self._trouble.hide()
            self._trouble.deleteLater()
            self._trouble = None
        if why is not None:
            self._trouble = ExplanationView(why, self.theme, self, closable=False)
            self._column.insertWidget(2, self._trouble)
            wear(self.theme, self._trouble)
            self._trouble.announce()

    def _greet(self, card: ModelCard) -> None:
        if not self.isVisible():
            self.desk.asks.toast(f"{card.name} is ready", "Models", self.desk.asks.models)

    def _import(self) -> None:
        folder = self.desk.asks.open_folder("Import the model in a folder")
        if folder is not None:
            self._models.import_from(Path(folder))
