"""The strip at the top: the menu, the project's name, the workspaces, the search for actions, the settings."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from studio.commands.file import FROM_TEMPLATE, new_from_template
from studio.model.edits import RenameProject
from studio.session import templates
from studio.session.desk import Desk, Workspace
from studio.ui.actions import Actions
from studio.ui.controls import Button, IconButton, surface, tip
from studio.ui.frame import HEADER_PX
from studio.ui.icons import picture
from studio.ui.theme import Theme

_NAME_WIDEST_PX = 320
_SEARCH_PX = 260


class SearchButton(Button):
    """Looks like a search field and opens the palette, which is one."""

    def __init__(self, theme: Theme, keys: str, parent: QWidget | None = None) -> None:
        super().__init__("Find any action", parent)
        self._theme, self._keys = theme, keys
        self.setFixedWidth(_SEARCH_PX)
        self.setToolTip(tip("Find any action", keys))

    def set_keys(self, keys: str) -> None:
        """The keys that do the same."""
        self._keys = keys
        self.setToolTip(tip("Find any action", keys))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        edge = (
            QPen(theme.accent, 2) if focused else QPen(theme.secondary if self.underMouse() else theme.strong_line, 1)
        )
        inset = 1.0 if focused else 0.5
        painter.setPen(edge)
        painter.setBrush(theme.app)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(inset, inset, -inset, -inset), 6, 6)
        painter.drawPixmap(QPoint(8, (self.height() - 16) // 2), picture("search", theme, size=16))
        painter.setPen(theme.secondary)
        painter.drawText(self.rect().adjusted(32, 0, -8, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        painter.setFont(theme.font("label"))
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(self.rect().adjusted(8, 0, -10, 0), right, self._keys)


class WorkspaceSwitch(QWidget):
    """The workspaces that there are, side by side; hidden while there is only one to be in."""

    def __init__(self, names: dict[Workspace, str], choose: Callable[[Workspace], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._buttons: dict[Workspace, Button] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for workspace, name in names.items():
            button = Button(name, self, kind="tab")
            button.setCheckable(True)
            button.setAccessibleName(f"{name} workspace")
            button.clicked.connect(lambda _on, which=workspace: choose(which))
            row.addWidget(button)
            self._buttons[workspace] = button
        self.setVisible(len(names) > 1)

    def show_workspace(self, workspace: Workspace) -> None:
        """Mark the one that is shown."""
        for other, button in self._buttons.items():
            button.setChecked(other == workspace)


class Header(QWidget):
    """Everything in it is also a command; the project's name is changed where it stands."""

    def __init__(
        self,
        desk: Desk,
        actions: Actions,
        theme: Theme,
        parent: QWidget,
        workspaces: dict[Workspace, str],
        recent: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self._desk, self._actions, self._theme, self._open_recent = desk, actions, theme, recent
        surface(self, "panel", "bottom")
        self.setFixedHeight(HEADER_PX)
        self.setAccessibleName("Header")
        self.menu_button = IconButton("Menu", "menu", theme, self, keys="Alt+M", role="text")
        self.menu_button.setShortcut("Alt+M")
        self.menu_button.name("Menu", "Alt+M")
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = self._make_menu()
        self.menu_button.setMenu(self.menu)
        self.name = QToolButton(self)
        self.name.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.name.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.name.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.name.setMaximumWidth(_NAME_WIDEST_PX)
        self.name.setMenu(self._name_menu())
        self.lock = Button("Read only", self, kind="badge")
        self.lock.clicked.connect(self._explain_read_only)
        self.workspaces = WorkspaceSwitch(workspaces, desk_view(desk), self)
        self.undo = self._button("edit.undo", "Undo", "undo")
        self.redo = self._button("edit.redo", "Redo", "redo")
        self.search = SearchButton(theme, actions.keys("view.palette"), self)
        self.search.clicked.connect(lambda: actions.run("view.palette"))
        self.left_panel = self._button("view.library", "Library", "sidebar-left")
        self.right_panel = self._button("view.inspector", "Inspector", "sidebar-right")
        self.settings = self._button("file.preferences", "Preferences", "settings")
        self._lay_out()
        desk.document.changed.connect(self._show)
        desk.document.folder_changed.connect(self._show)
        actions.refreshed.connect(self._show_actions)
        self._show()
        self._show_actions()

    def set_theme(self, theme: Theme) -> None:
        """The icons of the menus change with the actions."""
        self._theme = theme

    def _button(self, which: str, name: str, picture_name: str) -> IconButton:
        button = IconButton(name, picture_name, self._theme, self, keys=self._actions.keys(which))
        button.clicked.connect(lambda: self._actions.run(which))
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.menu_button)
        row.addSpacing(4)
        row.addWidget(self.name)
        row.addSpacing(4)
        row.addWidget(self.lock)
        row.addSpacing(8)
        row.addWidget(self.undo)
        row.addWidget(self.redo)
        row.addStretch(1)
        row.addWidget(self.workspaces)
        row.addStretch(1)
        row.addWidget(self.search)
        row.addSpacing(8)
        for button in (self.left_panel, self.right_panel, self.settings):
            row.addWidget(button)

    def _make_menu(self) -> QMenu:
        menu = QMenu("Menu", self)
        for group in self._actions.groups():
            sub = self._actions.menu(group, menu)
            if group == "File":
                self._recent = QMenu("Open recent", sub)
                self._recent.aboutToShow.connect(self._fill_recent)
                sub.insertMenu(self._actions.action("file.import"), self._recent)
                self._templates = QMenu(FROM_TEMPLATE, sub)
                self._templates.aboutToShow.connect(self._fill_templates)
                sub.insertMenu(self._actions.action("file.open"), self._templates)
                self._add_shipped_templates()
            menu.addMenu(sub)
        return menu

    def _fill_recent(self) -> None:
        self._recent.clear()
        self._recent.setToolTipsVisible(True)
        for one in self._desk.library.recent[:10]:
            action = self._recent.addAction(one.title.replace("&", "&&"))
            action.setToolTip(f"{one.subtitle}\n{one.folder}")
            action.setEnabled(one.is_there)
            action.triggered.connect(lambda _on=False, folder=one.folder: self._open_recent(folder))
        if self._recent.isEmpty():
            self._recent.addAction("Nothing yet").setEnabled(False)

    def _fill_templates(self) -> None:
        self._templates.clear()
        self._add_shipped_templates()
        self._add_own_templates()

    def _add_shipped_templates(self) -> None:
        self._templates.setToolTipsVisible(True)
        for command in self._actions.commands:
            if command.submenu == FROM_TEMPLATE:
                action = self._templates.addAction(command.title.partition(": ")[2])
                action.setObjectName(command.id)
                action.setEnabled(not self._actions.why_not(command.id))
                action.setToolTip(self._actions.action(command.id).toolTip())
                action.triggered.connect(lambda _on=False, which=command.id: self._actions.run(which))

    def _add_own_templates(self) -> None:
        why_not = self._actions.why_not("file.new")
        for number, one in enumerate(templates.own()):
            if not number:
                self._templates.addSeparator()
            action = self._templates.addAction(one.title.replace("&", "&&"))
            action.setToolTip(why_not or one.about or one.title)
            action.setEnabled(not why_not)
            action.triggered.connect(
                lambda _on=False, name=one.name: new_from_template(self._desk, name, templates.own_folder())
            )

    def _name_menu(self) -> QMenu:
        menu = QMenu(self.name)
        rename = menu.addAction("Rename project…")
        rename.triggered.connect(self._rename)
        menu.addSeparator()
        for which in ("file.new", "file.open", "file.save_as", "file.collect", "file.export"):
            if which in self._actions:
                menu.addAction(self._actions.action(which))
        return menu

    def _rename(self) -> None:
        name = self._desk.asks.text("Rename project", "Name", self._desk.document.project.name)
        if name and name.strip():
            self._desk.document.do(RenameProject(name=name.strip()))

    def _explain_read_only(self) -> None:
        why = self._desk.document.read_only
        if why is not None:
            self._desk.asks.show(why)

    def _show(self, _changed: object = None) -> None:
        document = self._desk.document
        name = document.project.name or "Untitled"
        self.name.ensurePolished()
        elided = self.name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_WIDEST_PX - 40)
        self.name.setText(f"{elided.replace('&', '&&')}  ▾")
        self.name.setAccessibleName(f"Project {name}")
        named = document.is_open and not document.is_untitled
        where = str(document.folder) if named else "Not named yet; everything is kept all the same."
        self.name.setToolTip(f"{name}\n{where}")
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        why = document.read_only
        self.lock.setVisible(why is not None)
        if why is not None:
            self.lock.setToolTip(tip("This project can only be read", "", f"{why.cause} {why.remedy}".strip()))

    def _show_actions(self) -> None:
        document = self._desk.document
        self.undo.setEnabled(self._actions.action("edit.undo").isEnabled())
        self.redo.setEnabled(self._actions.action("edit.redo").isEnabled())
        self.undo.name(f"Undo {document.undo_label}".strip(), self._actions.keys("edit.undo"))
        self.redo.name(f"Redo {document.redo_label}".strip(), self._actions.keys("edit.redo"))
        self.search.set_keys(self._actions.keys("view.palette"))


def desk_view(desk: Desk) -> Callable[[Workspace], None]:
    """How the switch asks for a workspace: through the desk, whose view is put in later."""
    return lambda workspace: desk.view.set_workspace(workspace)
