"""Commands as Qt actions: one each, with the keys of the person's map, shared by menus, buttons and the palette."""

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from studio.commands import keys as keymaps
from studio.commands.base import GROUPS, Command
from studio.commands.run import run
from studio.session.desk import Desk
from studio.settings.schema import Settings
from studio.ui.icons import icon
from studio.ui.svg import exists
from studio.ui.theme import Theme

_NEW_GROUP_AFTER = frozenset(
    {
        "file.open_recent",
        "file.save_as",
        "file.import",
        "file.export",
        "edit.redo",
        "edit.delete",
        "edit.join",
        "pitch.remove",
        "transport.record",
        "view.zoom_selection",
    }
)


class Actions(QObject):
    """Every command as a QAction of the window. `refresh` greys out what cannot run and says why in the tooltip."""

    ran = Signal(str)  # the id of the command
    refreshed = Signal()

    def __init__(self, commands: Iterable[Command], desk: Desk, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.commands = tuple(commands)
        self._desk = desk
        self._by_id = {command.id: command for command in self.commands}
        self._actions = {command.id: self._make(command, window) for command in self.commands}
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        for signal in (
            desk.document.changed,
            desk.document.history_changed,
            desk.document.folder_changed,
            desk.selection.changed,
            desk.transport.state_changed,
            desk.clipboard.changed,
            desk.jobs.changed,
            desk.compare.changed,
            desk.library.changed,
            desk.capturing.changed,
        ):
            signal.connect(self.refresh_soon)
        desk.settings.changed.connect(self._settings_changed)
        self.set_theme(theme)
        self._settings_changed(desk.settings.value)
        self.refresh()

    def __contains__(self, id: str) -> bool:
        return id in self._by_id

    def action(self, id: str) -> QAction:
        """The action of a command; KeyError when there is none."""
        return self._actions[id]

    def command(self, id: str) -> Command:
        """The command of that id; KeyError when there is none."""
        return self._by_id[id]

    def keys(self, id: str) -> str:
        """The first keys of a command as the keyboard says them; "" for none, also for a command there is not."""
        return shown(self._keys.get(id, ()))

    def why_not(self, id: str) -> str:
        """Why a command cannot run now; "" when it can."""
        return self._by_id[id].unavailable(self._desk)

    def run(self, id: str) -> None:
        """Do it, or say why it cannot be done."""
        run(self._by_id[id], self._desk)
        self.ran.emit(id)
        self.refresh_soon()

    def menu(self, group: str, parent: QWidget) -> QMenu:
        """A menu of one group, in the order in which its commands are listed, without those of its submenus."""
        menu = QMenu(group, parent)
        menu.setToolTipsVisible(True)
        for command in self.commands:
            if command.group == group and not command.submenu:
                menu.addAction(self._actions[command.id])
                if command.id in _NEW_GROUP_AFTER:
                    menu.addSeparator()
        return menu

    def groups(self) -> tuple[str, ...]:
        """The groups that have commands."""
        return tuple(group for group in GROUPS if any(command.group == group for command in self.commands))

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons of the menus in another theme."""
        for command in self.commands:
            if exists(command.icon):
                self._actions[command.id].setIcon(icon(command.icon, theme))

    def refresh_soon(self) -> None:
        """Look again what can run, once, when this event is over."""
        self._soon.start()

    def refresh(self) -> None:
        """Look again what can run."""
        for command in self.commands:
            reason = command.unavailable(self._desk)
            action = self._actions[command.id]
            action.setEnabled(not reason)
            action.setToolTip(reason or command.about or command.title)
            if command.checked is not None:
                action.setChecked(command.checked(self._desk))
        self.refreshed.emit()

    def _make(self, command: Command, window: QWidget) -> QAction:
        action = QAction(command.title, window)
        action.setObjectName(command.id)
        action.setCheckable(command.checked is not None)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(partial(self._triggered, command.id))
        window.addAction(action)
        return action

    def _triggered(self, which: str, _checked: bool = False) -> None:
        self.run(which)

    def _settings_changed(self, settings: Settings) -> None:
        self._keys = keymaps.effective(self.commands, settings.keys)
        for which, action in self._actions.items():
            action.setShortcuts([QKeySequence(part) for part in self._keys[which]])


def shown(keys: Sequence[str]) -> str:
    """The first of some keys as the person's keyboard says it; "" for none."""
    return QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""
