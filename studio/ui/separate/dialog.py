"""What the windows beside the window have in common: their keys, their edges, and the clips that they are about."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from studio.commands.reasons import chosen_clips
from studio.model.project import ClipId
from studio.model.time import format_clock
from studio.session import stems
from studio.session.desk import Desk
from studio.session.listening import Listening
from studio.session.stems import Piece
from studio.ui.controls import Button, Elided, Text
from studio.ui.separate.engine_choice import EngineChoice
from studio.ui.separate.fitting import fit
from studio.ui.theme import Theme


class BesideWindow(QDialog):
    """Stays open beside the window. Escape closes it; Enter is left to the button that has the focus."""

    def __init__(self, title: str, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.desk, self.theme = desk, theme
        self.setWindowTitle(title)
        self.close_button = Button("Close", self)
        self.close_button.clicked.connect(self.close)

    def set_theme(self, theme: Theme) -> None:
        """Remember it for what comes later."""
        self.theme = theme

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def rows(self) -> QVBoxLayout:
        """The column that everything stands in."""
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(12)
        return rows

    def row(self, *widgets: QWidget, stretch: QWidget | None = None, spacing: int = 8) -> QHBoxLayout:
        """Widgets beside each other; `stretch` takes the room that is left."""
        row = QHBoxLayout()
        row.setSpacing(spacing)
        for widget in widgets:
            row.addWidget(widget, 1 if widget is stretch else 0)
        return row


class ClipsWindow(BesideWindow):
    """About the selected clips: says which and how long, offers engines, and is as high as its words need."""

    def __init__(
        self, title: str, desk: Desk, theme: Theme, parent: QWidget, *, width_px: int, several: bool = False
    ) -> None:
        super().__init__(title, desk, theme, parent)
        self.setMinimumWidth(width_px)
        self._clips: tuple[ClipId, ...] = ()
        self._what = Elided("", theme)
        self._length = Text("", theme, tone="secondary", figures=True)
        self.head = self.row(self._what, self._length, stretch=self._what, spacing=12)
        self.engines = EngineChoice(theme, self, several=several)
        self.engines.folded.connect(lambda: fit(self))
        self.listening = Listening(desk.transport, desk.document, self)
        desk.document.folder_changed.connect(self.close)

    @property
    def span(self) -> tuple[int, int] | None:
        """The stretch of the clips that is meant; None for all of them."""
        return None

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What of the clips is meant and still there."""
        project = self.desk.document.project
        there = {clip.id for clip in project.clips}
        return stems.pieces(project, [clip for clip in self._clips if clip in there], self.span)

    @property
    def seconds(self) -> float:
        """How long all of it is."""
        return sum(piece.clip.length for piece in self.pieces) / self.desk.document.project.rate_hz

    def take_selected(self) -> None:
        """Be about the clips that are selected now."""
        self._clips = tuple(clip.id for clip in chosen_clips(self.desk))

    def show_head(self, pieces: tuple[Piece, ...], length: int) -> None:
        """Say what it is about, and for how many samples."""
        name = pieces[0].name if pieces else "No clip is selected"
        self._what.setText(name if len(pieces) < 2 else f"{name} and {len(pieces) - 1} more")
        self._length.setText(format_clock(length, self.desk.document.project.rate_hz) if pieces else "")

    def let_go(self) -> None:
        """The window is closed: be silent, and forget what was only needed here."""
        self.listening.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        fit(self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.let_go()
