"""One model of the list: what it is, what it costs, whether it is here, and the buttons that change that."""

from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.errors import Explanation
from studio.protocol.models import ModelCard
from studio.session.desk import Desk
from studio.session.jobs import JobRow
from studio.session.models import Models
from studio.ui import words
from studio.ui.controls import Button, Elided, IconButton, Text
from studio.ui.theme import Theme

_LANGUAGES: Final = {
    "de": "German", "en": "English", "es": "Spanish", "fr": "French", "hi": "Hindi", "it": "Italian",
    "nl": "Dutch", "pt": "Portuguese",
}  # fmt: skip
_CHECKED: Final = {
    "catalogue": "held against our list",
    "publisher": "held against what its publisher stated",
    "size": "only its size could be checked",
    "nothing": "there was nothing to hold it against",
}
_HASH_SHOWN: Final = 16
_BAR_STEPS: Final = 1000
_SIDE_PX: Final = 192


class ModelRow(QWidget):
    """Shows a model and what is being done with it; rebuilt never, refreshed with every change."""

    def __init__(self, desk: Desk, models: Models, card: ModelCard, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._models, self._card = desk, models, card
        self._name = Elided(card.name, theme)
        self._state = Text("", theme, size="label")
        self._about = Text("", theme, tone="secondary", wrap=True)
        self._facts = Text("", theme, size="label", tone="secondary", wrap=True, figures=True)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, _BAR_STEPS)
        self._bar.setTextVisible(False)
        self._stage = Text("", theme, size="label", tone="secondary", figures=True)
        self._why = Text("", theme, size="label", tone="error", wrap=True)
        self._details = Text("", theme, size="label", tone="secondary", wrap=True, figures=True)
        self._details.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._details.setVisible(False)
        self.get = Button("Download", self)
        self.get.clicked.connect(lambda: models.install(self._card.id))
        self.stop = Button("Stop", self)
        self.stop.clicked.connect(lambda: models.cancel(self._card.id))
        self.page = Button("Open its page", self)
        self.page.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._card.terms or self._card.page)))
        self.more = Button("Details", self, kind="quiet")
        self.more.setCheckable(True)
        self.more.toggled.connect(self._details.setVisible)
        self.check = IconButton("", "check", theme, self)
        self.check.clicked.connect(lambda: models.verify(self._card.id))
        self.folder = IconButton("", "folder", theme, self)
        self.folder.clicked.connect(self._reveal)
        self.delete = IconButton("", "delete", theme, self)
        self.delete.clicked.connect(self._delete)
        self._lay_out()
        self.refresh(card, None)

    def refresh(self, card: ModelCard, row: JobRow | None) -> None:
        """Show this model as it is now, with what is being done, or has failed."""
        self._card = card
        at_work = row is not None and not row.is_over
        here = card.state in ("installed", "damaged")
        failed = row.why if row is not None and row.state == "failed" else None
        self._name.setText(card.name)
        self._about.setText(card.about)
        self._facts.setText(_facts(card))
        self._details.setText(_details(card))
        self._say_state(card)
        self._bar.setVisible(at_work)
        self._stage.setVisible(at_work)
        if row is not None and at_work:
            self._bar.setValue(round(row.fraction * _BAR_STEPS))
            left = f", {words.time_left(row.left_s)} left" if row.left_s is not None else ""
            self._stage.setText((row.stage or "Waiting") + left)
        self._why.setText(failed.sentence if failed is not None else "")
        self._why.setVisible(failed is not None)
        self.get.setVisible(not here and not at_work and not card.terms)
        self.get.setText("Go on" if card.state == "partly" else "Try again" if failed else "Download")
        self.page.setVisible(not here and not at_work and bool(card.terms))
        self.stop.setVisible(at_work)
        for button in (self.check, self.folder):
            button.setVisible(here and not at_work)
        self.delete.setVisible((here or card.state == "partly") and not at_work)
        self._say_names(card)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name)
        head.addWidget(self._state)
        head.addStretch(1)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addLayout(head)
        for widget in (self._about, self._facts, self._bar, self._stage, self._why, self._details):
            texts.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self.more, self.check, self.folder, self.delete, self.page, self.get, self.stop):
            buttons.addWidget(button)
        buttons.insertStretch(0, 1)
        side = QWidget(self)
        side.setFixedWidth(_SIDE_PX)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(buttons)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(texts, 1)
        row.addWidget(side)

    def _say_state(self, card: ModelCard) -> None:
        match card.state:
            case "installed":
                self._state.setText("Installed")
                self._state.set_tone("good")
            case "damaged":
                self._state.setText("Damaged: delete it and install it again")
                self._state.set_tone("error")
            case "partly":
                self._state.setText(f"{words.size(card.have_bytes)} of it here")
                self._state.set_tone("warning")
            case "absent":
                self._state.setText("Recommended" if card.recommended else "")
                self._state.set_tone("accent")

    def _say_names(self, card: ModelCard) -> None:
        self._bar.setAccessibleName(f"Progress of {card.name}")
        for button in (self.get, self.stop, self.page, self.more):
            button.setAccessibleName(f"{button.text()}: {card.name}")
        self.check.name(f"Check {card.name}", more="Reads every file and holds it against what was installed.")
        self.folder.name(f"Show in folder: {card.name}")
        self.delete.name(f"Delete {card.name}")

    def _reveal(self) -> None:
        from pathlib import Path

        self._desk.asks.reveal(Path(self._card.folder))

    def _delete(self) -> None:
        card = self._card
        why = Explanation(
            code="models.delete",
            title=f"Delete {card.name}?",
            cause=f"{words.size(card.size_bytes if card.state != 'partly' else card.have_bytes)} will be free again.",
            remedy="It has to be downloaded or imported again to be used." if card.state != "partly" else "",
        )
        if self._desk.asks.confirm(why, "Delete the model"):
            self._models.remove(card.id)


def _facts(card: ModelCard) -> str:
    languages = ", ".join(_LANGUAGES.get(one, one) for one in card.languages)
    here = card.state in ("installed", "damaged")
    facts = [
        card.publisher,
        card.licence,
        languages,
        f"{words.size(card.size_bytes)} on disk" if here else f"about {_estimate(card.size_bytes)} to download",
        f"about {_estimate(card.memory_bytes)} of memory",
    ]
    if card.terms and not here:
        facts.append("its publisher wants terms to be accepted: get it there, then import it from disk")
    return " · ".join(filter(None, facts))


def _estimate(count: int) -> str:
    """A size of which only the order is known, without digits that nobody could vouch for."""
    return f"{count / 10**9:.1f} GB" if count >= 10**9 else f"{count / 10**6:.0f} MB"


def _details(card: ModelCard) -> str:
    lines = [f"Engine {card.engine}, from {card.page or 'a file of yours'}"]
    if card.revision:
        lines.append(f"Revision {card.revision}")
    if card.folder:
        lines.append(f"In {card.folder}, since {card.when[:10]}" if card.when else f"In {card.folder}")
    for file in card.files:
        checked = _CHECKED[file.checked_by]
        lines.append(f"{file.name}, {words.size(file.size_bytes)}, SHA-256 {file.sha256[:_HASH_SHOWN]}…: {checked}")
    if not card.files:
        lines.append("Every file is held against the hash that its publisher states when it is downloaded.")
    return "\n".join(lines)
