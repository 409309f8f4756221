"""The words that overlays show while the project plays: each layout's lyrics, in step with the playhead."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from studio.errors import StudioError
from studio.model.lyrics import Line, line_at, lines_of
from studio.session.capturing import Capturing
from studio.session.document import Document
from studio.session.selection import Selection
from studio.session.transport import Transport

_LOOK_MS: Final = 40
_MOST_BYTES: Final = 1 << 18
"""Many times what the longest song has: whatever file is chosen, reading it does not hold up the window."""


class Lyrics(QObject):
    """Reads the files of lyrics overlays and says each line when it is sung. UI thread only."""

    failed = Signal(object)  # Explanation

    def __init__(
        self,
        document: Document,
        transport: Transport,
        selection: Selection,
        capturing: Capturing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._transport, self._capturing = document, transport, capturing
        self._files: dict[str, tuple[Line, ...]] = {}
        self._clock = QTimer(self, interval=_LOOK_MS)
        self._clock.timeout.connect(self._follow)
        document.changed.connect(self._project_changed)
        transport.state_changed.connect(self._follow)
        selection.changed.connect(self._follow)
        self._project_changed()

    def _project_changed(self, _project: object = None) -> None:
        overlays = self._document.project.overlays if self._document.is_open else ()
        paths = {one.path for one in overlays if one.kind == "lyrics" and one.path}
        for path in paths - self._files.keys():
            try:
                self._files[path] = read(Path(path))
            except StudioError as error:
                self._files[path] = ()
                self.failed.emit(error.explanation)
        self._files = {path: self._files[path] for path in paths}
        self._follow()

    def _follow(self) -> None:
        """Say what is sung where the playhead is."""
        plays = bool(self._files) and self._transport.playing
        if plays != self._clock.isActive():
            self._clock.start() if plays else self._clock.stop()
        if not self._files:
            self._capturing.say({})
            return
        at_s = self._transport.position() / self._document.project.rate_hz
        self._capturing.say({path: line_at(lines, at_s) for path, lines in self._files.items()})


def read(path: Path) -> tuple[Line, ...]:
    """The lines of a file; a `StudioError` says why there are none."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES)
    except OSError as error:
        raise _not_shown(path, f"It cannot be read: {error.strerror or error}.") from error
    try:
        text = raw.decode("utf-8-sig" if not raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-16")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    lines = lines_of(text)
    if not lines:
        raise _not_shown(path, "No line in it says when it is sung.")
    return lines


def _not_shown(path: Path, cause: str) -> StudioError:
    return StudioError(
        "overlay.lyrics",
        f"The lyrics {path.name} are not shown.",
        cause=cause,
        remedy="Choose an LRC, SRT or WebVTT file.",
    )
