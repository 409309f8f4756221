"""The right side: the inspector and the history, one of them in sight."""

from typing import Literal

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.session.desk import Desk
from studio.ui.controls import Button, surface
from studio.ui.frame import INSPECTOR_PX
from studio.ui.history_panel import HistoryPanel
from studio.ui.inspector import Inspector
from studio.ui.theme import Theme

Side = Literal["inspector", "history"]


class RightPanel(QWidget):
    """Two words at the top choose what is shown below them."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "panel")
        self.setAccessibleName("Inspector and history")
        self.setMinimumWidth(240)
        self.inspector = Inspector(desk, theme, self)
        self.history = HistoryPanel(desk, theme, self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.inspector)
        self._stack.addWidget(self.history)
        self._tabs: dict[Side, Button] = {}
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 8, 0)
        head.setSpacing(4)
        names: tuple[tuple[Side, str], ...] = (("inspector", "Inspector"), ("history", "History"))
        for side, name in names:
            tab = Button(name, self, kind="tab")
            tab.setCheckable(True)
            tab.setToolTip(name)
            tab.clicked.connect(lambda _on=False, which=side: self.show_history(which == "history"))
            head.addWidget(tab)
            self._tabs[side] = tab
        head.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(self._stack, 1)
        self.show_history(False)

    def sizeHint(self) -> QSize:
        return QSize(INSPECTOR_PX, 400)

    @property
    def shows_history(self) -> bool:
        """Whether the history is the one in sight."""
        return self._stack.currentWidget() is self.history

    def show_history(self, on: bool) -> None:
        """Show the history, or the inspector."""
        self._stack.setCurrentWidget(self.history if on else self.inspector)
        for side, tab in self._tabs.items():
            tab.setChecked((side == "history") == on)

    def toggle(self, side: Side) -> None:
        """Bring one side into sight; hide the whole panel when it was there already."""
        here = self.shows_history == (side == "history")
        if not self.isHidden() and here:
            self.hide()
        else:
            self.show_history(side == "history")
            self.show()
