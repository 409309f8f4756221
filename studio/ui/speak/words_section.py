"""How words are to be said: a line each, the word and how to read it, for every engine and every speaker."""

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from studio.model.edits import SetDictionary
from studio.session.desk import Desk
from studio.ui.controls import Text
from studio.ui.sections import Section
from studio.ui.theme import Theme

_HEIGHT_PX = 96


class _Entries(QPlainTextEdit):
    def __init__(self, section: "WordsSection") -> None:
        super().__init__(section)
        self._section = section
        self.setUndoRedoEnabled(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._section.take()


class WordsSection(Section):
    """The pronunciation dictionary of the project."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Pronunciation", desk, theme, parent)
        self.entries = _Entries(self)
        self.entries.setAccessibleName("Pronunciation, a word a line")
        self.entries.setPlaceholderText("Nguyen = win\nGIF = jif")
        self.entries.setFixedHeight(_HEIGHT_PX)
        self.entries.setTabChangesFocus(True)
        self.add_wide(self.entries)
        hint = "In the text: *now* is stressed, [pause:0.5s] waits, [Nguyen](win) is said otherwise once."
        self.add_wide(Text(hint, theme, size="label", tone="secondary", wrap=True))
        desk.document.changed.connect(lambda _project: self.show_now())
        self.show_now()

    def show_now(self) -> None:
        """Show what the project says, unless somebody is writing here."""
        if not self.entries.hasFocus():
            text = "\n".join(f"{word} = {how}" for word, how in self.desk.document.project.script.dictionary.items())
            if text != self.entries.toPlainText():
                self.entries.setPlainText(text)

    def take(self) -> None:
        """Keep what was written; a line without = is left out."""
        pairs = (line.partition("=") for line in self.entries.toPlainText().splitlines())
        words = {word.strip(): how.strip() for word, equals, how in pairs if equals and word.strip() and how.strip()}
        if words != self.desk.document.project.script.dictionary:
            self.desk.document.end_gesture()
            self.do(SetDictionary(words=words))
        self.show_now()
