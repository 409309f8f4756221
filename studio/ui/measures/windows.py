"""Which window is opened for what: each is made when it is first wanted."""

from collections.abc import Callable
from typing import Final

from PySide6.QtWidgets import QWidget

from studio.session.desk import Desk, Measuring
from studio.ui.interchange.export_dialog import NotesExportDialog
from studio.ui.interchange.labels_dialog import LabelsDialog
from studio.ui.measures.quality_dialog import QualityDialog
from studio.ui.theme import Theme

MeasuringDialog = NotesExportDialog | LabelsDialog | QualityDialog

_MADE: Final[dict[Measuring, Callable[[Desk, Theme, QWidget], MeasuringDialog]]] = {
    "export": NotesExportDialog,
    "labels": LabelsDialog,
    "quality": QualityDialog,
}


def make(page: Measuring, desk: Desk, theme: Theme, window: QWidget) -> MeasuringDialog:
    """A new window for a page."""
    return _MADE[page](desk, theme, window)
