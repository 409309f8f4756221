"""The small parts that every panel is made of: buttons with an icon, labels in a tone, lines, captions."""

from typing import Literal

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from studio.ui.icons import BOX_PX, icon
from studio.ui.theme import CONTROL_PX, Role, Size, Theme

Kind = Literal["normal", "primary", "quiet", "link", "danger", "row", "tab", "badge"]
Tone = Literal["text", "secondary", "disabled", "accent", "pitch", "engine", "good", "warning", "error"]


def tip(name: str, keys: str = "", more: str = "") -> str:
    """The tooltip of a control: its name, its keys, and a sentence where one helps."""
    first = f"{name}  ({keys})" if keys else name
    return f"{first}\n{more}" if more else first


class IconButton(QToolButton):
    """A square button with one of our icons. Space presses it only once the keyboard has been led to it."""

    def __init__(
        self,
        name: str,
        picture: str,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        keys: str = "",
        role: Role = "secondary",
        on: Role | None = None,
        size: int = CONTROL_PX,
        checkable: bool = False,
    ) -> None:
        super().__init__(parent)
        self._picture, self._role, self._on = picture, role, on
        self.setCheckable(checkable)
        self.setIconSize(QSize(BOX_PX, BOX_PX))
        self.setFixedSize(size, size)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        if size != CONTROL_PX:
            self.setStyleSheet(f"QToolButton {{ min-height: {size - 2}px; max-height: {size - 2}px; }}")
        self.name(name, keys)
        self.set_theme(theme)

    def name(self, name: str, keys: str = "", more: str = "") -> None:
        """Say what the button does now: to the ear, and in the tooltip."""
        self.setAccessibleName(name)
        self.setToolTip(tip(name, keys, more))

    def show_picture(self, picture: str, theme: Theme, role: Role | None = None) -> None:
        """Another icon, because the button means something else now."""
        if (picture, role or self._role) != (self._picture, self._role):
            self._picture, self._role = picture, role or self._role
            self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in another theme's colours."""
        self.setIcon(icon(self._picture, theme, self._role, on=self._on))

    def event(self, event: QEvent) -> bool:
        """Keep Space and Enter for the button while it has the keyboard, before a shortcut takes them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _presses(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Button(QPushButton):
    """A button that says a verb and a thing. Enter presses it as Space does."""

    def __init__(self, text: str, parent: QWidget | None = None, *, kind: Kind = "normal", keys: str = "") -> None:
        super().__init__(text, parent)
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor if kind == "link" else Qt.CursorShape.ArrowCursor)
        if keys:
            self.setToolTip(tip(text, keys))

    def event(self, event: QEvent) -> bool:
        """Keep Space and Enter for the button while it has the keyboard, before a shortcut takes them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _presses(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Text(QLabel):
    """Words in one of the four sizes and a tone; wrapped where asked for."""

    def __init__(
        self,
        text: str = "",
        theme: Theme | None = None,
        parent: QWidget | None = None,
        *,
        size: Size = "body",
        tone: Tone = "text",
        wrap: bool = False,
        figures: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self.setProperty("tone", tone)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if theme is not None:
            self.setFont(theme.font(size, figures=figures))

    def set_tone(self, tone: Tone) -> None:
        """The same words in another colour."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)


class Elided(Text):
    """One line that loses its middle where there is no room; the whole of it is in the tooltip then."""

    def __init__(
        self,
        text: str = "",
        theme: Theme | None = None,
        parent: QWidget | None = None,
        *,
        size: Size = "body",
        tone: Tone = "text",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__("", theme, parent, size=size, tone=tone)
        self._whole = ""
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another line; line breaks become spaces."""
        text = " ".join(text.split("\n"))
        if text != self._whole:
            self._whole = text
            self.setAccessibleName(text)
            self.updateGeometry()
            self._note_whether_whole()
            self.update()

    def text(self) -> str:
        """The whole line."""
        return self._whole

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, max(16, self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(32, self.sizeHint().width()), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._note_whether_whole()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        line = self.fontMetrics().elidedText(self._whole, self._mode, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), line)

    def _note_whether_whole(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self._whole) > self.width()
        self.setToolTip(self._whole if cut else "")


class FixedRows(QStyledItemDelegate):
    """Rows of one height in a list, whatever the style sheet and the font had said before it was polished."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), CONTROL_PX)


def caption(text: str, theme: Theme) -> Text:
    """The small title of a group of controls."""
    return Text(text, theme, size="label", tone="secondary")


def line(parent: QWidget | None = None) -> QFrame:
    """A line between groups."""
    made = QFrame(parent)
    made.setProperty("line", True)
    made.setFixedHeight(1)
    return made


def scrolled(inner: QWidget, parent: QWidget | None = None, *, name: str = "") -> QScrollArea:
    """Let something scroll up and down without a frame; with a name the arrow keys scroll it, for what only reads."""
    made = QScrollArea(parent)
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setAccessibleName(name)
    if not name:
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidget(inner)
    return made


def surface(widget: QWidget, of: str, edge: str = "") -> None:
    """Give a plain widget the colour of a surface and a line on one side."""
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    widget.setProperty("surface", of)
    if edge:
        widget.setProperty("edge", edge)


def keeps_escape(event: QEvent) -> bool:
    """Whether this asks who wants Escape; then it is accepted, before "Select nothing" takes it."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.key() != Qt.Key.Key_Escape:
        return False
    event.accept()
    return True


def restyle(widget: QWidget) -> None:
    """Let a changed property reach the style sheet."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def elide(text: str, metrics: QFontMetrics, width: int) -> str:
    """A line without its middle where it is wider than `width` pixels."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width)


def _presses(event: QKeyEvent) -> bool:
    keys = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return event.key() in keys and event.modifiers() == Qt.KeyboardModifier.NoModifier
