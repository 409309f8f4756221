"""The scale that notes snap to, beside them: one quiet button that names it, and its menu."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from studio.session.settings_file import SettingsFile
from studio.settings.scales import KEYS, SCALES, title

_MORE: Final = " ▾"
_PAD_PX: Final = 4


class ScaleButton(QPushButton):
    """Shows and changes two settings; what is chosen stays chosen."""

    def __init__(self, settings: SettingsFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setProperty("kind", "quiet")
        self.setStyleSheet("QPushButton { text-align: left; padding: 0 3px; }")
        self.clicked.connect(self._open)
        settings.changed.connect(self._show)
        self._show()

    @property
    def named(self) -> str:
        """The scale that is chosen."""
        chosen = self._settings.value.pitch
        return title(chosen.snap_key, chosen.snap_scale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show()

    def menu_of_scales(self) -> QMenu:
        """A menu with all scales, the chosen one marked, and the keynotes in one of their own."""
        chosen = self._settings.value.pitch
        menu = QMenu(self)
        scales, keys = QActionGroup(menu), QActionGroup(menu)
        for scale, name in SCALES.items():
            self._offer(menu, scales, name, chosen.snap_scale == scale, snap_scale=scale)
        menu.addSeparator()
        of_key = menu.addMenu(f"Keynote: {KEYS[chosen.snap_key]}")
        of_key.setEnabled(chosen.snap_scale != "chromatic")
        for key, name in enumerate(KEYS):
            self._offer(of_key, keys, name, chosen.snap_key == key, snap_key=key)
        return menu

    def _offer(self, menu: QMenu, group: QActionGroup, name: str, on: bool, **means: object) -> None:
        action = QAction(name, group, checkable=True, checked=on)
        action.triggered.connect(partial(self._choose, means))
        menu.addAction(action)

    def _choose(self, means: dict[str, object], _on: bool = True) -> None:
        self._settings.change("pitch", **means)

    def _open(self) -> None:
        menu = self.menu_of_scales()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _show(self, _settings: object = None) -> None:
        room = self.width() - self.fontMetrics().horizontalAdvance(_MORE) - 2 * _PAD_PX
        self.setText(self.fontMetrics().elidedText(self.named, Qt.TextElideMode.ElideRight, room) + _MORE)
        self.setAccessibleName(f"Notes snap to: {self.named}")
        self.setToolTip(f"Notes snap to: {self.named}")
