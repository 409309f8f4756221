"""The strip below the preview: record, pause, mark, keep the last moments; how long it has been going."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.session.desk import Desk
from studio.ui import words
from studio.ui.actions import Actions
from studio.ui.controls import Button, IconButton, Text, restyle, surface, tip
from studio.ui.theme import TRANSPORT_PX, Theme

_TICK_MS = 100
_STATES = {
    "starting": ("Starting…", "secondary"),
    "recording": ("● Recording", "error"),
    "paused": ("Paused", "warning"),
    "stopping": ("Finishing…", "secondary"),
}


class RecordBar(QWidget):
    """Everything in it is also a command with keys."""

    def __init__(self, desk: Desk, actions: Actions, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._actions, self._theme = desk, actions, theme
        surface(self, "panel", "top")
        self.setAccessibleName("Recording of the screen")
        self.record = Button("Record screen", self, kind="primary")
        self.record.setFixedHeight(TRANSPORT_PX)
        self.record.setMinimumWidth(140)
        self.record.clicked.connect(lambda: actions.run("live.record"))
        self.pause = self._icon("live.pause", "Pause recording", "pause")
        self.chapter = self._icon("live.chapter", "Mark chapter", "marker")
        self.keep = self._button("live.keep_replay", "Keep replay")
        self.keep.setCheckable(True)
        self.save = self._button("live.save_replay", "Save replay")
        self.time = Text("0:00", theme, size="heading", figures=True)
        self.time.setAccessibleName("Recorded so far")
        self.state = Text("", theme, size="label")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.record)
        row.addWidget(self.pause)
        row.addWidget(self.chapter)
        row.addSpacing(8)
        row.addWidget(self.time)
        row.addWidget(self.state)
        row.addStretch(1)
        row.addWidget(self.keep)
        row.addWidget(self.save)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._show_time)
        desk.capturing.changed.connect(self.show_now)
        actions.refreshed.connect(self._show_actions)
        self.show_now()
        self._show_actions()

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.time.setFont(theme.font("heading", figures=True))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_now()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def show_now(self) -> None:
        """Show what is going on."""
        capturing = self._desk.capturing
        recording = capturing.recording
        kind = "danger" if recording else "primary"
        self.record.setText("Stop recording" if recording else "Record screen")
        self.record.setAccessibleName(self.record.text())
        self.record.setToolTip(tip(self.record.text(), self._actions.keys("live.record")))
        if self.record.property("kind") != kind:
            self.record.setProperty("kind", kind)
            restyle(self.record)
        paused = capturing.phase == "paused"
        self.pause.show_picture("play" if paused else "pause", self._theme)
        self.pause.name("Go on recording" if paused else "Pause recording", self._actions.keys("live.pause"))
        text, tone = _STATES.get(capturing.phase, ("", "secondary"))
        if capturing.replay_only and capturing.phase == "recording":
            text, tone = "Keeping replay", "good"
        self.state.setText(text)
        self.state.set_tone(tone)  # type: ignore[arg-type]  # the tones above are ones
        self.keep.setChecked(capturing.replay_only)
        self.keep.setVisible(not recording)
        if self.isVisible() and capturing.running:
            self._timer.start()
        else:
            self._timer.stop()
        self._show_time()

    def _show_time(self) -> None:
        capturing = self._desk.capturing
        seconds = 0.0 if capturing.replay_only else capturing.elapsed_s
        text = words.time_left(int(seconds))
        if text != self.time.text():
            self.time.setText(text)

    def _show_actions(self) -> None:
        for which, button in (
            ("live.record", self.record),
            ("live.pause", self.pause),
            ("live.chapter", self.chapter),
            ("live.keep_replay", self.keep),
            ("live.save_replay", self.save),
        ):
            why_not = self._actions.why_not(which)
            button.setEnabled(not why_not)
            if why_not and not isinstance(button, IconButton):
                button.setToolTip(tip(button.text(), self._actions.keys(which), f"{why_not}."))

    def _icon(self, which: str, name: str, picture: str) -> IconButton:
        button = IconButton(name, picture, self._theme, self, keys=self._actions.keys(which), size=TRANSPORT_PX)
        button.clicked.connect(lambda: self._actions.run(which))
        return button

    def _button(self, which: str, name: str) -> Button:
        button = Button(name, self, keys=self._actions.keys(which))
        button.clicked.connect(lambda: self._actions.run(which))
        return button
