"""The overlays as a page for the browser source of another program: off until it is switched on, and after every start.

The address keeps its token between starts, so that the other program need not be told again.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal

from studio import paths
from studio.protocol.capture import CaptureSound, PageServed, ServePage, StopPage
from studio.protocol.common import Refused
from studio.protocol.messages import Event
from studio.session import captured
from studio.session.document import Document
from studio.session.settings_file import SettingsFile
from studio.supervision.worker import State, Worker

_SOON_MS: Final = 100
_TOKEN_BYTES: Final = 24
_PORT: Final = 47811


class _Address(Struct, frozen=True):
    """What is kept between starts."""

    token: str
    port: int = _PORT


class OverlayPage(QObject):
    """Has the capture worker serve the project's overlays on this computer. UI thread only."""

    changed = Signal()
    failed = Signal(object)  # Explanation

    def __init__(
        self, worker: Worker, document: Document, settings: SettingsFile, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._worker, self._document, self._settings = worker, document, settings
        self.on = False
        self._served = False
        self._address: _Address | None = None
        self._asked: ServePage | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)  # a drag makes many layouts
        self._soon.timeout.connect(self._ask)
        worker.said.connect(self._hear)
        worker.ready.connect(self._ask_anew)
        document.changed.connect(self._look)
        settings.changed.connect(self._look)

    @property
    def address(self) -> str:
        """Where the page is; empty while it is nowhere."""
        if not self._served or self._address is None:
            return ""
        return f"http://127.0.0.1:{self._address.port}/{self._address.token}/"

    def switch(self, on: bool) -> None:
        """Serve the page, or nothing."""
        if on == self.on:
            return
        self.on, self._served, self._asked = on, False, None
        if on:
            self._address = self._address or _kept() or _Address(secrets.token_urlsafe(_TOKEN_BYTES))
            if self._worker.state in (State.STOPPED, State.GAVE_UP):
                self._worker.start()
            self._ask()
        elif self._worker.state is State.READY:
            self._worker.send(StopPage())
        self.changed.emit()

    def renew(self) -> None:
        """Have another address from now on; who knew the old one sees nothing any more."""
        port = self._address.port if self._address is not None else _PORT
        self._address = _Address(secrets.token_urlsafe(_TOKEN_BYTES), port)
        _keep(self._address)
        if self.on:
            self._served = False
            self._ask()
        self.changed.emit()

    def _look(self, _changed: object) -> None:
        if self.on and not self._soon.isActive():
            self._soon.start()

    def _ask_anew(self, _ready: object) -> None:
        """The worker that served it is gone."""
        self._asked = None
        self._ask()

    def _ask(self) -> None:
        if not self.on or self._address is None:
            return
        sounds: tuple[CaptureSound, ...] = captured.sounds(self._settings.value.capture)
        request = ServePage(
            token=self._address.token,
            port=self._address.port,
            overlays=captured.laid(self._document.project.overlays),
            sound=sounds[0] if sounds else None,
        )
        if request != self._asked:
            self._asked = request
            self._worker.send(request)

    def _hear(self, event: Event) -> None:
        match event:
            case PageServed() if self.on and self._address is not None and event.token == self._address.token:
                if not self._served or event.port != self._address.port:
                    self._served = True
                    self._address = _Address(self._address.token, event.port)
                    _keep(self._address)
                    self.changed.emit()
            case Refused(request="ServePage"):
                self.on = self._served = False
                self.failed.emit(event.why)
                self.changed.emit()
            case _:
                pass


def _file() -> Path:
    return paths.config() / "overlay-page.json"


def _kept() -> _Address | None:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(_file().read_bytes(), type=_Address)
    return None


def _keep(address: _Address) -> None:
    """Write it where only this person reads it; without a disk the address is another one at the next start."""
    with contextlib.suppress(OSError):
        part = _file().with_suffix(".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.encode(address))
        part.replace(_file())
