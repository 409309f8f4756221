"""What the window is filled with once it has been seen. Importing this brings in every panel."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.commands import ALL, Command
from studio.commands.file import open_recent
from studio.session import opening
from studio.session.desk import Desk, Workspace
from studio.session.recovery import LeftBehind
from studio.ui import drop
from studio.ui.actions import Actions
from studio.ui.asks import WindowAsks
from studio.ui.dialogs import Dialogs
from studio.ui.header import Header
from studio.ui.jobs_view import JobsPopover
from studio.ui.library_panel import LibraryPanel
from studio.ui.messages import Banners
from studio.ui.news import News
from studio.ui.palette_dialog import CommandPalette
from studio.ui.recovery_view import RecoveryView
from studio.ui.right_panel import RightPanel
from studio.ui.timeline.view import TimelineView
from studio.ui.toasts import Toasts
from studio.ui.transport_bar import TransportBar
from studio.ui.welcome import Welcome

if TYPE_CHECKING:
    from studio.ui.window import MainWindow

_WORKSPACES: Final[dict[Workspace, str]] = {"edit": "Edit"}
"""The workspaces that there are; a new one is a page in `Parts._pages` and a line here."""


class Parts:
    """Builds the panels of a window, puts them side by side, and does for the window what needs the session."""

    def __init__(self, window: "MainWindow", desk: Desk) -> None:
        self._window, self._desk = window, desk
        self._recovery: RecoveryView | None = None
        self.whole = QWidget(window)

    def build(self, recent_actions: Sequence[str]) -> Iterator[None]:
        """Make one part after the other; the window may handle events in between."""
        window, desk, theme = self._window, self._desk, self._window.theme
        desk.asks, desk.view = WindowAsks(window), window
        window.actions_ = Actions(filter(_is_offered, ALL), desk, theme, window)
        yield
        window.dialogs = Dialogs(window)
        window.jobs_popover = JobsPopover(desk.jobs, theme, window)
        window.header = Header(
            desk, window.actions_, theme, self.whole, _WORKSPACES, lambda folder: open_recent(desk, folder)
        )
        yield
        window.library = LibraryPanel(desk, window.actions_, theme, self.whole)
        yield
        window.timeline = TimelineView(desk, theme, self.whole, actions=window.actions_)
        yield
        window.welcome = Welcome(desk, window.actions_, theme, self.whole)
        window.banners = Banners(theme, self.whole)
        yield
        window.right = RightPanel(desk, theme, self.whole)
        yield
        window.transport = TransportBar(desk, window.actions_, theme, window.jobs_popover, self.whole)
        yield
        self._lay_out()
        yield
        window.palette_view = CommandPalette(window.actions_, theme, window, recent_actions)
        window.actions_.ran.connect(window.palette_view.note)
        window.toasts = Toasts(theme, window, window.transport)
        window.drop_hint = drop.DropHint(theme, window)
        for taker in (window, window.timeline.canvas):
            window.drop_hint.watch(taker)
        window.news = News(window)

    def _lay_out(self) -> None:
        window = self._window
        window.edit_page = QStackedWidget(self.whole)
        window.edit_page.addWidget(window.welcome)
        window.edit_page.addWidget(window.timeline)
        self._pages = QStackedWidget(self.whole)
        self._pages.addWidget(window.edit_page)
        centre = QWidget(self.whole)
        self._centre = QVBoxLayout(centre)
        self._centre.setContentsMargins(0, 0, 0, 0)
        self._centre.setSpacing(0)
        self._centre.addWidget(window.banners)
        self._centre.addWidget(self._pages, 1)
        window.splitter = QSplitter(Qt.Orientation.Horizontal, self.whole)
        window.splitter.setHandleWidth(1)
        window.splitter.setChildrenCollapsible(False)
        for panel in (window.library, centre, window.right):
            window.splitter.addWidget(panel)
        window.splitter.setStretchFactor(1, 1)
        rows = QVBoxLayout(self.whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(window.header)
        rows.addWidget(window.splitter, 1)
        rows.addWidget(window.transport)
        self.whole.setAccessibleName("Melisma Studio")
        self.whole.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def set_workspace(self, workspace: Workspace) -> None:
        """Show a workspace, where it exists."""
        if workspace in _WORKSPACES:
            self._pages.setCurrentIndex(list(_WORKSPACES).index(workspace))
            self._window.header.workspaces.show_workspace(workspace)

    def focus_panel(self, step: int) -> None:
        """Give the keyboard to the first thing in the next or previous panel."""
        window = self._window
        panels = [window.header, window.library, window.edit_page, window.right, window.transport]
        there = [panel for panel in panels if panel.isVisible()]
        holder = QApplication.focusWidget()
        now = next((index for index, panel in enumerate(there) if holder and panel.isAncestorOf(holder)), -step)
        for offset in range(1, len(there) + 1):
            first = _first_focusable(there[(now + step * offset) % len(there)])
            if first is not None:
                first.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def offer(self, found: tuple[LeftBehind, ...]) -> None:
        """Show what an earlier run left behind, above the work."""
        self._withdraw()
        if not found:
            return
        view = RecoveryView(self._desk, found, self._window.theme, self._window)
        view.done.connect(self._withdraw)
        holder = QWidget(self._window)
        margins = QVBoxLayout(holder)
        margins.setContentsMargins(8, 8, 8, 0)
        margins.addWidget(view)
        self._centre.insertWidget(1, holder)
        self._recovery = view

    def _withdraw(self) -> None:
        if self._recovery is not None:
            holder = self._recovery.parentWidget()
            self._recovery = None
            if holder is not None:
                holder.hide()
                holder.deleteLater()

    def takes(self, data: QMimeData) -> bool:
        """Whether the window can do something with what is dragged over it."""
        return drop.takes(data)

    def open_dropped(self, files: Sequence[Path]) -> None:
        """Open or import what was dropped."""
        opening.open_dropped(self._desk, files)


def _is_offered(command: Command) -> bool:
    """Whether a command makes sense in this window: there is no way to a workspace that does not exist yet."""
    if command.id not in {f"view.{workspace}" for workspace in get_args(Workspace)}:
        return True
    return len(_WORKSPACES) > 1 and command.id.removeprefix("view.") in _WORKSPACES


def _first_focusable(panel: QWidget) -> QWidget | None:
    for child in (panel, *panel.findChildren(QWidget)):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible() and child.isEnabled():
            return child
    return None
