"""The strip above the preview: what is recorded, and what is to be known of it before the start."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from studio.session.captured import Source
from studio.session.capturing import Capturing
from studio.ui.controls import Button, Elided, Text, tip
from studio.ui.theme import Theme

_NAME_PX = 260
_TITLE_CHARACTERS = 60


class SourceBar(QWidget):
    """A menu of monitors and windows, a button for a region, the size, and a warning where nothing is seen."""

    def __init__(self, capturing: Capturing, pick: Callable[[], None], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._capturing = capturing
        self.setAccessibleName("What is recorded")
        self.source = QToolButton(self)
        self.source.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.source.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.source.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.source.setMaximumWidth(_NAME_PX + 40)
        self.menu = QMenu(self.source)
        self.menu.aboutToShow.connect(self.fill)
        self.source.setMenu(self.menu)
        self.region = Button("Choose region…", self)
        self.region.setToolTip(tip("Choose region", "", "Draw it with the mouse over a picture of the whole screen."))
        self.region.clicked.connect(pick)
        self._size = Text("", theme, tone="secondary", figures=True)
        self.warning = Elided("", theme, tone="warning", mode=Qt.TextElideMode.ElideRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.source)
        row.addWidget(self.region)
        row.addWidget(self._size)
        row.addStretch(1)
        row.addWidget(self.warning)
        capturing.changed.connect(self.show_now)
        self.show_now()

    def show_now(self) -> None:
        """Show what is chosen."""
        capturing = self._capturing
        name = self.source.fontMetrics().elidedText(capturing.source.name, Qt.TextElideMode.ElideMiddle, _NAME_PX)
        self.source.setText(f"{name.replace('&', '&&')}  ▾")
        self.source.setAccessibleName(f"Record: {capturing.source.name}")
        why = "What is recorded stays as it is until the recording ends." if capturing.running else ""
        self.source.setToolTip(tip("What is recorded", "", why or capturing.source.name))
        for button in (self.source, self.region):
            button.setEnabled(not capturing.running)
        view = capturing.view
        self._size.setText(f"{view.region.width} × {view.region.height}" if view is not None else "")
        black = capturing.is_black and view is not None
        said = "▲ The picture is black. Is the screen on? Choose another source, or record it so."
        self.warning.setText(said if black else "")

    def fill(self) -> None:
        """The monitors and windows that were there a moment ago; they are asked for again meanwhile."""
        self._capturing.list_screens()
        self.menu.clear()
        screens = self._capturing.screens
        self._entry("Whole screen", Source())
        if screens is None:
            self.menu.addAction("Looking for monitors and windows…").setEnabled(False)
            return
        for screen in screens.screens:
            size = f"{screen.region.width} × {screen.region.height}"
            self._entry(f"Monitor {screen.name}  ({size})", Source(monitor=screen.name))
        if not screens.windows:
            return
        self.menu.addSection("Windows")
        for window in screens.windows:
            title = window.title if len(window.title) <= _TITLE_CHARACTERS else f"{window.title[:_TITLE_CHARACTERS]}…"
            self._entry(title, Source(window=window.id, title=window.title))

    def _entry(self, words: str, source: Source) -> None:
        action = self.menu.addAction(words.replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(source == self._capturing.source)
        action.triggered.connect(lambda _on=False: self._capturing.choose(source))
