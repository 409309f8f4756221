"""The overlays in other places than a recording: off until it is switched on, then asked of the capture worker.

To add a place: a subclass with what is asked for, how it ends, and what is made of the answer.
"""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from studio.protocol.capture import CaptureSound, OverlaySpec
from studio.protocol.messages import Event, Request
from studio.session import captured
from studio.session.capturing import Capturing
from studio.session.document import Document
from studio.session.settings_file import SettingsFile
from studio.supervision.worker import State, Worker

_SOON_MS: Final = 100


class OverlaysElsewhere(QObject):
    """Asks again whenever the project's overlays, the sound or the worker are others. UI thread only."""

    changed = Signal()
    failed = Signal(object)  # Explanation

    def __init__(
        self,
        worker: Worker,
        document: Document,
        settings: SettingsFile,
        capturing: Capturing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker, self._document, self._settings, self._capturing = worker, document, settings, capturing
        self.on = False
        self._asked: Request | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)  # a drag makes many layouts
        self._soon.timeout.connect(self._ask)
        worker.said.connect(self._hear)
        worker.ready.connect(self._ask_anew)
        document.changed.connect(self._look)
        settings.changed.connect(self._look)
        capturing.words_changed.connect(self._look)

    def switch(self, on: bool) -> None:
        """Show the overlays there, or nothing any more."""
        if on == self.on:
            return
        self.on = on
        if not on:
            self._stop()
        else:
            if self._worker.state in (State.STOPPED, State.GAVE_UP):
                self._worker.start()
            self._ask()
        self.changed.emit()

    @property
    def _overlays(self) -> tuple[OverlaySpec, ...]:
        return captured.laid(self._document.project.overlays, self._capturing.words)

    @property
    def _sound(self) -> CaptureSound | None:
        """What levels and traces follow."""
        sounds = captured.sounds(self._settings.value.capture)
        return sounds[0] if sounds else None

    def _request(self) -> Request | None:
        """What the worker is to be asked for, while this is on; None for nothing yet."""
        raise NotImplementedError

    def _farewell(self) -> Request:
        """What ends it."""
        raise NotImplementedError

    def _hear(self, event: Event) -> None:
        raise NotImplementedError

    def _stop(self) -> None:
        self._asked = None
        if self._worker.state is State.READY:
            self._worker.send(self._farewell())

    def _look(self, _changed: object = None) -> None:
        if self.on and not self._soon.isActive():
            self._soon.start()

    def _ask_anew(self, _ready: object) -> None:
        """The worker that showed them is gone."""
        self._asked = None
        self._ask()

    def _ask(self) -> None:
        request = self._request() if self.on else None
        if request is not None and request != self._asked:
            self._asked = request
            self._worker.send(request)
