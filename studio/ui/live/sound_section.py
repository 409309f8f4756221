"""The sounds of a recording: which there are, and how loud each is now."""

from typing import Literal

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from studio.errors import StudioError
from studio.ipc.series import Series
from studio.model.levels import SILENCE_DB
from studio.protocol.capture import ScreenWatched
from studio.session.captured import NONE
from studio.session.desk import Desk
from studio.ui.controls import tip
from studio.ui.meter import Meter
from studio.ui.sections import Choice, Section
from studio.ui.theme import Theme

_LOOK_MS = 33
_TOGETHER = "What all programs play, in one track: one program alone cannot be recorded. Give it an output of its own."
Kind = Literal["microphone", "desktop"]


class SoundSection(Section):
    """A device and a meter each for the microphone and for what the computer plays; every one is a track."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Sound", desk, theme, parent)
        self._levels: Series | None = None
        self._counter = 0
        self.choices: dict[Kind, Choice] = {}
        self.meters: dict[Kind, Meter] = {}
        kinds: tuple[tuple[Kind, str], ...] = (("microphone", "Voice"), ("desktop", "Desktop"))
        for kind, name in kinds:
            choice = Choice(f"{name} sound", {}, self)
            choice.chosen.connect(lambda device, which=kind: desk.settings.change("capture", **{which: device}))
            meter = Meter(f"{name} level", theme, self)
            self.choices[kind], self.meters[kind] = choice, meter
            self.add(name, choice)
            self.add("", meter)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._take)
        desk.capturing.shown.connect(self._attach)
        desk.capturing.changed.connect(self.show_now)
        self.show_now()

    def show_now(self) -> None:
        """Offer the devices that there are."""
        capturing, chosen = self.desk.capturing, self.desk.settings.value.capture
        sounds = capturing.screens.sounds if capturing.screens is not None else ()
        voices: dict[object, str] = {"": "System microphone"}
        voices |= {one.name: one.name for one in sounds if not one.desktop}
        desktop: dict[object, str] = {NONE: "Not recorded"}
        desktop |= {one.name: one.name for one in sounds if one.desktop}
        self.choices["microphone"].set_choices({**voices, NONE: "Not recorded"})
        self.choices["desktop"].set_choices(desktop)
        self.choices["microphone"].show_value(chosen.microphone)
        self.choices["desktop"].show_value(chosen.desktop)
        why = "The sounds stay as they are until the recording ends." if capturing.running else ""
        nothing = "This computer offers no sound of its own to record." if len(desktop) == 1 else ""
        for kind, choice in self.choices.items():
            choice.setEnabled(not why)
            more = why or ((nothing or _TOGETHER) if kind == "desktop" else "")
            choice.setToolTip(tip(choice.accessibleName(), "", more or choice.currentText()))
        for kind, meter in self.meters.items():
            meter.setEnabled(getattr(chosen, kind) != NONE)
        if capturing.view is None:
            self._let_go()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
        self._let_go()

    def _attach(self, watched: ScreenWatched) -> None:
        self._let_go()
        try:
            self._levels = Series.attach(watched.levels)
            self._counter = self._levels.counter
        except StudioError:  # the worker has died since
            self._levels = None

    def _let_go(self) -> None:
        if self._levels is not None:
            self._levels.close()
            self._levels = None

    def _take(self) -> None:
        rows = None
        if self._levels is not None:
            self._counter, rows = self._levels.since(self._counter)
        view = self.desk.capturing.view
        titles = view.sounds if view is not None else ()
        for kind, meter in self.meters.items():
            title = kind.title()
            level = SILENCE_DB
            if rows is not None and len(rows) and title in titles:
                level = float(rows[:, 1 + titles.index(title)].max())
            if level > SILENCE_DB or not meter.is_still:
                meter.feed(level, level)
