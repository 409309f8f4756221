"""The notes, newest last: those of the take that is shown, or those that were just sung."""

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.model.intonation import cents_from
from studio.session.desk import Desk
from studio.ui.sections import Section
from studio.ui.sing.heard_notes import Heard
from studio.ui.sing.notes_table import Line, NotesTable
from studio.ui.theme import Theme

_MOST_HEARD = 100


class NotesSection(Section):
    """A table that takes the room that is left."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Notes", desk, theme, parent)
        self.table = NotesTable(theme, self)
        self.add_wide(self.table)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def show_heard(self, notes: Sequence[Heard]) -> None:
        """Show what was sung just now."""
        self.set_title("Sung just now")
        scale = self.desk.singing.intonation
        self._show(
            [
                Line(note.hz, note.length_s, note.vibrato_hz, note.vibrato_cents, cents_from(scale, note.hz))
                for note in notes[-_MOST_HEARD:]
            ]
        )
        self.table.scrollToBottom()

    def show_take(self, lines: Sequence[Line], in_hand: int) -> None:
        """Show the notes of a take."""
        self.set_title("Notes of the take")
        self._show(lines)
        self.table.mark(in_hand)

    def _show(self, lines: Sequence[Line]) -> None:
        pitch = self.desk.settings.value.pitch
        self.table.lines.show_lines(lines, self.desk.singing.a4_hz, pitch.transposed, flats=pitch.flats)
