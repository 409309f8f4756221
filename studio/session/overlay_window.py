"""The overlays over the screen itself, in a window that is seen through: off until it is switched on.

While the studio records, the window rests: the recording has the overlays already, and the screen would show them to it
a second time.
"""

from PySide6.QtCore import QObject

from studio.errors import Explanation
from studio.protocol.capture import FloatOverlays, OverlaysFloated, StopFloating
from studio.protocol.common import Refused
from studio.protocol.messages import Event
from studio.session.capturing import Capturing
from studio.session.document import Document
from studio.session.overlays_elsewhere import OverlaysElsewhere
from studio.session.settings_file import SettingsFile
from studio.supervision.worker import Worker


class OverlayWindow(OverlaysElsewhere):
    """Has the capture worker draw the project's overlays for a window that the screen shows. UI thread only.

    Nothing is asked of the worker before `fit`.
    """

    def __init__(
        self,
        worker: Worker,
        document: Document,
        settings: SettingsFile,
        capturing: Capturing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(worker, document, settings, capturing, parent)
        self.shown: OverlaysFloated | None = None
        """What the window shows; None while there is nothing to show."""
        self._size = (0, 0)
        worker.died.connect(self._forget)
        capturing.changed.connect(self._rest_or_go_on)

    @property
    def resting(self) -> bool:
        """Whether it is on, and hidden because the studio records."""
        return self.on and self._capturing.running

    def fit(self, width: int, height: int) -> None:
        """The screen that the window lies over has this size, in real pixels."""
        self._size = (width, height)
        self._ask()

    def refuse(self, why: Explanation) -> None:
        """There can be no such window here."""
        self.switch(on=False)
        self.failed.emit(why)

    def _request(self) -> FloatOverlays | None:
        width, height = self._size
        if self.resting or not width:
            return None
        return FloatOverlays(overlays=self._overlays, width=width, height=height, sound=self._sound)

    def _farewell(self) -> StopFloating:
        return StopFloating()

    def _stop(self) -> None:
        self.shown = None
        super()._stop()

    def _rest_or_go_on(self) -> None:
        if not self.on:
            return
        if self.resting and self._asked is not None:
            self._stop()
            self.changed.emit()
        elif not self.resting and self._asked is None:
            self._ask()
            self.changed.emit()

    def _forget(self, _why: Explanation) -> None:
        """The worker that drew is gone; the next one is asked when it is ready."""
        self._asked = self.shown = None
        self.changed.emit()

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
