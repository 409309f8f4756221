"""Keys of every command: search, choose other ones, see which are taken twice."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.commands import keys as keymaps
from studio.session.desk import Desk
from studio.settings.schema import KeySettings
from studio.ui.actions import Actions, shown
from studio.ui.controls import Button, Text
from studio.ui.fuzzy import score
from studio.ui.theme import Theme

_ID = Qt.ItemDataRole.UserRole
_LIST_PX = 300


class KeysPage(QWidget):
    """A list of commands; the row that is chosen can be given other keys, or those of its map again."""

    def __init__(self, desk: Desk, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._actions, self._theme = desk, actions, theme
        self._search = QLineEdit(self)
        self._search.setPlaceholderText("Search actions or keys")
        self._search.setAccessibleName("Search actions or keys")
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._filter)
        self._list = QTreeWidget(self)
        self._list.setAccessibleName("Actions and their keys")
        self._list.setHeaderLabels(["Action", "Keys"])
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setMinimumHeight(_LIST_PX)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._list.header().setStretchLastSection(False)
        self._list.currentItemChanged.connect(lambda _now, _before: self._show_chosen())
        self._keys = QKeySequenceEdit(self)
        self._keys.setAccessibleName("New keys")
        self._keys.setMaximumSequenceLength(1)
        self._keys.setToolTip("Press the keys you want.")
        self._keys.editingFinished.connect(self._bind)
        self._none = Button("No keys", self)
        self._none.clicked.connect(lambda: self._set(""))
        self._again = Button("As in the map", self)
        self._again.clicked.connect(self._unset)
        self._note = Text("", theme, tone="warning", wrap=True)
        edit = QHBoxLayout()
        edit.setSpacing(8)
        edit.addWidget(self._keys, 1)
        edit.addWidget(self._none)
        edit.addWidget(self._again)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self._search)
        rows.addWidget(self._list, 1)
        rows.addLayout(edit)
        rows.addWidget(self._note)
        desk.settings.changed.connect(lambda _settings: self._fill())
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self._fill()

    @property
    def keymap(self) -> keymaps.Keymap:
        """The keys in force."""
        return keymaps.effective(self._actions.commands, self._desk.settings.value.keys)

    def choose(self, id: str) -> None:
        """Choose the row of a command."""
        for row in range(self._list.topLevelItemCount()):
            item = self._list.topLevelItem(row)
            if item is not None and item.data(0, _ID) == id:
                self._list.setCurrentItem(item)

    def bind(self, keys: str) -> None:
        """Give the chosen command these keys; whichever command had them loses them, and the person is told."""
        chosen = self._chosen()
        if not chosen:
            return
        keymap = self.keymap
        other = keymaps.taken_by(keymap, keys, chosen)
        self._save(keymaps.rebound(self._desk.settings.value.keys, keymap, chosen, keys))
        if other:
            title = self._actions.command(other).title
            self._note.setText(f"{shown((keys,))} was taken from “{title}”.")

    def _fill(self) -> None:
        chosen = self._chosen()
        keymap = self.keymap
        twice = {which for conflict in keymaps.conflicts(keymap) for which in conflict.commands}
        self._list.blockSignals(True)
        self._list.clear()
        for command in self._actions.commands:
            text = ", ".join(shown((one,)) for one in keymap[command.id])
            item = QTreeWidgetItem([command.title, text])
            item.setData(0, _ID, command.id)
            item.setToolTip(0, f"{command.group}: {command.title}")
            item.setForeground(1, self._theme.secondary)
            if command.id in twice:
                item.setForeground(1, self._theme.error_text)
                item.setText(1, f"{text}  (taken twice)")
            elif command.id in self._desk.settings.value.keys.custom:
                item.setForeground(1, self._theme.accent_text)
                item.setToolTip(1, "Your own keys")
            self._list.addTopLevelItem(item)
        self._list.blockSignals(False)
        self.choose(chosen or self._actions.commands[0].id)
        self._filter(self._search.text())
        self._show_chosen()

    def _filter(self, query: str) -> None:
        for row in range(self._list.topLevelItemCount()):
            item = self._list.topLevelItem(row)
            if item is not None:
                keys = query.strip() and query.strip().casefold() in item.text(1).casefold()
                item.setHidden(score(query, item.text(0)) is None and not keys)

    def _chosen(self) -> str:
        item = self._list.selectedItems()[:1]
        return str(item[0].data(0, _ID)) if item else ""

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        for widget in (self._keys, self._none, self._again):
            widget.setEnabled(bool(chosen))
        if chosen:
            keys = self.keymap[chosen]
            self._keys.blockSignals(True)
            self._keys.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())
            self._keys.blockSignals(False)
            self._again.setEnabled(chosen in self._desk.settings.value.keys.custom)

    def _bind(self) -> None:
        keys = self._keys.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        chosen = self._chosen()
        if chosen and keys and keys not in self.keymap[chosen]:
            self.bind(keys)

    def _set(self, keys: str) -> None:
        chosen, now = self._chosen(), self._desk.settings.value.keys
        self._save(KeySettings(map=now.map, custom={**now.custom, chosen: keys}))

    def _unset(self) -> None:
        chosen, now = self._chosen(), self._desk.settings.value.keys
        self._save(
            KeySettings(map=now.map, custom={which: keys for which, keys in now.custom.items() if which != chosen})
        )

    def _save(self, keys: KeySettings) -> None:
        self._note.setText("")
        self._desk.settings.change("keys", custom=keys.custom)
