"""Two widgets above each other that begin with given shares of the height."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget


class Shares(QSplitter):
    """Parts with a handle between them: their shares hold whatever the parts would like, until a person moves it."""

    def __init__(self, *parts: tuple[QWidget, int]) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self._shares = [share for _part, share in parts]
        self._shown = False
        for number, (part, share) in enumerate(parts):
            self.addWidget(part)
            self.setStretchFactor(number, share)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._shown:  # a style that is applied before then asks the parts again
            self._shown = True
            self.setSizes([1000 * share for share in self._shares])
