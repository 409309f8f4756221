"""The two scroll bars of the timeline: in time at its foot, over tracks at its side."""

from typing import Final

from PySide6.QtCore import QObject, QSignalBlocker, Qt
from PySide6.QtWidgets import QScrollBar, QWidget

from studio.ui.timeline.sight import Sight

_STEPS: Final = 10000


class Scrolling(QObject):
    """Shows where the sight is, and moves it. Time goes on a little beyond the end, tracks by half of what is seen."""

    def __init__(self, sight: Sight, tracks: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sight, self._tracks = sight, tracks
        self.across = QScrollBar(Qt.Orientation.Horizontal)
        self.across.setAccessibleName("Scroll in time")
        self.down = QScrollBar(Qt.Orientation.Vertical)
        self.down.setAccessibleName("Scroll tracks")
        self.across.valueChanged.connect(self._scrolled_across)
        self.down.valueChanged.connect(lambda value: sight.set_top(value))
        sight.moved.connect(self.show_now)
        sight.laid_out.connect(self.show_now)

    def show_now(self) -> None:
        """Put the bars where the sight is."""
        view, length = self._sight.viewport, self._sight.length
        latest = max(length - 0.25 * view.span, view.first_sample, 1.0)
        shown = max(view.span / (latest + view.span), 1e-4)
        height = self._tracks.height()
        with QSignalBlocker(self.across), QSignalBlocker(self.down):
            self.across.setRange(0, _STEPS)
            self.across.setPageStep(max(round(_STEPS * shown / (1 - min(shown, 0.999))), 1))
            self.across.setSingleStep(max(self.across.pageStep() // 10, 1))
            self.across.setValue(round(view.first_sample / latest * _STEPS))
            self.down.setRange(0, max(round(self._sight.rows.height - height / 2), 0))
            self.down.setPageStep(height)
            self.down.setSingleStep(24)
            self.down.setValue(round(self._sight.top))
        self.down.setVisible(self._sight.rows.height > height)

    def _scrolled_across(self, value: int) -> None:
        view = self._sight.viewport
        latest = max(self._sight.length - 0.25 * view.span, view.first_sample, 1.0)
        self._sight.set_viewport(view.starting_at(value / _STEPS * latest))
