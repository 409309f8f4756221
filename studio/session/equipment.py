"""The sound devices of this machine as the live worker sees them: which there are, and what is wrong."""

from PySide6.QtCore import QObject, Signal

from studio.protocol.live import Device, Devices, Trouble


class Equipment(QObject):
    """Keeps what the worker said last. A trouble lasts until it is over, or until the worker that had it is gone."""

    changed = Signal()
    trouble = Signal(object)  # Trouble: also when it is over

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._devices: tuple[Device, ...] = ()
        self._troubles: dict[str, Trouble] = {}

    @property
    def devices(self) -> tuple[Device, ...]:
        """The sound devices of this machine."""
        return self._devices

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong now, oldest first."""
        return tuple(self._troubles.values())

    def hear(self, event: Devices | Trouble) -> None:
        """What the worker says of the devices."""
        if isinstance(event, Devices):
            self._devices = event.devices
            self.changed.emit()
            return
        self._troubles.pop(event.kind, None)
        if not event.over:
            self._troubles[event.kind] = event
        self.trouble.emit(event)

    def lose(self) -> None:
        """The worker is gone, and its troubles with it."""
        gone, self._troubles = self.troubles, {}
        for trouble in gone:
            self.trouble.emit(Trouble(kind=trouble.kind, why=trouble.why, over=True))
