"""What the window is filled with once it has been seen. Importing this brings in every panel."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol, get_args, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.commands import ALL, Command
from studio.commands.file import open_recent
from studio.session.desk import Desk, Workspace
from studio.session.recovery import LeftBehind
from studio.ui.actions import Actions
from studio.ui.dialogs import Dialogs
from studio.ui.drop import DropHint
from studio.ui.header import Header
from studio.ui.jobs_view import JobsPopover
from studio.ui.library_panel import LibraryPanel
from studio.ui.messages import Banners
from studio.ui.palette_dialog import CommandPalette
from studio.ui.recovery_view import RecoveryView
from studio.ui.right_panel import RightPanel
from studio.ui.theme import Theme
from studio.ui.timeline.view import TimelineView
from studio.ui.toasts import Toasts
from studio.ui.transport_bar import TransportBar
from studio.ui.welcome import Welcome

_WORKSPACES: Final[dict[Workspace, str]] = {"edit": "Edit", "sing": "Sing", "speak": "Speak", "live": "Live"}
"""The workspaces that there are; a new one is a line here and a case in `Parts._make_workspace`."""


@runtime_checkable
class HasTop(Protocol):
    """A workspace that has a place of its own for messages above the work."""

    @property
    def top(self) -> QVBoxLayout: ...


class Parts:
    """The panels of a window, side by side, and what appears over them. They know the session, and no window."""

    def __init__(self, desk: Desk, theme: Theme, window: QWidget) -> None:
        self._desk, self._theme, self._window = desk, theme, window
        self._recovery: RecoveryView | None = None
        self.whole = QWidget(window)

    def build(self, recent_actions: Sequence[str]) -> Iterator[None]:
        """Make one part after the other; the window may handle events in between."""
        desk, theme, window = self._desk, self._theme, self._window
        self.actions = Actions(filter(_is_offered, ALL), desk, theme, window)
        yield
        self.dialogs = Dialogs(desk, self.actions, theme, window)
        self.jobs_popover = JobsPopover(desk.jobs, theme, window)
        self.header = Header(
            desk, self.actions, theme, self.whole, _WORKSPACES, lambda folder: open_recent(desk, folder)
        )
        yield
        self.library = LibraryPanel(desk, self.actions, theme, self.whole)
        yield
        self.timeline = TimelineView(desk, theme, self.whole, actions=self.actions)
        yield
        self.welcome = Welcome(desk, self.actions, theme, self.whole)
        self.banners = Banners(theme, self.whole)
        yield
        self.right = RightPanel(desk, theme, self.whole)
        yield
        self.transport = TransportBar(desk, self.actions, theme, self.jobs_popover, self.whole)
        yield
        self._lay_out()
        yield
        self.palette = CommandPalette(self.actions, theme, window, recent_actions)
        self.actions.ran.connect(self.palette.note)
        self.toasts = Toasts(theme, window, self.transport)
        self.drop_hint = DropHint(theme, window)
        for taker in (window, self.timeline.canvas):
            self.drop_hint.watch(taker)

    def _lay_out(self) -> None:
        self.edit_page = QStackedWidget(self.whole)
        self.edit_page.addWidget(self.welcome)
        self.edit_page.addWidget(self.timeline)
        centre = QWidget(self.whole)
        self._centre = QVBoxLayout(centre)
        self._centre.setContentsMargins(0, 0, 0, 0)
        self._centre.setSpacing(0)
        self._centre.addWidget(self.banners)
        self._centre.addWidget(self.edit_page, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self.whole)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for panel in (self.library, centre, self.right):
            self.splitter.addWidget(panel)
        self.splitter.setStretchFactor(1, 1)
        self._pages = QStackedWidget(self.whole)
        self._pages.addWidget(self.splitter)
        self._workspaces: dict[Workspace, QWidget] = {"edit": self.splitter}
        self.header.workspaces.show_workspace("edit")
        rows = QVBoxLayout(self.whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self._pages, 1)
        rows.addWidget(self.transport)
        self.whole.setAccessibleName("Melisma Studio")
        self.whole.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def set_theme(self, theme: Theme) -> None:
        """Dress what is no widget, and what comes later; every widget is told by the window that it is in."""
        self._theme = theme
        self.actions.set_theme(theme)
        self.dialogs.set_theme(theme)

    def set_workspace(self, workspace: Workspace) -> None:
        """Show a workspace, where it exists. What is said above the work goes along."""
        if workspace not in _WORKSPACES:
            return
        if workspace not in self._workspaces:
            self._workspaces[workspace] = self._make_workspace(workspace)
            self._pages.addWidget(self._workspaces[workspace])
        self._pages.setCurrentWidget(self._workspaces[workspace])
        self._top.insertWidget(0, self.banners)
        if self._recovery is not None and (offer := self._recovery.parentWidget()) is not None:
            self._top.insertWidget(1, offer)
        self.header.workspaces.show_workspace(workspace)

    @property
    def _top(self) -> QVBoxLayout:
        """Where something stands above the work that is in sight."""
        page = self._pages.currentWidget()
        return page.top if isinstance(page, HasTop) else self._centre

    def _make_workspace(self, workspace: Workspace) -> QWidget:
        """Workspaces are made when they are first opened; the start does not know their modules."""
        match workspace:
            case "speak":
                from studio.ui.speak.page import SpeakPage

                return SpeakPage(self._desk, self.actions, self._theme, self.whole)
            case "live":
                from studio.ui.live.page import LivePage

                return LivePage(self._desk, self.actions, self.banners, self._theme, self.whole)
            case "sing":
                from studio.ui.sing.page import SingPage

                return SingPage(self._desk, self.actions, self.banners, self._theme, self.whole)
            case _:
                raise ValueError(f"there is no workspace {workspace}")

    def workspace(self, workspace: Workspace) -> QWidget | None:
        """The page of a workspace, or None as long as it was not opened."""
        return self._workspaces.get(workspace)

    def focus_panel(self, step: int) -> None:
        """Give the keyboard to the first thing in the next or previous panel."""
        others = [page for name, page in self._workspaces.items() if name != "edit"]
        panels = [self.header, self.library, self.edit_page, *others, self.right, self.transport]
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
        view = RecoveryView(self._desk, found, self._theme, self._window)
        view.done.connect(self._withdraw)
        holder = QWidget(self._window)
        margins = QVBoxLayout(holder)
        margins.setContentsMargins(8, 8, 8, 0)
        margins.addWidget(view)
        self._top.insertWidget(1, holder)
        self._recovery = view

    def _withdraw(self) -> None:
        if self._recovery is not None:
            holder = self._recovery.parentWidget()
            self._recovery = None
            if holder is not None:
                holder.hide()
                holder.deleteLater()


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
