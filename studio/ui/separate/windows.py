"""Which window is opened for what: each is made when it is first wanted."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtWidgets import QWidget

from studio.session.desk import Desk, Separation
from studio.session.separating import NOISE, ROOM
from studio.ui.convert.convert_dialog import ConvertDialog
from studio.ui.separate.batch_dialog import BatchDialog
from studio.ui.separate.clean_dialog import CleanDialog
from studio.ui.separate.compare_dialog import CompareDialog
from studio.ui.separate.separate_dialog import SeparateDialog
from studio.ui.theme import Theme

SeparationDialog = SeparateDialog | CleanDialog | CompareDialog | BatchDialog | ConvertDialog

_MADE: Final[dict[Separation, Callable[[Desk, Theme, QWidget], SeparationDialog]]] = {
    "separate": SeparateDialog,
    "denoise": partial(CleanDialog, NOISE),
    "dereverb": partial(CleanDialog, ROOM),
    "compare": CompareDialog,
    "batch": BatchDialog,
    "convert": ConvertDialog,
}


def make(page: Separation, desk: Desk, theme: Theme, window: QWidget) -> SeparationDialog:
    """A new window for a page."""
    return _MADE[page](desk, theme, window)
