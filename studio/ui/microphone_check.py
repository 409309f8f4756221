"""Trying the microphone: a button that opens it, and the level it gives."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.model.levels import SILENCE_DB, level_text
from studio.session.desk import Desk
from studio.ui.controls import Button, Text
from studio.ui.meter import Meter
from studio.ui.theme import Theme

_TICK_MS = 33


class MeterTest(QWidget):
    """Opens the microphone only while the person tries it, unless it was open before."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._opened = False
        self._button = Button("Test the microphone", self)
        self._button.setCheckable(True)
        self._button.clicked.connect(self._switch)
        self._meter = Meter("Microphone level", theme, self)
        self._number = Text("", theme, tone="secondary", figures=True)
        self._number.setMinimumWidth(88)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._button)
        row.addWidget(self._meter, 1)
        row.addWidget(self._number)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(row)
        rows.addWidget(Text("Speak as loud as you will: peaks between −12 and −6 are right.", theme, tone="secondary"))
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def stop(self) -> None:
        """Close the microphone again, if it was opened here."""
        self._timer.stop()
        self._button.setChecked(False)
        self._button.setText("Test the microphone")
        self._number.setText("")
        if self._opened:
            self._opened = False
            self._desk.transport.microphone.meter(False)

    def _switch(self, on: bool) -> None:
        if not on:
            self.stop()
            return
        self._opened = not self._desk.transport.microphone.metering
        if self._opened:
            self._desk.transport.microphone.meter(True)
        self._button.setText("Stop testing")
        self._timer.start()

    def _tick(self) -> None:
        self._meter.warn_above(self._desk.settings.value.recording.warn_above_db)
        levels = self._desk.transport.levels()
        left, right = (SILENCE_DB, SILENCE_DB) if levels is None else (levels.in_peak_db_l, levels.in_peak_db_r)
        self._meter.feed(left, right)
        self._number.setText("No signal yet" if levels is None else level_text(max(left, right)))
