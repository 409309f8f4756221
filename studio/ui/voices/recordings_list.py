"""The recordings that a voice is to be learnt from, below each other with lines between them."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.ui.controls import line
from studio.ui.theme import Theme, wear
from studio.ui.voices.recording_row import RecordingRow


class _Before(NamedTuple):
    """What a recording was made of, with its words and what had been done to it."""

    path: Path
    text: str
    state: str


class RecordingsList(QScrollArea):
    """Shows the last one that came."""

    dropped = Signal(object)  # Path: the person wants it off the list
    put_back = Signal()  # a recording is as it was again

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: dict[Path, RecordingRow] = {}
        self._lines: dict[Path, QWidget] = {}
        self._before: dict[Path, _Before] = {}
        self._inside = QWidget(self)
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._inside)

    def set_theme(self, theme: Theme) -> None:
        """Remember it for what comes later."""
        self._theme = theme

    def add(self, path: Path, name: str = "") -> RecordingRow:
        """Put a recording at the end, unless it is there; `name` says what to call it."""
        if path in self.rows:
            return self.rows[path]
        row = self._put(path, name, self._column.count() - 1)
        bar = self.verticalScrollBar()
        QTimer.singleShot(0, bar, lambda: bar.setValue(bar.maximum()))
        return row

    def original(self, path: Path) -> Path:
        """The recording that came onto the list, of which this one was made."""
        while path in self._before:
            path = self._before[path].path
        return path

    def replace(self, path: Path, made: Path, state: str, *, keep_words: bool) -> None:
        """Have what was made of a recording in its place; `state` says how."""
        before = self.rows[path]
        row = self._in_place_of(path, made)
        self._before[made] = _Before(path, before.words.text(), before.state.text())
        row.words.setText(before.words.text() if keep_words else "")
        row.words.setCursorPosition(0)
        row.show_state(f"{before.state.text()}, {state[0].lower()}{state[1:]}" if before.state.text() else state)

    def _undo(self, made: Path) -> None:
        before = self._before.pop(made)
        row = self._in_place_of(made, before.path)
        row.words.setText(before.text)
        row.words.setCursorPosition(0)
        row.show_state(before.state)
        self.put_back.emit()

    def _in_place_of(self, path: Path, other: Path) -> RecordingRow:
        at, name = self._column.indexOf(self.rows[path]), self.rows[path].name
        self.take_off(path)
        return self._put(other, name, at)

    def _put(self, path: Path, name: str, at: int) -> RecordingRow:
        row = RecordingRow(path, self._theme, self._inside, name=name)
        row.dropped.connect(self.dropped)
        row.undone.connect(self._undo)
        edge = line(self._inside)
        self._column.insertWidget(at, row)
        self._column.insertWidget(at + 1, edge)
        self.rows[path], self._lines[path] = row, edge
        wear(self._theme, row)
        return row

    def take_off(self, path: Path) -> None:
        """Take one off; its file stays."""
        for widget in (self.rows.pop(path), self._lines.pop(path)):
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
