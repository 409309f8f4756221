"""How the window was left: its size, its panels, what was used lately. Small, and nothing is lost without it."""

import base64
import logging
from pathlib import Path

import msgspec
from msgspec import Struct

_log = logging.getLogger(__name__)


class WindowLayout(Struct, frozen=True, kw_only=True):
    """Sizes in device-independent pixels; `geometry` is Qt's own, in base64."""

    geometry: str = ""
    panels: tuple[int, ...] = ()
    pitch: tuple[int, ...] = ()
    library_shown: bool = True
    inspector_shown: bool = True
    history_shown: bool = False
    pitch_shown: bool = True
    recent_actions: tuple[str, ...] = ()

    @property
    def geometry_bytes(self) -> bytes:
        """The geometry as Qt wants it; empty where it makes no sense."""
        try:
            return base64.b64decode(self.geometry, validate=True)
        except ValueError:
            return b""


def load(path: Path) -> WindowLayout:
    """The layout of last time, or the one of a first start."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=WindowLayout)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return WindowLayout()


def save(path: Path, layout: Struct) -> None:
    """Keep a layout; it appears whole or not at all. A disk that is full costs nothing but the layout."""
    half = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(msgspec.json.encode(layout))
        half.replace(path)
    except OSError as error:
        _log.info("the layout was not kept: %s", error)
