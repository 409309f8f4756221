"""How tags and stressed words look in a line while it is written."""

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from studio.model.script import marks
from studio.ui.theme import Theme


class Marks(QSyntaxHighlighter):
    """Paints what is not read as it stands there: tags grey, stressed words bold between grey asterisks."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._tag, self._stress = QTextCharFormat(), QTextCharFormat()
        self._stress.setFontWeight(QFont.Weight.Bold)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._tag.setForeground(theme.secondary)
        self._stress.setForeground(theme.accent_text)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        for mark in marks(text):
            self.setFormat(mark.start, mark.stop - mark.start, self._tag)
            if mark.kind == "stress":
                self.setFormat(mark.start + 1, mark.stop - mark.start - 2, self._stress)
