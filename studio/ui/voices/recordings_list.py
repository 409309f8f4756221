"""The recordings that a voice is to be learnt from, below each other with lines between them."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.ui.controls import line
from studio.ui.theme import Theme, wear
from studio.ui.voices.recording_row import RecordingRow


class RecordingsList(QScrollArea):
    """Shows the last one that came."""

    dropped = Signal(object)  # Path: the person wants it off the list

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: dict[Path, RecordingRow] = {}
        self._lines: dict[Path, QWidget] = {}
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
        row = RecordingRow(path, self._theme, self._inside, name=name)
        row.dropped.connect(self.dropped)
        edge = line(self._inside)
        self._column.insertWidget(self._column.count() - 1, row)
        self._column.insertWidget(self._column.count() - 1, edge)
        self.rows[path], self._lines[path] = row, edge
        wear(self._theme, row)
        bar = self.verticalScrollBar()
        QTimer.singleShot(0, bar, lambda: bar.setValue(bar.maximum()))
        return row

    def take_off(self, path: Path) -> None:
        """Take one off; its file stays."""
        for widget in (self.rows.pop(path), self._lines.pop(path)):
            self._column.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
