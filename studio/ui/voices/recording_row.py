"""A recording that a voice is to be learnt from: its name, its length, and what is said in it."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.ui import words
from studio.ui.controls import Button, Elided, IconButton, Text
from studio.ui.theme import Theme


class RecordingRow(QWidget):
    """The words can be typed, or come from a recogniser and be corrected."""

    dropped = Signal(object)  # Path
    undone = Signal(object)  # Path: the recording is to be as it was before it was treated

    def __init__(self, path: Path, theme: Theme, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self.path = path
        self.heard = ""
        self.name = name = name or path.name
        self._name = Elided(name, theme)
        self._length = Text("", theme, tone="secondary", figures=True)
        self.state = Text("", theme, size="label", tone="engine")
        self.state.hide()
        self.undo = Button("Undo", self, kind="link")
        self.undo.setAccessibleName(f"Use {name} as it was")
        self.undo.setToolTip("Use the recording as it was")
        self.undo.clicked.connect(lambda: self.undone.emit(path))
        self.undo.hide()
        self._damage = Text("", theme, size="label", tone="warning", wrap=True)
        self._damage.hide()
        self.words = QLineEdit(self)
        self.words.setPlaceholderText("What is said in it, word for word")
        self.words.setAccessibleName(f"What is said in {name}")
        self.words.setToolTip(f"What is said in {name}")
        remove = IconButton(f"Take {name} off the list", "close", theme, self)
        remove.clicked.connect(lambda: self.dropped.emit(path))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name, 1)
        head.addWidget(self.state)
        head.addWidget(self.undo)
        head.addWidget(self._length)
        head.addWidget(remove)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 4, 4, 8)
        rows.setSpacing(4)
        rows.addLayout(head)
        field = QHBoxLayout()
        field.setContentsMargins(0, 0, 8, 0)
        field.addWidget(self.words)
        rows.addLayout(field)
        rows.addWidget(self._damage)

    @property
    def text(self) -> str:
        """What a person says is said, "" where nobody has looked at what a recogniser heard."""
        return self.words.text().strip()

    def show_length(self, length_s: float, damage: str) -> None:
        """Say how long it is, and what its file lacks."""
        self._length.setText(words.length(length_s))
        self._damage.setText(damage)
        self._damage.setVisible(bool(damage))

    def show_state(self, state: str) -> None:
        """Say what was done to it, which can be undone."""
        self.state.setText(state)
        self.state.setVisible(bool(state))
        self.undo.setVisible(bool(state))

    def offer_words(self, heard: str) -> None:
        """Write down what was heard, unless somebody has written already."""
        if not self.text:
            self.heard = heard
            self.words.setText(heard)
            self.words.setCursorPosition(0)
