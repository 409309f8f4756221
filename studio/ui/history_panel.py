"""The list of edits: a click goes back, or forth, to that moment."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.errors import StudioError, explain
from studio.session.desk import Desk
from studio.ui.controls import FixedRows, Text
from studio.ui.icons import icon
from studio.ui.theme import Theme

_BEGINNING = "Beginning"
_MOST_ROWS = 500


class HistoryPanel(QWidget):
    """Every step of the project, also those undone, which are grey. Shows the newest 500."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self._shown: tuple[object, ...] = ()
        self._first = 0
        self._list = QListWidget(self)
        self._list.setAccessibleName("History")
        self._list.setUniformItemSizes(True)
        self._list.setItemDelegate(FixedRows(self._list))
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentRowChanged.connect(self._go)
        self._note = Text("Nothing was changed yet. Every edit appears here.", theme, tone="secondary", wrap=True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.addWidget(self._note)
        rows.addWidget(self._list, 1)
        self._note.setContentsMargins(4, 4, 4, 4)
        desk.document.history_changed.connect(self._show)
        desk.document.changed.connect(self._show)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self._shown = ()
        self._show()

    def showEvent(self, event: object) -> None:
        self._show()

    def _show(self, _changed: object = None) -> None:
        document = self._desk.document
        labels, position = document.history_labels, document.position
        shown = (labels, position)
        if shown == self._shown or not (self.isVisible() or not self._shown):
            return
        self._shown = shown
        self._first = max(0, len(labels) - _MOST_ROWS)
        with QSignalBlocker(self._list):
            self._list.clear()
            for number, label in enumerate((_BEGINNING, *labels)):
                if number >= self._first:
                    self._list.addItem(self._item(label, number, position))
            self._list.setCurrentRow(position - self._first)
        self._note.setVisible(not labels)
        self._list.setVisible(bool(labels))
        self._list.scrollToItem(self._list.currentItem())

    def _item(self, label: str, number: int, position: int) -> QListWidgetItem:
        item = QListWidgetItem(label)
        undone = number > position
        if undone:
            item.setForeground(self._theme.disabled)
        item.setIcon(
            icon(
                "dot" if number == position else "redo" if undone else "check",
                self._theme,
                "accent" if number == position else "disabled",
            )
        )
        state = "undone" if undone else "now" if number == position else "done"
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{label}, {state}")
        item.setToolTip(label)
        return item

    def _go(self, row: int) -> None:
        if row < 0:
            return
        try:
            self._desk.document.go_to(row + self._first)
        except StudioError as error:
            self._desk.asks.show(explain(error))
