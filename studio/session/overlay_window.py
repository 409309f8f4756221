"""The overlays over the screen itself, in a window that is seen through: off until it is switched on.

While the studio records, the window rests: the recording has the overlays already, and the screen would show them to it
a second time.
"""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from studio.errors import Explanation
from studio.protocol.capture import FloatOverlays, OverlaysFloated, StopFloating
from studio.protocol.common import Refused
from studio.protocol.messages import Event
from studio.session import captured
from studio.session.capturing import Capturing
from studio.session.document import Document
from studio.session.settings_file import SettingsFile
from studio.supervision.worker import State, Worker

_SOON_MS: Final = 100


class OverlayWindow(QObject):
    """Has the capture worker draw the project's overlays for a window that the screen shows. UI thread only."""

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
        self.shown: OverlaysFloated | None = None
        """What the window shows; None while there is nothing to show."""
        self._size = (0, 0)
        self._asked: FloatOverlays | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)  # a drag makes many layouts
        self._soon.timeout.connect(self._ask)
        worker.said.connect(self._hear)
        worker.died.connect(self._forget)
        worker.ready.connect(self._ask)
        document.changed.connect(self._look)
        settings.changed.connect(self._look)
        capturing.changed.connect(self._rest_or_go_on)

    @property
    def resting(self) -> bool:
        """Whether it is on, and hidden because the studio records."""
        return self.on and self._capturing.running

    def switch(self, on: bool) -> None:
        """Show the window, or close it. Nothing is asked of the worker before `fit`."""
        if on == self.on:
            return
        self.on = on
        if on and self._worker.state in (State.STOPPED, State.GAVE_UP):
            self._worker.start()
        if not on:
            self._stop()
        self.changed.emit()

    def fit(self, width: int, height: int) -> None:
        """The screen that the window lies over has this size, in real pixels."""
        self._size = (width, height)
        self._ask()

    def refuse(self, why: Explanation) -> None:
        """There can be no such window here."""
        self.switch(on=False)
        self.failed.emit(why)

    def _rest_or_go_on(self) -> None:
        if not self.on:
            return
        if self.resting and self._asked is not None:
            self._stop()
            self.changed.emit()
        elif not self.resting and self._asked is None:
            self._ask()
            self.changed.emit()

    def _stop(self) -> None:
        self._asked = self.shown = None
        if self._worker.state is State.READY:
            self._worker.send(StopFloating())

    def _look(self, _changed: object) -> None:
        if self.on and not self._soon.isActive():
            self._soon.start()

    def _forget(self, _why: Explanation) -> None:
        """The worker that drew is gone; the next one is asked when it is ready."""
        self._asked = self.shown = None
        self.changed.emit()

    def _ask(self, _ready: object = None) -> None:
        width, height = self._size
        if not self.on or self.resting or not width:
            return
        sounds = captured.sounds(self._settings.value.capture)
        request = FloatOverlays(
            overlays=captured.laid(self._document.project.overlays),
            width=width,
            height=height,
            sound=sounds[0] if sounds else None,
        )
        if request != self._asked:
            self._asked = request
            self._worker.send(request)

    def _hear(self, event: Event) -> None:
        match event:
            case OverlaysFloated() if self._asked is not None:
                self.shown = event
                self.changed.emit()
            case Refused(request="FloatOverlays"):
                self._asked = None
                self.refuse(event.why)
            case _:
                pass
