"""The window: header, library, timeline, inspector, transport, and what appears over them."""

import base64
from pathlib import Path
from typing import Final, get_args

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio import paths
from studio.commands import ALL, Command
from studio.commands.file import open_recent
from studio.session import opening
from studio.session.desk import Desk, Panel, Workspace
from studio.session.recovery import LeftBehind
from studio.settings.schema import Settings
from studio.ui import drop, layout_file
from studio.ui import theme as themes
from studio.ui.actions import Actions
from studio.ui.asks import WindowAsks
from studio.ui.dialogs import Dialogs
from studio.ui.header import Header
from studio.ui.jobs_view import JobsPopover
from studio.ui.layout_file import WindowLayout
from studio.ui.library_panel import WIDTH_PX as LIBRARY_PX
from studio.ui.library_panel import LibraryPanel
from studio.ui.messages import Banners
from studio.ui.news import News
from studio.ui.palette_dialog import CommandPalette
from studio.ui.recovery_view import RecoveryView
from studio.ui.right_panel import WIDTH_PX as INSPECTOR_PX
from studio.ui.right_panel import RightPanel
from studio.ui.theme import Theme
from studio.ui.timeline.view import TimelineView
from studio.ui.toasts import Toasts
from studio.ui.transport_bar import TransportBar
from studio.ui.welcome import Welcome

_FIRST_SIZE: Final = QSize(1440, 900)
_SMALLEST: Final = QSize(940, 580)
"""At 150 % a screen of 1440 × 900 has no more room than 960 × 600."""
_WORKSPACES: Final[dict[Workspace, str]] = {"edit": "Edit"}
"""The workspaces that there are; a new one is a page in `MainWindow._pages` and a line here."""


class MainWindow(QMainWindow):
    """Puts the panels side by side and itself into the desk as `asks` and `view`. Holds no truth of its own."""

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self.desk = desk
        self.theme = theme
        self._kept_file = paths.config() / "window.json"
        self._kept = layout_file.load(self._kept_file)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application)
        self.setWindowTitle("Melisma Studio")
        self.setMinimumSize(_SMALLEST)
        self.setAcceptDrops(True)
        desk.asks = WindowAsks(self)
        desk.view = self
        self.actions_ = Actions(filter(_is_offered, ALL), desk, theme, self)
        self.dialogs = Dialogs(self)
        self._build()
        self.palette_view = CommandPalette(self.actions_, theme, self, self._kept.recent_actions)
        self.actions_.ran.connect(self.palette_view.note)
        self.toasts = Toasts(theme, self, self.transport)
        self.drop_hint = drop.DropHint(theme, self)
        for taker in (self, self.timeline.canvas):
            self.drop_hint.watch(taker)
        self.news = News(self)
        self._follow_session()
        self._restore()

    # Building

    def _build(self) -> None:
        desk, theme = self.desk, self.theme
        self.jobs_popover = JobsPopover(desk.jobs, theme, self)
        self.header = Header(desk, self.actions_, theme, self, _WORKSPACES, lambda folder: open_recent(desk, folder))
        self.library = LibraryPanel(desk, self.actions_, theme, self)
        self.timeline = TimelineView(desk, theme, self, actions=self.actions_)
        self.welcome = Welcome(desk, self.actions_, theme, self)
        self.edit_page = QStackedWidget(self)
        self.edit_page.addWidget(self.welcome)
        self.edit_page.addWidget(self.timeline)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.edit_page)
        self.banners = Banners(theme, self)
        self.right = RightPanel(desk, theme, self)
        self.transport = TransportBar(desk, self.actions_, theme, self.jobs_popover, self)
        centre = QWidget(self)
        self._centre = QVBoxLayout(centre)
        self._centre.setContentsMargins(0, 0, 0, 0)
        self._centre.setSpacing(0)
        self._centre.addWidget(self.banners)
        self._centre.addWidget(self._pages, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for panel in (self.library, centre, self.right):
            self.splitter.addWidget(panel)
        self.splitter.setStretchFactor(1, 1)
        whole = QWidget(self)
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.header)
        rows.addWidget(self.splitter, 1)
        rows.addWidget(self.transport)
        self.setCentralWidget(whole)
        whole.setAccessibleName("Melisma Studio")
        whole.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        whole.setFocus()  # the keyboard begins with the shortcuts, not on a button
        self.jobs_popover.raise_()
        self._recovery: RecoveryView | None = None

    def _follow_session(self) -> None:
        desk = self.desk
        desk.document.changed.connect(self._project_changed)
        desk.document.folder_changed.connect(self._project_changed)
        desk.transport.state_changed.connect(self._show_page)
        desk.settings.changed.connect(self._settings_changed)
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: self._choose_theme())
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.aboutToQuit.connect(self.keep_layout)
            application.screenAdded.connect(lambda _screen: self._dress())  # icons are drawn for the screens there are
        self._project_changed()

    # Looks

    def set_theme(self, theme: Theme) -> None:
        """Change between dark and light while everything stays as it is."""
        if theme is self.theme:
            return
        self.theme = theme
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application)
        self._dress()

    def _dress(self) -> None:
        theme = self.theme
        self.actions_.set_theme(theme)
        for child in self.findChildren(QWidget):
            if isinstance(child, themes.Themed):
                child.set_theme(theme)

    def _settings_changed(self, _settings: Settings) -> None:
        self._choose_theme()

    def _choose_theme(self) -> None:
        self.set_theme(themes.chosen(self.desk.settings.value.appearance.theme))

    def _project_changed(self, _changed: object = None) -> None:
        document = self.desk.document
        name = document.project.name or "Untitled"
        self.setWindowTitle(f"{name} – Melisma Studio")
        self._show_page()

    def _show_page(self) -> None:
        project = self.desk.document.project
        empty = not project.tracks and not project.media and not project.markers
        page: QWidget = self.welcome if empty and not self.desk.transport.recording else self.timeline
        if self.edit_page.currentWidget() is not page:
            self.edit_page.setCurrentWidget(page)

    # What `View` promises

    def zoom_in(self) -> None:
        """Closer."""
        self.timeline.zoom_in()

    def zoom_out(self) -> None:
        """Further away."""
        self.timeline.zoom_out()

    def zoom_normal(self) -> None:
        """The usual distance."""
        self.timeline.zoom_normal()

    def zoom_fit(self) -> None:
        """The whole project."""
        self.timeline.zoom_fit()

    def zoom_selection(self) -> None:
        """Exactly the selected stretch."""
        self.timeline.zoom_selection()

    def show_sample(self, sample: int) -> None:
        """Scroll, only if need be, until a timeline sample is in sight."""
        self.timeline.show_sample(sample)

    def visible(self) -> tuple[int, int]:
        """First timeline sample in sight and the first after it."""
        return self.timeline.visible()

    def toggle_panel(self, panel: Panel) -> None:
        """Show a panel, or hide it; the history and the inspector share the right side."""
        match panel:
            case "library":
                self.library.setVisible(self.library.isHidden())
            case "inspector" | "history":
                self.right.toggle(panel)
            case "jobs":
                self.transport.toggle_jobs()
            case "pitch":
                self.timeline.toggle_pitch()
            case "spectrogram":
                self.timeline.toggle_spectrogram()
        self.actions_.refresh_soon()

    def set_workspace(self, workspace: Workspace) -> None:
        """Show a workspace, where it exists."""
        if workspace in _WORKSPACES:
            self._pages.setCurrentIndex(list(_WORKSPACES).index(workspace))
            self.header.workspaces.show_workspace(workspace)

    def focus_panel(self, step: int) -> None:
        """Give the keyboard to the first thing in the next or previous panel."""
        panels = [self.header, self.library, self.edit_page, self.right, self.transport]
        there = [panel for panel in panels if panel.isVisible()]
        holder = QApplication.focusWidget()
        now = next((index for index, panel in enumerate(there) if holder and panel.isAncestorOf(holder)), -step)
        for offset in range(1, len(there) + 1):
            first = _first_focusable(there[(now + step * offset) % len(there)])
            if first is not None:
                first.setFocus(Qt.FocusReason.TabFocusReason)
                return

    # What the session wants to show

    def offer(self, found: tuple[LeftBehind, ...]) -> None:
        """Show what an earlier run left behind, above the work."""
        self._withdraw()
        if not found:
            return
        view = RecoveryView(self.desk, found, self.theme, self)
        view.done.connect(self._withdraw)
        holder = QWidget(self)
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

    # Files from outside

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if drop.takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            # Reading folders and opening projects waits until the other program has its answer.
            QTimer.singleShot(0, self, lambda: opening.open_dropped(self.desk, files))

    # Events of the window

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.jobs_popover.isVisible():
            self.jobs_popover.hide()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.palette_view.place()
        self.jobs_popover.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowDeactivate and self.drop_hint.isVisible():
            self.drop_hint.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.keep_layout()
        super().closeEvent(event)

    # How it was left

    def keep_layout(self) -> None:
        """Remember sizes, panels and what was used lately for the next start."""
        sizes = self.splitter.sizes()
        before = self._kept.panels or (LIBRARY_PX, 0, INSPECTOR_PX)
        library = sizes[0] if not self.library.isHidden() else before[0]
        right = sizes[2] if not self.right.isHidden() else before[2]
        self._kept = WindowLayout(
            geometry=base64.b64encode(self.saveGeometry().data()).decode(),
            panels=(library, sizes[1], right),
            pitch=tuple(self.timeline.splitter.sizes()) if self.timeline.shows_pitch else self._kept.pitch,
            library_shown=not self.library.isHidden(),
            inspector_shown=not self.right.isHidden(),
            history_shown=self.right.shows_history,
            pitch_shown=self.timeline.shows_pitch,
            recent_actions=self.palette_view.recent,
        )
        layout_file.save(self._kept_file, self._kept)

    def _restore(self) -> None:
        kept = self._kept
        self.resize(_FIRST_SIZE)
        if kept.geometry_bytes:
            self.restoreGeometry(QByteArray(kept.geometry_bytes))
        left, _middle, right = kept.panels if len(kept.panels) == 3 else (LIBRARY_PX, 0, INSPECTOR_PX)
        left, right = max(left, 180), max(right, 240)
        self.splitter.setSizes([left, max(1, self.width() - left - right - 2), right])
        if len(kept.pitch) == 2:
            self.timeline.splitter.setSizes(list(kept.pitch))
        self.library.setVisible(kept.library_shown)
        self.right.setVisible(kept.inspector_shown)
        self.right.show_history(kept.history_shown)
        if not kept.pitch_shown:
            self.timeline.toggle_pitch()


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
