"""The window: header, library, timeline, inspector, transport, and what appears over them.

It is shown empty, as a `Frame`, and filled after that: the first paint must not wait for the session and the panels.
So this module imports only what the frame needs; everything else comes in with `studio.ui.parts`.
"""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QEvent, QPoint, QSize, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from studio import paths
from studio.ui import layout_file
from studio.ui import theme as themes
from studio.ui.frame import INSPECTOR_PX, LIBRARY_PX, Frame
from studio.ui.layout_file import WindowLayout
from studio.ui.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QSplitter, QStackedWidget

    from studio.session.desk import Desk, Panel, Workspace
    from studio.session.recovery import LeftBehind
    from studio.settings.schema import Settings
    from studio.ui.actions import Actions
    from studio.ui.dialogs import Dialogs
    from studio.ui.drop import DropHint
    from studio.ui.header import Header
    from studio.ui.jobs_view import JobsPopover
    from studio.ui.library_panel import LibraryPanel
    from studio.ui.messages import Banners
    from studio.ui.news import News
    from studio.ui.palette_dialog import CommandPalette
    from studio.ui.parts import Parts
    from studio.ui.right_panel import RightPanel
    from studio.ui.timeline.view import TimelineView
    from studio.ui.toasts import Toasts
    from studio.ui.transport_bar import TransportBar
    from studio.ui.welcome import Welcome

_FIRST_SIZE: Final = QSize(1440, 900)
_SMALLEST: Final = QSize(940, 580)
"""At 150 % a screen of 1440 × 900 has no more room than 960 × 600."""


class MainWindow(QMainWindow):
    """Puts itself into the desk as `asks` and `view`, and holds no truth of its own. Nothing works before `fill`."""

    desk: "Desk"
    actions_: "Actions"
    dialogs: "Dialogs"
    jobs_popover: "JobsPopover"
    header: "Header"
    library: "LibraryPanel"
    timeline: "TimelineView"
    welcome: "Welcome"
    edit_page: "QStackedWidget"
    banners: "Banners"
    right: "RightPanel"
    transport: "TransportBar"
    splitter: "QSplitter"
    palette_view: "CommandPalette"
    toasts: "Toasts"
    drop_hint: "DropHint"
    news: "News"

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._parts: Parts | None = None
        self._kept_file = paths.config() / "window.json"
        self._kept = layout_file.load(self._kept_file)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application)
        self.setWindowTitle("Melisma Studio")
        if self._kept.geometry_bytes:
            self.restoreGeometry(QByteArray(self._kept.geometry_bytes))
        else:
            self.resize(_FIRST_SIZE)
        self._fit_screen()
        left, right = self._panel_widths()
        shown = self._kept
        self.setCentralWidget(
            Frame(theme, left if shown.library_shown else 0, right if shown.inspector_shown else 0, self)
        )
        self.setEnabled(False)  # keys and shortcuts wait until there is something that they could mean

    def _fit_screen(self) -> None:
        """No larger than the screen it opens on, which may be scaled, or another than the last time."""
        room = self.screen().availableGeometry()
        self.setMinimumSize(_SMALLEST.boundedTo(room.size()))
        self.resize(self.size().boundedTo(room.size()))
        if not room.contains(self.geometry()):
            self.move(room.topLeft() + QPoint(room.width() - self.width(), room.height() - self.height()) / 2)

    # Filling

    @property
    def is_filled(self) -> bool:
        """Whether everything is there and works."""
        return self._parts is not None and self.isEnabled()

    def fill(self, desk: "Desk") -> None:
        """Build everything that is in the window."""
        for _ in self.filling(desk):
            pass

    def filling(self, desk: "Desk") -> Iterator[None]:
        """Build one part after the other out of sight, then put all of them in the place of the frame."""
        from studio.ui.parts import Parts  # everything that the first paint must not wait for

        self.desk = desk
        self._parts = Parts(self, desk)
        yield from self._parts.build(self._kept.recent_actions)
        self._follow_session()
        self._restore()
        yield
        self.setCentralWidget(self._parts.whole)
        self.setAcceptDrops(True)
        self.setEnabled(True)
        self._parts.whole.setFocus()  # the keyboard begins with the shortcuts, not on a button

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

    def _settings_changed(self, _settings: "Settings") -> None:
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

    def save_picture(self, path: Path) -> None:
        """Write the timeline exactly as it is seen, as PNG or SVG by the suffix."""
        self.timeline.save_picture(path)

    def save_data(self, path: Path) -> None:
        """Write the numbers behind the tracks in view as CSV, in the background."""
        self.timeline.save_data(path)

    def toggle_panel(self, panel: "Panel") -> None:
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

    def set_workspace(self, workspace: "Workspace") -> None:
        """Show a workspace, where it exists."""
        if self._parts is not None:
            self._parts.set_workspace(workspace)

    def focus_panel(self, step: int) -> None:
        """Give the keyboard to the first thing in the next or previous panel."""
        if self._parts is not None:
            self._parts.focus_panel(step)

    # What the session wants to show

    def offer(self, found: "tuple[LeftBehind, ...]") -> None:
        """Show what an earlier run left behind, above the work."""
        if self._parts is not None:
            self._parts.offer(found)

    # Files from outside

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.is_filled and self._parts is not None and self._parts.takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        parts = self._parts
        if files and parts is not None and self.is_filled:
            event.acceptProposedAction()
            # Reading folders and opening projects waits until the other program has its answer.
            QTimer.singleShot(0, self, lambda: parts.open_dropped(files))

    # Events of the window

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.is_filled and event.matches(QKeySequence.StandardKey.Cancel) and self.jobs_popover.isVisible():
            self.jobs_popover.hide()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_filled:
            self.palette_view.place()
            self.jobs_popover.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if self.is_filled and event.type() == QEvent.Type.WindowDeactivate and self.drop_hint.isVisible():
            self.drop_hint.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_filled:
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

    def _panel_widths(self) -> tuple[int, int]:
        left, _middle, right = self._kept.panels if len(self._kept.panels) == 3 else (LIBRARY_PX, 0, INSPECTOR_PX)
        return max(left, 180), max(right, 240)

    def _restore(self) -> None:
        kept = self._kept
        left, right = self._panel_widths()
        self.splitter.setSizes([left, max(1, self.width() - left - right - 2), right])
        if len(kept.pitch) == 2:
            self.timeline.splitter.setSizes(list(kept.pitch))
        self.library.setVisible(kept.library_shown)
        self.right.setVisible(kept.inspector_shown)
        self.right.show_history(kept.history_shown)
        if not kept.pitch_shown:
            self.timeline.toggle_pitch()
