"""The settings: pages at the left, each made from a section of the schema. Everything takes effect at once."""

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.session.desk import Desk
from studio.ui.actions import Actions
from studio.ui.connections_view import ConnectionsView
from studio.ui.controls import FixedRows, Text, scrolled, surface
from studio.ui.keys_page import KeysPage
from studio.ui.microphone_check import MeterTest
from studio.ui.settings_form import Entry, SettingsForm, sections
from studio.ui.theme import Theme

_SIZE = (780, 600)
_SIDE_PX = 176


class Preferences(QDialog):
    """Shows the settings as they are, also while they change elsewhere."""

    def __init__(self, desk: Desk, actions: Actions, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setWindowTitle("Preferences")
        self.resize(*_SIZE)
        self._list = QListWidget(self)
        self._list.setAccessibleName("Sections")
        self._list.setFixedWidth(_SIDE_PX)
        self._list.setItemDelegate(FixedRows(self._list))
        self._stack = QStackedWidget(self)
        self._forms: list[SettingsForm] = []
        self._meter: MeterTest | None = None
        for name, title in sections().items():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, name)
            self._list.addItem(item)
            self._stack.addWidget(self._page(name, title, actions, theme))
        self._list.currentRowChanged.connect(self._stack.setCurrentIndex)
        self._list.currentRowChanged.connect(self._page_changed)
        side = QWidget(self)
        surface(side, "panel", "right")
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 12, 8, 12)
        column.addWidget(self._list)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(self._stack, 1)
        self._list.setCurrentRow(0)
        desk.settings.changed.connect(self._show)
        desk.transport.equipment.changed.connect(self._show)
        desk.engines.changed.connect(self._show)
        self._show()

    def show_page(self, name: str) -> None:
        """Turn to a section of the schema; the page stays where it is when there is none of that name."""
        for row in range(self._list.count()):
            if self._list.item(row).data(Qt.ItemDataRole.UserRole) == name:
                self._list.setCurrentRow(row)
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._meter is not None:
            self._meter.stop()

    def _page(self, name: str, title: str, actions: Actions, theme: Theme) -> QWidget:
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(24, 20, 24, 24)
        rows.setSpacing(16)
        rows.addWidget(Text(title, theme, size="heading"))
        form = SettingsForm(name, theme, self._change, self._choices, inner)
        self._forms.append(form)
        rows.addWidget(form)
        if name == "recording":
            self._meter = MeterTest(self._desk, theme, inner)
            rows.addWidget(self._meter)
        if name == "privacy":
            rows.addWidget(ConnectionsView(theme, inner))
        if name == "keys":
            rows.addWidget(KeysPage(self._desk, actions, theme, inner), 1)
        else:
            rows.addStretch(1)
        return scrolled(inner, self)

    def _choices(self, entry: Entry) -> dict[object, str] | None:
        """What can be chosen where the schema cannot know it: devices and engines of this machine."""
        if entry.name == "device":
            devices = self._desk.transport.equipment.devices
            names = [one.name for one in devices if (one.inputs if entry.section == "recording" else one.outputs)]
            now = getattr(getattr(self._desk.settings.value, entry.section), "device", "")
            offered: dict[object, str] = {"": "As the system is set"}
            offered.update({name: name for name in names})
            if now and now not in offered:
                offered[now] = f"{now} (not connected)"
            return offered
        if str(entry.extra.get("choices", "")).startswith("engines:"):
            task = str(entry.extra["choices"]).partition(":")[2]
            cards = [card for card in self._desk.engines.cards if card.task == task]
            return {card.id: card.name if not card.missing else f"{card.name} (not here)" for card in cards}
        return None

    def _change(self, section: str, name: str, value: object) -> None:
        try:
            self._desk.settings.change(section, **{name: value})
        except msgspec.ValidationError:  # out of its limits: what was set stays
            self._show()

    def _show(self, _changed: object = None) -> None:
        for form in self._forms:
            form.show_settings(self._desk.settings.value)

    def _page_changed(self, row: int) -> None:
        if self._meter is not None and self._list.item(row).data(Qt.ItemDataRole.UserRole) != "recording":
            self._meter.stop()
