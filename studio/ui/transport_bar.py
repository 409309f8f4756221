"""The bar at the bottom: transport, time, level, what is being worked on, and on which device."""

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from studio.model.levels import SILENCE_DB
from studio.model.time import format_clock
from studio.session.desk import Desk
from studio.settings.schema import Settings
from studio.ui.actions import Actions
from studio.ui.compare_strip import CompareStrip
from studio.ui.controls import IconButton, Text, surface
from studio.ui.frame import TRANSPORT_BAR_PX
from studio.ui.icons import BOX_PX, icon
from studio.ui.jobs_view import JobLine, JobsPopover
from studio.ui.meter import FLOOR_DB, Meter
from studio.ui.theme import TRANSPORT_PX, Role, Theme

_FRAME_MS = 16
_SLOW_MS = 100
_LONGEST_CLOCK = "0:00:00.000"


class TransportBar(QWidget):
    """Shows what the transport says. A timer runs only while something moves."""

    def __init__(self, desk: Desk, actions: Actions, theme: Theme, popover: JobsPopover, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._actions, self._theme, self._popover = desk, actions, theme, popover
        surface(self, "panel", "top")
        self.setFixedHeight(TRANSPORT_BAR_PX)
        self.setAccessibleName("Transport")
        self.to_start = self._button("transport.start", "Go to the start", "to-start")
        self.play = self._button("transport.play", "Play", "play", role="text")
        self.record = self._button("transport.record", "Record", "record", role="error")
        self.loop = self._button("transport.loop", "Loop", "loop", on="accent", checkable=True)
        self.time = Text("", theme, size="heading", figures=True)
        self.time.setAccessibleName("Time")
        self._state = Text("", theme, size="label", tone="error")
        self.compare = CompareStrip(desk.compare, theme, actions.keys("transport.compare"), self)
        self.meter = Meter("Output level", theme, self)
        self.meter.setMaximumWidth(240)
        self._lufs = Text("", theme, tone="secondary", figures=True)
        self._lufs.setAccessibleName("Momentary loudness")
        self._lufs.setToolTip("Momentary loudness of the output")
        self.jobs = IconButton("Jobs", "jobs", theme, self, keys=actions.keys("view.jobs"))
        self.jobs.clicked.connect(self.toggle_jobs)
        self._job = JobLine(desk.jobs, theme, self)
        self._job.setMaximumWidth(360)
        self._device = QToolButton(self)
        self._device.setIconSize(QSize(BOX_PX, BOX_PX))
        self._device.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._device.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._device.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._device_menu = QMenu(self._device)
        self._device.setMenu(self._device_menu)
        self._lay_out()
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        desk.transport.state_changed.connect(self._show_state)
        desk.selection.changed.connect(self._show_time)
        desk.document.changed.connect(self._show_time)
        desk.engines.changed.connect(self._show_device)
        desk.settings.changed.connect(self._settings_changed)
        actions.refreshed.connect(self._show_actions)
        self.set_theme(theme)
        self._show_device()
        self._show_state()
        self._show_lufs(SILENCE_DB)
        self._settings_changed(desk.settings.value)

    def _settings_changed(self, settings: Settings) -> None:
        self.meter.warn_above(settings.recording.warn_above_db)

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.time.setFont(theme.font("heading", figures=True))
        self.time.setMinimumWidth(self.time.fontMetrics().horizontalAdvance(_LONGEST_CLOCK[2:]) + 4)
        self._lufs.setFont(theme.font(figures=True))
        self._lufs.setFixedWidth(self._lufs.fontMetrics().horizontalAdvance("-00.0 LUFS") + 4)
        self._show_device()
        self._show_state()

    def toggle_jobs(self) -> None:
        """Open or close the list of jobs."""
        if self._popover.isVisible():
            self._popover.hide()
        else:
            self._popover.open_above(self.jobs)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pace()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _button(
        self,
        id: str,
        name: str,
        picture: str,
        role: Role = "secondary",
        on: Role | None = None,
        checkable: bool = False,
    ) -> IconButton:
        keys = self._actions.keys(id)
        button = IconButton(
            name, picture, self._theme, self, keys=keys, role=role, on=on, size=TRANSPORT_PX, checkable=checkable
        )
        button.clicked.connect(lambda: self._actions.run(id))
        if checkable:
            button.clicked.connect(self._show_state)  # pressed is what the transport says, not what was clicked
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(4)
        for button in (self.to_start, self.play, self.record, self.loop):
            row.addWidget(button)
        row.addSpacing(12)
        row.addWidget(self.time)
        row.addSpacing(4)
        row.addWidget(self._state)
        row.addWidget(self.compare)
        row.addSpacing(12)
        row.addWidget(self.meter, 2)
        row.addSpacing(8)
        row.addWidget(self._lufs)
        row.addStretch(1)
        row.addWidget(self._job, 3)
        row.addWidget(self.jobs)
        row.addWidget(self._device)

    def _show_actions(self) -> None:
        for which, button in (
            ("transport.start", self.to_start),
            ("transport.play", self.play),
            ("transport.record", self.record),
            ("transport.loop", self.loop),
        ):
            if which in self._actions:
                button.setEnabled(self._actions.action(which).isEnabled())

    def _show_state(self) -> None:
        transport = self._desk.transport
        playing, recording = transport.playing, transport.recording
        self.play.show_picture("stop" if playing or recording else "play", self._theme)
        self.play.name("Stop" if playing or recording else "Play", self._actions.keys("transport.play"))
        self.record.show_picture("stop" if recording else "record", self._theme)
        self.record.name("Stop recording" if recording else "Record take", self._actions.keys("transport.record"))
        self.loop.setChecked(transport.loop_on)
        loop = transport.loop
        stretch = ""
        if loop.stop > loop.start:
            rate_hz = self._desk.document.project.rate_hz
            stretch = f"{format_clock(loop.start, rate_hz)} to {format_clock(loop.stop, rate_hz)}"
        self.loop.name("Loop", self._actions.keys("transport.loop"), stretch)
        self._state.setText("● Recording" if recording else "")
        self._show_time()
        self._pace()

    def _show_time(self, _changed: object = None) -> None:
        text = format_clock(int(self._desk.transport.position()), self._desk.document.project.rate_hz)
        if text != self.time.text():
            self.time.setText(text)

    def _show_device(self) -> None:
        engines = self._desk.engines
        name = engines.device or "Starting"
        on_gpu = bool(engines.device) and engines.device != "CPU"
        short = name if len(name) <= 18 else "GPU"
        self._device.setText(f"{short} ▾")
        self._device.setIcon(icon("gpu" if on_gpu else "cpu", self._theme))
        self._device.setAccessibleName(f"Heavy work runs on: {name}")
        reason = engines.device_reason or "The engines are still starting."
        self._device.setToolTip(f"Heavy work runs on: {name}\n{reason}")
        menu = self._device_menu
        menu.clear()
        menu.addAction(f"{name}: {reason}").setEnabled(False)
        menu.addSeparator()
        for which in ("help.system_check", "file.preferences"):
            if which in self._actions:
                menu.addAction(self._actions.action(which))

    def _pace(self) -> None:
        transport = self._desk.transport
        if not self.isVisible():
            self._timer.stop()
        elif transport.playing or transport.recording:
            self._timer.start(_FRAME_MS)
        elif transport.microphone.metering or transport.microphone.monitoring or transport.levels() is not None:
            self._timer.start(_SLOW_MS // 3)
        elif not self.meter.is_still:
            self._timer.start(_FRAME_MS)
        else:
            self._timer.stop()

    def _tick(self) -> None:
        transport = self._desk.transport
        if transport.playing or transport.recording:
            self._show_time()
        levels = transport.levels()
        if levels is None:
            self.meter.feed(SILENCE_DB, SILENCE_DB)
            self._show_lufs(SILENCE_DB)
        elif transport.recording or (transport.microphone.metering and not transport.playing):
            self.meter.feed(levels.in_peak_db_l, levels.in_peak_db_r)
            self._show_lufs(SILENCE_DB)
        else:
            self.meter.feed(levels.out_peak_db_l, levels.out_peak_db_r)
            self._show_lufs(levels.out_lufs_momentary)
        if not (transport.playing or transport.recording):
            self._pace()

    def _show_lufs(self, lufs: float) -> None:
        text = f"{lufs:.1f} LUFS".replace("-", "−") if lufs > FLOOR_DB else "− LUFS"
        if text != self._lufs.text():
            self._lufs.setText(text)
