"""What an export of notes wrote: the files, and how many notes are in them."""

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.protocol.measures import VoiceMeasured
from studio.session.desk import Desk
from studio.ui.controls import Button, Elided, Text, surface
from studio.ui.icons import picture
from studio.ui.theme import Theme


class Written(QWidget):
    """A card that is hidden until there is something to show."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        surface(self, "raised")
        self.setAccessibleName("Result of the export")
        self._desk, self._theme = desk, theme
        self._first = Path()
        self._empty = False
        self._sign = QLabel(self)
        self._sign.setFixedSize(20, 20)
        self._title = Elided("", theme)
        self._facts = Text("", theme, tone="secondary", wrap=True)
        self.reveal = Button("Show in folder", self)
        self.reveal.clicked.connect(lambda: desk.asks.reveal(self._first))
        head = QHBoxLayout()
        head.setSpacing(12)
        for widget, stretch in ((self._sign, 0), (self._title, 1), (self.reveal, 0)):
            head.addWidget(widget, stretch)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 8, 12)
        rows.setSpacing(4)
        rows.addLayout(head)
        under = QHBoxLayout()
        under.setContentsMargins(32, 0, 4, 0)
        under.addWidget(self._facts)
        rows.addLayout(under)
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self._paint()

    def show_files(self, result: VoiceMeasured) -> None:
        """Say what was written; a file without a note says so."""
        names = [Path(file) for file in result.files]
        self._first = names[0]
        self._empty = not result.notes
        self._title.setText(names[0].name)
        beside = f" Beside it, {names[1].name} says what each column means." if len(names) > 1 else ""
        count = "1 note" if result.notes == 1 else f"{result.notes} notes"
        found = f"{count} found." if result.notes else "No notes were found: nothing in the clip holds a pitch."
        self._facts.setText(f"{found}{beside}")
        self._paint()
        self.show()

    def _paint(self) -> None:
        if self._empty:
            self._sign.setPixmap(picture("warning", self._theme, "warning"))
        else:
            self._sign.setPixmap(picture("check", self._theme, "good"))
