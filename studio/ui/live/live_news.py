"""What the recording of the screen has to tell: troubles as banners, results with what to do next."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from studio.commands.help import report
from studio.errors import Explanation
from studio.protocol.capture import CaptureFinished, CapturePart, CaptureTrouble
from studio.session.desk import Desk
from studio.ui import words
from studio.ui.messages import Banners, Weight

_PREFIX = "capture "
_SAID_ELSEWHERE = frozenset({"black", "stopped"})


class LiveNews(QObject):
    """Listens to the session's `Capturing` from the moment that the Live workspace was first opened."""

    def __init__(self, desk: Desk, banners: Banners, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._banners = desk, banners
        capturing = desk.capturing
        capturing.trouble.connect(self._trouble)
        capturing.failed.connect(self._failed)
        capturing.lost.connect(self._lost)
        capturing.finished.connect(self._finished)
        capturing.replay_saved.connect(self._replay_saved)
        capturing.changed.connect(self._changed)
        desk.lyrics.failed.connect(lambda why: self._put(f"{_PREFIX}lyrics", why, "warning"))

    def _trouble(self, trouble: CaptureTrouble) -> None:
        key = f"{_PREFIX}{trouble.kind} {trouble.device}".rstrip()
        if trouble.over:
            self._banners.take(key)
        elif trouble.kind not in _SAID_ELSEWHERE:
            self._put(key, trouble.why, "warning")

    def _failed(self, why: Explanation) -> None:
        self._put(f"{_PREFIX}failed", why, "error")

    def _lost(self, why: Explanation) -> None:
        """The worker died: what was recorded is safe, and one click goes on in a new file."""
        self._banners.put(
            f"{_PREFIX}lost",
            why,
            weight="error",
            action="Record again",
            run=self._again,
            report=lambda: report(self._desk),
        )

    def _again(self) -> None:
        self._banners.take(f"{_PREFIX}lost")
        self._desk.capturing.start()

    def _finished(self, event: CaptureFinished) -> None:
        if event.why is not None:
            self._put(f"{_PREFIX}stopped", event.why, "error")
        if not event.parts:
            return
        seconds = sum(part.duration_s for part in event.parts)
        size = words.size(sum(part.size_bytes for part in event.parts))
        many = f" in {len(event.parts)} files" if len(event.parts) > 1 else ""
        self._desk.asks.toast(
            f"Recorded {words.length(seconds)}{many}, {size}: {Path(event.parts[0].path).name}",
            "Open on the timeline",
            lambda: self._open(event.parts),
        )

    def _open(self, parts: Sequence[CapturePart]) -> None:
        """Parts follow each other on the timeline, as they did on the screen."""
        rate_hz, at_s = self._desk.document.project.rate_hz, 0.0
        for part in parts:
            self._desk.importing.add([part.path], round(at_s * rate_hz))
            at_s += part.duration_s
        self._desk.view.set_workspace("edit")

    def _replay_saved(self, part: CapturePart) -> None:
        path = Path(part.path)
        said = f"Replay saved, {words.length(part.duration_s)}: {path.name}"
        self._desk.asks.toast(said, "Show in folder", lambda: self._desk.asks.reveal(path))

    def _changed(self) -> None:
        """A recording that runs has left behind what was wrong with the one before."""
        if self._desk.capturing.phase == "starting":
            for key in self._banners.keys:
                if key.startswith(_PREFIX):
                    self._banners.take(key)

    def _put(self, key: str, why: Explanation, weight: Weight) -> None:
        self._banners.put(key, why, weight=weight, report=lambda: report(self._desk))
