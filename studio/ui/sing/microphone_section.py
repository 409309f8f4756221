"""The microphone: which one, how loud, and whether it is heard, with what can go wrong when it is."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from studio.commands.help import report
from studio.model.levels import SILENCE_DB
from studio.protocol.live import Trouble
from studio.session.desk import Desk
from studio.ui.controls import tip
from studio.ui.messages import ExplanationView
from studio.ui.meter import Meter
from studio.ui.sections import Choice, Section
from studio.ui.theme import Theme

_LOOK_MS = 33


class MicrophoneSection(Section):
    """Device, level and monitoring. A warning of hearing oneself stands below the switch as long as it holds."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Microphone", desk, theme, parent)
        self.device = Choice("Microphone", {}, self)
        self.device.chosen.connect(lambda name: desk.settings.change("recording", device=name))
        self.meter = Meter("Microphone level", theme, self)
        self.hear = QCheckBox("Hear yourself", self)
        self.hear.setAccessibleName("Hear yourself")
        self.hear.setToolTip(tip("Hear yourself", "", "The microphone is played back. Wear headphones."))
        self.hear.clicked.connect(lambda on: desk.settings.change("recording", monitor=on))
        self.add("Device", self.device)
        self.add("Level", self.meter)
        self.add("", self.hear)
        self._warnings = QVBoxLayout()
        self._warnings.setContentsMargins(0, 0, 0, 0)
        self._warnings.setSpacing(8)
        holder = QWidget(self)
        holder.setLayout(self._warnings)
        self.add_wide(holder)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        desk.transport.equipment.changed.connect(self.show_now)
        desk.transport.state_changed.connect(self.show_now)
        desk.settings.changed.connect(self.show_now)
        desk.singing.warned.connect(self._warn)
        self.show_now()

    @property
    def warnings(self) -> tuple[ExplanationView, ...]:
        """What is said below the switch."""
        return tuple(self.findChildren(ExplanationView))

    def show_now(self, _changed: object = None) -> None:
        """Offer the microphones that there are, and show what is on."""
        desk, chosen = self.desk, self.desk.settings.value.recording
        names = [device.name for device in desk.transport.equipment.devices if device.inputs]
        self.device.set_choices({"": "System microphone", **{name: name for name in names}})
        self.device.show_value(chosen.device)
        self.device.setToolTip(tip("Microphone", "", self.device.currentText()))
        self.hear.setChecked(desk.transport.microphone.monitoring)
        self.meter.warn_above(chosen.warn_above_db)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        for trouble in self.desk.singing.warnings:
            self._warn(trouble)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _warn(self, trouble: Trouble) -> None:
        for view in self.warnings:
            if view.why.code == trouble.why.code:
                view.setParent(None)
                view.deleteLater()
        if not trouble.over:
            view = ExplanationView(
                trouble.why, self.theme, self, weight="warning", closable=False, report=lambda: report(self.desk)
            )
            self._warnings.addWidget(view)
            view.announce()

    def _look(self) -> None:
        levels = self.desk.transport.levels()
        if levels is not None and self.desk.singing.running:
            self.meter.feed(levels.in_peak_db_l, levels.in_peak_db_r)
        elif not self.meter.is_still:
            self.meter.feed(SILENCE_DB, SILENCE_DB)
