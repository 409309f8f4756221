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
    from studio.session.desk import Desk
    from studio.settings.schema import Settings
    from studio.ui.parts import Parts

_FIRST_SIZE: Final = QSize(1440, 900)
_SMALLEST: Final = QSize(940, 580)
"""At 150 % a screen of 1440 × 900 has no more room than 960 × 600."""


class MainWindow(QMainWindow):
    """The frame around the parts: how it is filled, looks and was left. Nothing works before `fill`."""

    desk: "Desk"
    parts: "Parts"

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setEnabled(False)  # keys and shortcuts wait until there is something that they could mean
        self.theme = theme
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
        return self.isEnabled()

    def fill(self, desk: "Desk") -> None:
        """Build everything that is in the window."""
        for _ in self.filling(desk):
            pass

    def filling(self, desk: "Desk") -> Iterator[None]:
        """Build one part after the other out of sight, then put all of them in the place of the frame."""
        # Everything that the first paint must not wait for:
        from studio.ui.asks import WindowAsks
        from studio.ui.news import News
        from studio.ui.parts import Parts
        from studio.ui.viewing import WindowView

        self.desk = desk
        self.parts = parts = Parts(desk, self.theme, self)
        yield from parts.build(self._kept.recent_actions)
        desk.asks, desk.view = WindowAsks(desk, parts, self), WindowView(parts)
        News(desk, parts.banners, parts.toasts, parts.dialogs, self)
        self._follow_session()
        self._restore()
        yield
        self.setCentralWidget(parts.whole)
        parts.whole.show()  # or it would be a moment later, with a window that is said to be filled
        self.setAcceptDrops(True)
        self.setEnabled(True)
        parts.whole.setFocus()  # the keyboard begins with the shortcuts, not on a button

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
        self.parts.set_theme(self.theme)
        for child in self.findChildren(QWidget):
            if isinstance(child, themes.Themed):
                child.set_theme(self.theme)

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
        parts = self.parts
        transport = self.desk.transport
        takes = transport.recording and transport.aside is None
        page: QWidget = parts.welcome if empty and not takes else parts.timeline
        if parts.edit_page.currentWidget() is not page:
            parts.edit_page.setCurrentWidget(page)

    # Files from outside

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.is_filled:
            from studio.ui.drop import takes

            if takes(event.mimeData()):
                event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files and self.is_filled:
            from studio.session.opening import open_dropped

            event.acceptProposedAction()
            # Reading folders and opening projects waits until the other program has its answer.
            QTimer.singleShot(0, self, lambda: open_dropped(self.desk, files))

    # Events of the window

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.is_filled and event.matches(QKeySequence.StandardKey.Cancel) and self.parts.jobs_popover.isVisible():
            self.parts.jobs_popover.hide()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_filled:
            self.parts.palette.place()
            self.parts.jobs_popover.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if self.is_filled and event.type() == QEvent.Type.WindowDeactivate and self.parts.drop_hint.isVisible():
            self.parts.drop_hint.hide()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_filled:
            self.keep_layout()
        super().closeEvent(event)

    # How it was left

    def keep_layout(self) -> None:
        """Remember sizes, panels, looks and what was used lately for the next start."""
        self.parts.timeline.kept_looks.keep()
        sizes = self.parts.splitter.sizes()
        before = self._kept.panels or (LIBRARY_PX, 0, INSPECTOR_PX)
        library = sizes[0] if not self.parts.library.isHidden() else before[0]
        right = sizes[2] if not self.parts.right.isHidden() else before[2]
        self._kept = WindowLayout(
            geometry=base64.b64encode(self.saveGeometry().data()).decode(),
            panels=(library, sizes[1], right),
            pitch=tuple(self.parts.timeline.splitter.sizes()) if self.parts.timeline.shows_pitch else self._kept.pitch,
            library_shown=not self.parts.library.isHidden(),
            inspector_shown=not self.parts.right.isHidden(),
            history_shown=self.parts.right.shows_history,
            pitch_shown=self.parts.timeline.shows_pitch,
            recent_actions=self.parts.palette.recent,
        )
        layout_file.save(self._kept_file, self._kept)

    def _panel_widths(self) -> tuple[int, int]:
        left, _middle, right = self._kept.panels if len(self._kept.panels) == 3 else (LIBRARY_PX, 0, INSPECTOR_PX)
        return max(left, 180), max(right, 240)

    def _restore(self) -> None:
        kept = self._kept
        left, right = self._panel_widths()
        self.parts.splitter.setSizes([left, max(1, self.width() - left - right - 2), right])
        if len(kept.pitch) == 2:
            self.parts.timeline.splitter.setSizes(list(kept.pitch))
        self.parts.library.setVisible(kept.library_shown)
        self.parts.right.setVisible(kept.inspector_shown)
        self.parts.right.show_history(kept.history_shown)
        if not kept.pitch_shown:
            self.parts.timeline.toggle_pitch()
