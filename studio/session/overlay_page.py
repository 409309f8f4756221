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
from PySide6.QtCore import QObject

from studio import paths
from studio.protocol.capture import PageServed, ServePage, StopPage
from studio.protocol.common import Refused
from studio.protocol.messages import Event
from studio.session.capturing import Capturing
from studio.session.document import Document
from studio.session.overlays_elsewhere import OverlaysElsewhere
from studio.session.settings_file import SettingsFile
from studio.supervision.worker import Worker

_TOKEN_BYTES: Final = 24
_PORT: Final = 47811


class _Address(Struct, frozen=True):
    """What is kept between starts."""

    token: str
    port: int = _PORT


class OverlayPage(OverlaysElsewhere):
    """Has the capture worker serve the project's overlays on this computer. UI thread only."""

    def __init__(
        self,
        worker: Worker,
        document: Document,
        settings: SettingsFile,
        capturing: Capturing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(worker, document, settings, capturing, parent)
        self._served = False
        self._address: _Address | None = None

    @property
    def address(self) -> str:
        """Where the page is; empty while it is nowhere."""
        if not self._served or self._address is None:
            return ""
        return f"http://127.0.0.1:{self._address.port}/{self._address.token}/"

    def renew(self) -> None:
        """Have another address from now on; who knew the old one sees nothing any more."""
        port = self._address.port if self._address is not None else _PORT
        self._address = _Address(secrets.token_urlsafe(_TOKEN_BYTES), port)
        _keep(self._address)
        self._served = False
        self._ask()
        self.changed.emit()

    def _request(self) -> ServePage:
        self._address = self._address or _kept() or _Address(secrets.token_urlsafe(_TOKEN_BYTES))
        address = self._address
        return ServePage(token=address.token, port=address.port, overlays=self._overlays, sound=self._sound)

    def _farewell(self) -> StopPage:
        return StopPage()

    def _stop(self) -> None:
        self._served = False
        super()._stop()

    def _hear(self, event: Event) -> None:
        match event:
            case PageServed() if self.on and self._address is not None and event.token == self._address.token:
                if not self._served or event.port != self._address.port:
                    self._served = True
                    self._address = _Address(self._address.token, event.port)
                    _keep(self._address)
                    self.changed.emit()
            case Refused(request="ServePage"):
                self.on, self._served, self._asked = False, False, None
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
