"""One file of a batch: its name, how far it is, what came of it, and what can be done about it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.session.batch import Batch
from studio.session.batch_rows import BatchRow
from studio.session.desk import Desk
from studio.ui import words
from studio.ui.controls import Elided, IconButton, Text
from studio.ui.theme import Theme


class FileRow(QWidget):
    """Shows a row of a batch; rebuilt never, refreshed with every change."""

    def __init__(self, desk: Desk, batch: Batch, row: BatchRow, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = row
        name = row.path.name
        self._name = Elided(name, theme)
        self._name.setToolTip(str(row.path))
        self._note = Elided("", theme, tone="secondary", mode=Qt.TextElideMode.ElideRight)
        self._note.setFont(theme.font("label", figures=True))
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(f"Progress of {name}")
        self._why = Text("", theme, size="label", tone="error", wrap=True)
        self._show = IconButton(f"Show in folder: {name}", "folder", theme, self)
        self._show.clicked.connect(lambda: desk.asks.reveal(self._row.made[0]))
        self._again = IconButton(f"Try again: {name}", "retry", theme, self)
        self._again.clicked.connect(lambda: batch.retry(self._row.id))
        self._end = IconButton(f"Take off the list: {name}", "close", theme, self)
        self._end.clicked.connect(lambda: self._off(batch))
        texts = QVBoxLayout()
        texts.setSpacing(4)
        for widget in (self._name, self._note, self._bar, self._why):
            texts.addWidget(widget)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 4, 8)
        line.setSpacing(4)
        line.addLayout(texts, 1)
        for button in (self._show, self._again, self._end):
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.refresh(row)

    def refresh(self, row: BatchRow) -> None:
        """Show this state."""
        self._row = row
        self._bar.setVisible(row.state == "running")
        self._bar.setValue(round(row.fraction * 1000))
        self._show.setVisible(bool(row.made))
        self._again.setVisible(row.state in ("failed", "stopped"))
        self._end.name(f"{'Stop' if row.state == 'running' else 'Take off the list'}: {row.path.name}")
        self._note.setText(_note(row))
        self._note.set_tone("warning" if row.note else "good" if row.state == "done" else "secondary")
        self._why.setText(row.why.sentence if row.why is not None else "")
        self._why.setVisible(row.why is not None)

    def _off(self, batch: Batch) -> None:
        if self._row.state == "running":
            batch.stop_row(self._row.id)
        else:
            batch.remove(self._row.id)


def _note(row: BatchRow) -> str:
    match row.state:
        case "waiting":
            return "Waiting"
        case "running":
            return f"{row.stage or 'Starting'}, {words.percent(row.fraction)}"
        case "done":
            count = len(row.made)
            made = f"Done, {count} file{'' if count == 1 else 's'} in {row.made[0].parent.name}" if count else "Done"
            return f"{made}. {row.note}" if row.note else made
        case "failed":
            return "Failed"
        case "stopped":
            return f"Stopped at {words.percent(row.fraction)}; what is finished is kept"
