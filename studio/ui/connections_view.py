"""The part of the preferences that says which connections there are."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.session.connections import connections
from studio.ui.controls import Button, Text
from studio.ui.theme import Theme


class ConnectionsView(QWidget):
    """Looks when it is shown, and again when asked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = Text("", theme, wrap=True)
        self._about = Text("", theme, tone="secondary", wrap=True)
        again = Button("Look again", self)
        again.clicked.connect(self.look)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(Text("Connections", theme))
        rows.addWidget(self.words)
        rows.addWidget(self._about)
        rows.addSpacing(4)
        rows.addWidget(again)
        again.setMaximumWidth(again.sizeHint().width())

    def look(self) -> None:
        """Ask the system which connections the studio and its workers have."""
        seen = connections()
        self.words.setText(seen.sentence)
        counted = "1 process" if seen.processes == 1 else f"{seen.processes} processes"
        self._about.setText(f"As the system says just now of the studio and its workers, {counted}.")

    def showEvent(self, event: QShowEvent) -> None:
        self.look()
        super().showEvent(event)
