"""The words of one line, written where they stand: as high as they need, and the keys of one long page."""

from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from studio.ui.speak.marks import Marks
from studio.ui.theme import Theme

_OWN_KEYS: Final = frozenset(
    (Qt.Key.Key_A, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_X, Qt.Key.Key_Left, Qt.Key.Key_Right)
)
_MARGIN_PX: Final = 2


class LineText(QTextEdit):
    """Plain text without a frame. Undo is the project's; Enter, Backspace and arrows lead to other lines."""

    edited = Signal(str)
    split = Signal(str, str)  # what stays, what begins the next line
    pasted = Signal(str, object, str)  # before, the lines that come in (tuple[str, ...]), behind
    joined = Signal()  # with the line before
    left = Signal(int)  # -1 to the line before, 1 to the next
    entered = Signal()
    done = Signal()

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setProperty("kind", "page")
        self.setStyleSheet("QTextEdit { border: none; background: transparent; padding: 0; }")
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(_MARGIN_PX)
        self.setFont(theme.font())
        self._marks = Marks(self.document(), theme)
        self._quiet = False
        self._written = ""
        self.textChanged.connect(self._changed)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self.setFont(theme.font())
        self._marks.set_theme(theme)

    def show_text(self, text: str) -> None:
        """Show what the project says; the cursor stays where it can."""
        if text == self.toPlainText():
            return
        at = min(self.textCursor().position(), len(text))
        self._quiet = True
        self.setPlainText(text)
        self._quiet = False
        self.place(at)

    def place(self, at: int) -> None:
        """Put the cursor behind so many letters; -1 is the end."""
        cursor = self.textCursor()
        cursor.setPosition(len(self.toPlainText()) if at < 0 else at)
        self.setTextCursor(cursor)

    def sizeHint(self) -> QSize:
        return QSize(200, self._needed_px())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Leave what is no writing to the window: undo, play, search."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
            if held and event.key() not in _OWN_KEYS:
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cursor, text = self.textCursor(), self.toPlainText()
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.split.emit(text[: cursor.selectionStart()], text[cursor.selectionEnd() :].lstrip())
        elif event.key() == Qt.Key.Key_Backspace and cursor.atStart() and not cursor.hasSelection():
            self.joined.emit()
        elif event.key() == Qt.Key.Key_Up and plain and not self._moves(QTextCursor.MoveOperation.Up):
            self.left.emit(-1)
        elif event.key() == Qt.Key.Key_Down and plain and not self._moves(QTextCursor.MoveOperation.Down):
            self.left.emit(1)
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste: each further paragraph becomes a line of its own."""
        paragraphs = [part.strip() for part in source.text().splitlines() if part.strip()]
        if len(paragraphs) < 2:
            self.insertPlainText(" ".join(paragraphs))
            return
        cursor, text = self.textCursor(), self.toPlainText()
        self.pasted.emit(text[: cursor.selectionStart()], tuple(paragraphs), text[cursor.selectionEnd() :])

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.done.emit()

    def _moves(self, where: QTextCursor.MoveOperation) -> bool:
        return QTextCursor(self.textCursor()).movePosition(where)

    def _changed(self) -> None:
        self._fit()
        text = self.toPlainText()
        is_new, self._written = text != self._written, text
        if is_new and not self._quiet:  # painting its marks changes a document, too
            self.edited.emit(text)

    def _needed_px(self) -> int:
        return max(self.fontMetrics().lineSpacing() + 2 * _MARGIN_PX, round(self.document().size().height()))

    def _fit(self) -> None:
        needed = self._needed_px()
        if self.height() != needed:
            self.setFixedHeight(needed)
