"""The command palette: type a few letters of what you want to do, Enter does it."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsDropShadowEffect,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.commands.base import Command
from studio.ui.actions import Actions
from studio.ui.controls import line, surface
from studio.ui.fuzzy import score
from studio.ui.icons import picture
from studio.ui.svg import exists
from studio.ui.theme import Role, Theme

_WIDTH_PX: Final = 600
_ROW_PX: Final = 36
_MOST_ROWS: Final = 10
_RECENT_BONUS: Final = 8.0
_KEPT_RECENT: Final = 12
_Index = QModelIndex | QPersistentModelIndex


class _Rows(QAbstractListModel):
    """The commands that answer what was typed; those that cannot run come last, with the reason."""

    def __init__(self, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self.actions = actions
        self.recent: tuple[str, ...] = ()
        self.rows: list[tuple[Command, str]] = []

    def search(self, query: str) -> None:
        """Look for commands again."""
        self.beginResetModel()
        found = []
        for order, command in enumerate(self.actions.commands):
            title = score(query, command.title)
            with_group = score(query, f"{command.group} {command.title}")
            best = max(
                (value for value in (title, None if with_group is None else with_group - 4) if value is not None),
                default=None,
            )
            if best is None or command.id == "view.palette":
                continue
            reason = self.actions.why_not(command.id)
            if command.id in self.recent:
                best += _RECENT_BONUS * (1 - self.recent.index(command.id) / _KEPT_RECENT)
            found.append(((bool(reason), -best, order), command, reason))
        found.sort(key=lambda row: row[0])
        self.rows = [(command, reason) for _, command, reason in found]
        self.endResetModel()

    def rowCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        command, reason = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return command.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            keys = self.actions.keys(command.id)
            return ", ".join(part for part in (command.title, command.group, keys, reason) if part)
        return None

    def is_recent(self, row: int) -> bool:
        """Whether the command of a row was used lately."""
        return self.rows[row][0].id in self.recent


class _Painter(QStyledItemDelegate):
    """A row: icon, title, group or reason, and the keys as caps at the right."""

    def __init__(self, theme: Theme, rows: _Rows) -> None:
        super().__init__(rows)
        self.theme, self._rows = theme, rows

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(_WIDTH_PX, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        command, reason = self._rows.rows[index.row()]
        theme = self.theme
        box: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.hover)
            painter.drawRoundedRect(box.adjusted(4, 1, -4, -1), 6, 6)
            painter.setBrush(theme.accent)
            painter.drawRoundedRect(QRect(box.left() + 4, box.top() + 10, 3, box.height() - 20), 1.5, 1.5)
        role: Role = "disabled" if reason else "accent" if chosen else "secondary"
        if exists(command.icon):
            painter.drawPixmap(QPoint(box.left() + 16, box.center().y() - 9), picture(command.icon, theme, role))
        right = self._paint_keys(painter, box, self._rows.actions.keys(command.id), dim=bool(reason))
        painter.setFont(theme.font())
        painter.setPen(theme.disabled if reason else theme.text)
        left = box.left() + 48
        metrics = QFontMetrics(theme.font())
        title = metrics.elidedText(command.title, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRect(left, box.top(), right - left, box.height()), int(Qt.AlignmentFlag.AlignVCenter), title)
        left += metrics.horizontalAdvance(title) + 12
        painter.setFont(theme.font("label"))
        painter.setPen(theme.secondary)
        note = reason or (f"{command.group}  ·  recent" if self._rows.is_recent(index.row()) else command.group)
        if right - left > 24:
            note = QFontMetrics(theme.font("label")).elidedText(note, Qt.TextElideMode.ElideRight, right - left)
            painter.drawText(
                QRect(left, box.top() + 1, right - left, box.height()), int(Qt.AlignmentFlag.AlignVCenter), note
            )
        painter.restore()

    def _paint_keys(self, painter: QPainter, box: QRect, keys: str, *, dim: bool) -> int:
        """Draw the caps from the right; return where they begin."""
        right = box.right() - 14
        painter.setFont(self.theme.font("label"))
        metrics = QFontMetrics(self.theme.font("label"))
        for cap in reversed(caps(keys)):
            width = max(22, metrics.horizontalAdvance(cap) + 12)
            cap_box = QRect(right - width, box.center().y() - 10, width, 21)
            painter.setPen(QPen(self.theme.strong_line, 1))
            painter.setBrush(self.theme.panel)
            painter.drawRoundedRect(cap_box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.setPen(self.theme.disabled if dim else self.theme.secondary)
            painter.drawText(cap_box, int(Qt.AlignmentFlag.AlignCenter), cap)
            right -= width + 4
        return right - 8


class _Field(QLineEdit):
    """The search field; arrows move the choice below it, so that the keyboard never has to leave."""

    def __init__(self, palette: "CommandPalette") -> None:
        super().__init__(palette)
        self._palette = palette
        self.setProperty("kind", "title")
        self.setPlaceholderText("Find any action")
        self.setAccessibleName("Find any action")
        self.setFixedHeight(32)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # while it is open, every key is meant for it
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._palette.handle(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._palette.leave(give_back=False)


class CommandPalette(QFrame):
    """Opens over the middle of the window, goes with Escape, with Enter, or when the keyboard goes elsewhere."""

    def __init__(self, actions: Actions, theme: Theme, window: QWidget, recent: Sequence[str] = ()) -> None:
        super().__init__(window)
        surface(self, "popover")
        self.setAccessibleName("Find any action")
        self._actions, self._window, self._theme = actions, window, theme
        self._before: QWidget | None = None
        self._rows = _Rows(actions, self)
        self._rows.recent = tuple(recent)
        self._paint = _Painter(theme, self._rows)
        self._field = _Field(self)
        self._field.textChanged.connect(self._search)
        self._list = QListView(self)
        self._list.setModel(self._rows)
        self._list.setItemDelegate(self._paint)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setUniformItemSizes(True)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerItem)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setAccessibleName("Actions")
        self._list.clicked.connect(lambda _index: self._run())
        self._list.entered.connect(self._list.setCurrentIndex)
        self._none = _Nothing(theme, self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(1, 1, 1, 5)
        rows.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(48, 8, 16, 8)
        head.addWidget(self._field)
        rows.addLayout(head)
        rows.addWidget(line(self))
        rows.addSpacing(4)
        rows.addWidget(self._none)
        rows.addWidget(self._list, 1)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(40)
        shadow.setOffset(0, 12)
        shadow.setColor(QColor(0, 0, 0, 150))
        self.setGraphicsEffect(shadow)
        self.hide()

    @property
    def recent(self) -> tuple[str, ...]:
        """The ids of commands used lately, newest first."""
        return self._rows.recent

    @property
    def titles(self) -> tuple[str, ...]:
        """What is listed now, best first."""
        return tuple(command.title for command, _ in self._rows.rows)

    def note(self, id: str) -> None:
        """Remember that a command was used."""
        self._rows.recent = (id, *(other for other in self._rows.recent if other != id))[:_KEPT_RECENT]

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = self._paint.theme = theme

    def open(self) -> None:
        """Show it, with the text of last time gone."""
        self._before = QApplication.focusWidget()
        self._field.clear()
        self._search("")
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave(self, *, give_back: bool = True) -> None:
        """Hide it; the keyboard goes back to where it was."""
        if self.isVisible():
            self.hide()
            if give_back and self._before is not None:
                self._before.setFocus(Qt.FocusReason.PopupFocusReason)
            self._before = None

    def place(self) -> None:
        """Stand in the upper middle of the window."""
        width = min(_WIDTH_PX, self._window.width() - 32)
        count = max(1, min(_MOST_ROWS, len(self._rows.rows)))
        self.setGeometry((self._window.width() - width) // 2, 52, width, 58 + 4 + count * _ROW_PX + 10)

    def handle(self, event: QKeyEvent) -> bool:
        """Take the keys that move, run and close; return whether this was one."""
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _MOST_ROWS - 1,
            Qt.Key.Key_PageUp: 1 - _MOST_ROWS,
        }
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run()
        elif key in steps:
            self._move(steps[key])
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._move(1 if key == Qt.Key.Key_Tab else -1)
        else:
            return False
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.drawPixmap(QPoint(17, 15), picture("search", self._theme))

    def _search(self, query: str) -> None:
        self._rows.search(query)
        found = bool(self._rows.rows)
        self._none.setVisible(not found)
        self._list.setVisible(found)
        if found:
            self._list.setCurrentIndex(self._rows.index(0))
            self._list.scrollToTop()
        self.place()

    def _move(self, by: int) -> None:
        count = len(self._rows.rows)
        if not count:
            return
        now = self._list.currentIndex().row()
        row = (now + by) % count if abs(by) == 1 else max(0, min(count - 1, now + by))
        self._list.setCurrentIndex(self._rows.index(row))

    def _run(self) -> None:
        row = self._list.currentIndex().row()
        if not 0 <= row < len(self._rows.rows):
            return
        command, _reason = self._rows.rows[row]
        self.leave()
        self._actions.run(command.id)


def _answers(query: str, command: Command) -> float | None:
    """How well a command answers; its group may be typed too, but its title counts more."""
    title, whole = score(query, command.title), score(query, f"{command.group} {command.title}")
    if title is None or whole is None:
        return title if whole is None else whole - 4
    return max(title, whole - 4)


class _Nothing(QWidget):
    """What stands there when nothing was found."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(_ROW_PX)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.secondary)
        words = "No action is called that. Try another word."
        painter.drawText(self.rect().adjusted(48, 0, -16, 0), int(Qt.AlignmentFlag.AlignVCenter), words)


def caps(keys: str) -> tuple[str, ...]:
    """Keys as the caps of a keyboard: "Ctrl+Shift+E" is three; the plus key is one."""
    parts = keys.replace("++", "+Plus").split("+") if keys != "+" else ["Plus"]
    return tuple(part for part in parts if part)
