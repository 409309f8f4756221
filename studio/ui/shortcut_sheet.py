"""All keys on one sheet, group by group, for those who like to read; `?` opens it."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from studio.ui.actions import Actions
from studio.ui.controls import Text, caption
from studio.ui.palette_dialog import caps
from studio.ui.theme import Theme

_SIZE: Final = (880, 640)
_COLUMNS: Final = 3


class KeyCap(QLabel):
    """One key as a cap."""

    def __init__(self, text: str, theme: Theme) -> None:
        super().__init__(text)
        self.setFont(theme.font("label"))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumWidth(22)
        self.setFixedHeight(20)
        self.setProperty("cap", True)


class ShortcutSheet(QDialog):
    """Made anew each time it is opened, so that it always tells the keys in force."""

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions, self._theme = actions, theme
        self.setWindowTitle("Keys")
        self.resize(*_SIZE)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName("Keys")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 4, 16)
        rows.addWidget(self._scroll)
        self._fill()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme, with the keys in force."""
        self._theme = theme
        self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Question):
            self.close()
        else:
            super().keyPressEvent(event)

    def _fill(self) -> None:
        inner = QWidget()
        columns = QHBoxLayout(inner)
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(32)
        stacks: list[QVBoxLayout] = []
        for _ in range(_COLUMNS):
            stack = QVBoxLayout()
            stack.setSpacing(20)
            columns.addLayout(stack, 1)
            stacks.append(stack)
        heights = [0] * _COLUMNS
        for group in self._actions.groups():
            keyed = [
                (command.title.removesuffix("…"), self._actions.keys(command.id))
                for command in self._actions.commands
                if command.group == group and self._actions.keys(command.id)
            ]
            if keyed:
                shortest = heights.index(min(heights))
                stacks[shortest].addWidget(self._group(group, keyed))
                heights[shortest] += len(keyed) + 2
        for stack in stacks:
            stack.addStretch(1)
        self._scroll.setWidget(inner)

    def _group(self, title: str, keyed: list[tuple[str, str]]) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.addWidget(caption(title, self._theme), 0, 0, 1, 2)
        for row, (name, keys) in enumerate(keyed, start=1):
            grid.addWidget(Text(name, self._theme, wrap=True), row, 0)
            line = QHBoxLayout()
            line.setSpacing(4)
            line.addStretch(1)
            for cap in caps(keys):
                line.addWidget(KeyCap(cap, self._theme))
            grid.addLayout(line, row, 1)
        grid.setColumnStretch(0, 1)
        return made
