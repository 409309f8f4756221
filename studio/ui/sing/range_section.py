"""What the voice can do, as far as it was heard: the picture, the line below it, and the button that begins anew."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.session.desk import Desk
from studio.ui.controls import IconButton, Text
from studio.ui.sections import Section
from studio.ui.sing.range_plot import RangePlot
from studio.ui.sing.range_so_far import RangeSoFar
from studio.ui.sing.sung import Sung
from studio.ui.theme import Theme

_LOOK_MS = 500
_MOST_POINTS = 2000


class RangeSection(Section):
    """Counts what is new in `Sung` twice a second, a few seconds of it at a time."""

    def __init__(self, desk: Desk, sung: Sung, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Range", desk, theme, parent)
        self._sung = sung
        self._counter = sung.counter
        self.range = RangeSoFar()
        self.plot = RangePlot(theme, self)
        self.line = Text("", theme, figures=True, wrap=True)
        self.line.setAccessibleName("Range")
        self.again = IconButton("Begin the range anew", "retry", theme, self)
        self.again.clicked.connect(self.begin_anew)
        self.add_wide(self.plot)
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.again)
        self.add_wide(holder)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        desk.settings.changed.connect(self.show_now)
        desk.document.changed.connect(self.show_now)
        self.show_now()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def begin_anew(self) -> None:
        """Forget what was sung."""
        self.range.clear()
        self._counter = self._sung.counter
        self.show_now()

    def look(self) -> None:
        """Count what was sung since the last look."""
        fresh = self._sung.since(self._counter)
        if len(fresh.time_s):
            part = type(fresh)(*(column[:_MOST_POINTS] for column in fresh))
            self.range.add(part, self.desk.singing.a4_hz)
            self._counter = self._sung.counter - len(fresh.time_s) + len(part.time_s)
            self.show_now()

    def show_now(self, _changed: object = None) -> None:
        """Show what was counted."""
        self.plot.show_range(self.range, self.desk.singing.a4_hz, flats=self.desk.settings.value.pitch.flats)
        self.line.setText(self.plot.summary())
