"""The engines that the compute worker has, and what it runs them on."""

from PySide6.QtCore import QObject, Signal

from studio.model.pitch import engine_name
from studio.protocol.common import EngineCard, Ready
from studio.supervision.worker import Worker


class EngineList(QObject):
    """What the worker said of itself when it last became ready; empty before that. UI thread only."""

    changed = Signal()

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ready: Ready | None = worker.last_ready
        worker.ready.connect(self.greet)

    @property
    def cards(self) -> tuple[EngineCard, ...]:
        """Every engine, also those that cannot run here."""
        return self._ready.engines if self._ready is not None else ()

    @property
    def device(self) -> str:
        """What heavy work runs on: "CPU", or the name of a GPU; "" while nobody knows."""
        return self._ready.device if self._ready is not None else ""

    @property
    def device_reason(self) -> str:
        """Why it is that device."""
        return self._ready.device_reason if self._ready is not None else ""

    def card(self, id: str) -> EngineCard | None:
        """The engine of that id."""
        return next((card for card in self.cards if card.id == id), None)

    def name_of(self, id: str) -> str:
        """What an engine is called, also one that is not here."""
        card = self.card(id)
        return engine_name(id) if card is None else card.name

    def why_not(self, id: str) -> str:
        """Why an engine cannot be used now; "" when it can."""
        if self._ready is None:
            return "The engines are still starting"
        card = self.card(id)
        return "This engine is not installed" if card is None else card.missing

    def greet(self, ready: Ready) -> None:
        """Believe what a worker says of itself."""
        self._ready = ready
        self.changed.emit()
