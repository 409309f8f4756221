"""Whether the microphone is open between takes: to be heard, or only for its level."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from studio.protocol.live import Meter, Monitor
from studio.protocol.messages import Request
from studio.session.settings_file import SettingsFile
from studio.settings.schema import Settings


class Microphone(QObject):
    """Two switches of the live worker, which a new process is told again. Being heard is remembered in the settings."""

    changed = Signal()

    def __init__(self, settings: SettingsFile, send: Callable[[Request], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._send = send
        self._monitoring = False
        self._metering = False
        settings.changed.connect(self._settings_changed)

    @property
    def monitoring(self) -> bool:
        """Whether the microphone is heard."""
        return self._monitoring

    @property
    def metering(self) -> bool:
        """Whether the microphone is open for its level."""
        return self._metering

    def monitor(self, on: bool) -> None:
        """Hear the microphone, or not."""
        self._monitoring = on
        self._send(Monitor(on=on))
        self.changed.emit()

    def meter(self, on: bool) -> None:
        """Open the microphone for its level without recording, or close it."""
        self._metering = on
        self._send(Meter(on=on))
        self.changed.emit()

    def greet(self) -> None:
        """Tell a new process what is on."""
        if self._metering:
            self._send(Meter(on=True))
        if self._monitoring:
            self._send(Monitor(on=True))

    def refuse(self, request: str) -> None:
        """The worker could not do a request of this name."""
        if request == Monitor.__name__:
            self._monitoring = False
        elif request == Meter.__name__:
            self._metering = False

    def _settings_changed(self, settings: Settings) -> None:
        if settings.recording.monitor != self._monitoring:
            self.monitor(settings.recording.monitor)
