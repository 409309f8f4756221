"""Reading sentences aloud for a new voice: the sentence in large letters, the microphone's level, and one button."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QIcon, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.errors import Explanation
from studio.model.levels import SILENCE_DB
from studio.session.desk import Desk
from studio.session.reading import ReadingAloud
from studio.ui import words
from studio.ui.controls import Button, Text, restyle, surface
from studio.ui.icons import icon
from studio.ui.messages import ExplanationView
from studio.ui.meter import Meter
from studio.ui.sections import Choice
from studio.ui.theme import Theme, wear

_LOOK_MS = 33
_SENTENCE_PX = 60
_FIRST_PX = 160
"""As wide as "Record sentence" and "Next sentence", so that nothing moves between the two."""


class ReadingPanel(QWidget):
    """Shows how far the reading is. The microphone is open for its level while this is in sight."""

    taken_up = Signal(object)  # tuple[Reading, ...]: what was read earlier

    def __init__(self, reading: ReadingAloud, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.reading, self._desk, self._theme = reading, desk, theme
        self._opened = False
        self._trouble: ExplanationView | None = None
        surface(self, "raised")
        self.where = Text("", theme, size="label", tone="secondary", figures=True)
        self.time = Text("", theme, size="label", tone="secondary", figures=True)
        self.sentence = Text("", theme, size="heading", wrap=True)
        self.sentence.setFixedHeight(_SENTENCE_PX)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.go = Button("Record sentence", self)
        self.go.setFixedWidth(_FIRST_PX)
        self.go.clicked.connect(lambda: reading.go_on() if reading.recording else reading.record())
        self.stop = Button("Stop", self)
        self.stop.clicked.connect(reading.stop)
        self.again = Button("Read it again", self)
        self.again.clicked.connect(reading.again)
        self.skip = Button("Another sentence", self, kind="link")
        self.skip.clicked.connect(reading.go_on)
        self.device = Choice("Microphone", {}, self)
        self.device.setMinimumContentsLength(16)
        self.device.chosen.connect(lambda name: desk.settings.change("recording", device=name))
        self.meter = Meter("Microphone level", theme, self)
        self.earlier = Button("", self)
        self.earlier.clicked.connect(lambda: self.taken_up.emit(reading.take_up()))
        self._lay_out()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        reading.changed.connect(self.show_now)
        reading.broken.connect(self._tell)
        desk.transport.equipment.changed.connect(self.show_now)
        self.show_now()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.show_now()

    def sizeHint(self) -> QSize:
        return QSize(560, super().sizeHint().height())

    def _lay_out(self) -> None:
        def row(*widgets: QWidget, stretch: QWidget | None = None) -> QHBoxLayout:
            made = QHBoxLayout()
            made.setSpacing(8)
            for widget in widgets:
                made.addWidget(widget, 1 if widget is stretch else 0)
            return made

        room = QWidget(self)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(12, 8, 12, 12)
        self._rows.setSpacing(8)
        self._rows.addLayout(row(self.where, self.time, stretch=self.where))
        self._rows.addWidget(self.sentence)
        self._rows.addLayout(row(self.go, self.stop, self.again, room, self.skip, stretch=room))
        self._rows.addLayout(row(self.device, self.meter, stretch=self.meter))
        self._rows.addWidget(self.earlier, 0, Qt.AlignmentFlag.AlignLeft)

    def show_now(self) -> None:
        """Show the sentence, and what can be done with it."""
        reading, recording = self.reading, self.reading.recording
        count = len(reading.sentences)
        self.where.setText(f"Sentence {reading.index % count + 1} of {count}" if count else "")
        self.where.set_tone("error" if recording else "secondary")
        if recording:
            self.where.setText(f"● Recording, {self.where.text().lower()}")
        self.time.setText(f"{words.length(reading.length_s)} read, a minute makes a good voice")
        none = "There are no sentences in this language: add recordings instead."
        self.sentence.setText(reading.sentence or none)
        can = bool(count) and not reading.ending and not reading.busy_elsewhere
        self._name(self.go, "Next sentence" if recording else "Record sentence", "danger" if recording else "normal")
        self.go.setIcon(QIcon() if recording else icon("record", self._theme, "error"))
        self.go.setEnabled(can)
        why_not = "A take of the project is being recorded." if reading.busy_elsewhere else ""
        self.go.setToolTip(why_not or ("Keep this one and record the next." if recording else "Read it as you speak."))
        self.stop.setEnabled(recording)
        self.stop.setToolTip("Keep this one and stop recording.")
        self.again.setText("Start it again" if recording else "Read the last one again")
        self.again.setAccessibleName(self.again.text())
        self.again.setEnabled(can and (recording or reading.has_read))
        self.skip.setEnabled(can and not recording)
        earlier = reading.earlier
        length_s = sum(one.length_s for one in earlier)
        some = f"the {len(earlier)} sentences" if len(earlier) > 1 else "the sentence"
        self.earlier.setText(f"Use {some} from before ({words.length(length_s)})")
        self.earlier.setAccessibleName(self.earlier.text())
        self.earlier.setToolTip("They were read before the studio was closed, and no voice was made of them.")
        self.earlier.setVisible(bool(earlier))
        chosen = self._desk.settings.value.recording
        names = [device.name for device in self._desk.transport.equipment.devices if device.inputs]
        self.device.set_choices({"": "System microphone", **{name: name for name in names}})
        self.device.show_value(chosen.device)
        self.device.setToolTip(f"Microphone\n{self.device.currentText()}")
        self.device.setEnabled(not recording)
        self.meter.warn_above(chosen.warn_above_db)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        microphone = self._desk.transport.microphone
        if not microphone.metering:
            self._opened = True
            microphone.meter(True)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self.reading.stop()
        if self._opened:
            self._opened = False
            self._desk.transport.microphone.meter(False)

    def _look(self) -> None:
        levels = self._desk.transport.levels()
        if levels is None:
            self.meter.feed(SILENCE_DB, SILENCE_DB)
        else:
            self.meter.feed(levels.in_peak_db_l, levels.in_peak_db_r)

    def _tell(self, why: Explanation) -> None:
        self._be_silent()
        self._trouble = ExplanationView(why, self._theme, self, weight="warning")
        self._trouble.dismissed.connect(self._be_silent)
        self._rows.insertWidget(2, self._trouble)
        wear(self._theme, self._trouble)
        self._trouble.announce()

    def _be_silent(self) -> None:
        if self._trouble is not None:
            self._rows.removeWidget(self._trouble)
            self._trouble.hide()
            self._trouble.deleteLater()
            self._trouble = None

    def _name(self, button: Button, text: str, kind: str) -> None:
        button.setText(text)
        button.setAccessibleName(text)
        if button.property("kind") != kind:
            button.setProperty("kind", kind)
            restyle(button)
