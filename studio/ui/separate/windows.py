"""Which window is opened for what: each is made when it is first wanted."""

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QWidget

from studio.session.desk import Desk, Separation
from studio.ui.separate.separate_dialog import SeparateDialog
from studio.ui.theme import Theme

SeparationDialog = SeparateDialog

_MADE: Final[dict[Separation, Callable[[Desk, Theme, QWidget], SeparationDialog]]] = {
    "separate": SeparateDialog,
}


def make(page: Separation, desk: Desk, theme: Theme, window: QWidget) -> SeparationDialog:
    """A new window for a page."""
    return _MADE[page](desk, theme, window)
