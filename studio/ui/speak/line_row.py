"""One line of the script on the page: who speaks, the words, what came of them, and its takes."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.model.spoken import Line, Speaker, Take
from studio.session.speaking import LineState
from studio.ui import words
from studio.ui.controls import Elided, IconButton, Text, Tone
from studio.ui.speak.line_text import LineText
from studio.ui.speak.take_row import TakeRow
from studio.ui.theme import Theme, wear

_SPEAKER_PX: Final = 104
_STATE_PX: Final = 96
_SAYS: Final[dict[LineState, tuple[str, Tone]]] = {
    "empty": ("", "secondary"),
    "unspoken": ("Not spoken yet", "secondary"),
    "waiting": ("Waiting", "secondary"),
    "speaking": ("Speaking", "accent"),
    "spoken": ("", "secondary"),
    "changed": ("Changed since", "warning"),
    "failed": ("Not spoken", "error"),
}


class LineRow(QWidget):
    """Shows a line and lets it be written; what a person does here is told to the page, which makes the edits."""

    play = Signal()
    heard = Signal(str)
    loved = Signal(str)
    dropped = Signal(str)
    again = Signal(str)
    chosen = Signal()

    def __init__(self, line: Line, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line, self._theme = line, theme
        self._current = False
        self._colour = 0
        self.takes: list[TakeRow] = []
        self.who = Elided("", theme, size="label", tone="secondary", mode=Qt.TextElideMode.ElideRight)
        self.who.setFixedWidth(_SPEAKER_PX)
        self.text = LineText("Line", theme, self)
        self.text.setPlaceholderText("Write what is to be said")
        self.hear = IconButton("Play line", "play", theme, self)
        self.hear.clicked.connect(self.play)
        self.state = Text("", theme, size="label", tone="secondary", figures=True)
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.state.setFixedWidth(_STATE_PX)
        self.state.setMinimumHeight(28)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.who.setMinimumHeight(28)
        head.addWidget(self.who, 0, Qt.AlignmentFlag.AlignTop)
        words_box = QVBoxLayout()
        words_box.setContentsMargins(0, 4, 0, 4)
        words_box.addWidget(self.text)
        head.addLayout(words_box, 1)
        head.addWidget(self.state, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.hear, 0, Qt.AlignmentFlag.AlignTop)
        self._takes = QVBoxLayout()
        self._takes.setContentsMargins(_SPEAKER_PX + 8, 0, 0, 4)
        self._takes.setSpacing(0)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 4, 12, 4)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addLayout(self._takes)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.text.entered.connect(self.chosen)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.text.set_theme(theme)
        self.update()

    def show_line(self, line: Line, speaker: Speaker, colour: int, number: int) -> None:
        """Show what the project says of the line."""
        self.line, self._colour = line, colour
        self.setAccessibleName(f"Line {number}")
        self.text.setAccessibleName(f"Line {number}, {speaker.name}")
        self.who.setText(speaker.name)
        self.text.show_text(line.text)
        self.hear.name(f"Play line {number}")
        self.update()

    def show_state(self, state: LineState, fraction: float, length_s: float, heard: bool) -> None:
        """Show what came of the line: its length once it is spoken, how far it is while it is not."""
        text, tone = _SAYS[state]
        if state == "speaking":
            text = f"Speaking, {words.percent(fraction)}"
        take = self.line.take
        if state == "spoken" and take is not None:
            text, tone = words.length(length_s), "error" if take.doubtful else "secondary"
            if take.doubtful:
                text = f"✕ {len(take.doubtful)}  ·  {text}"
        self.state.setText(text)
        self.state.set_tone(tone)
        self.hear.setEnabled(take is not None)
        self.hear.show_picture("stop" if heard else "play", self._theme)

    def show_takes(self, lengths_s: Mapping[str, float], heard: str, *, current: bool) -> None:
        """Unfold the takes while the line is the current one."""
        if current != self._current:
            self._current = current
            self.update()
        wanted = self.line.takes if current else ()
        if [row.take for row in self.takes] != list(wanted[::-1]):
            self._build(wanted, lengths_s)
        counts = self.line.take
        for row in self.takes:
            row.show_state(
                counts=counts is not None and counts.id == row.take.id, heard=heard == row.take.id, theme=self._theme
            )

    def _build(self, takes: tuple[Take, ...], lengths_s: Mapping[str, float]) -> None:
        for old in self.takes:
            self._takes.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.takes = []
        for number, take in reversed(list(enumerate(takes, start=1))):
            row = TakeRow(take, number, lengths_s.get(take.media, 0.0), self._theme, self)
            row.heard.connect(self.heard)
            row.loved.connect(self.loved)
            row.dropped.connect(self.dropped)
            row.again.connect(self.again)
            self._takes.addWidget(row)
            row.show()
            wear(self._theme, row)
            self.takes.append(row)
        self._takes.invalidate()
        self.updateGeometry()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.text.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The speaker's colour at the edge, and the current line a shade lighter."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._current:
            painter.setBrush(self._theme.hover)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 1, -4, -1), 6, 6)
        painter.setBrush(self._theme.track(self._colour))
        painter.drawRoundedRect(QRectF(12, 10, 4, self.height() - 20), 2, 2)
