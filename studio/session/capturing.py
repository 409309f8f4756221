"""The recording of the screen as the desktop sees it: looking, recording, what comes of it, and what goes wrong."""

import time
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from studio.errors import Explanation
from studio.model.overlays import Overlay
from studio.protocol.capture import (
    AddChapter,
    CaptureFigures,
    CaptureFinished,
    CapturePart,
    CaptureProgress,
    CaptureStarted,
    CaptureTrouble,
    ListScreens,
    OverlaySpec,
    PauseCapture,
    ReplaySaved,
    SaveReplay,
    Screens,
    ScreenWatched,
    SetOverlays,
    StartCapture,
    StopCapture,
    StopWatching,
    WatchEnded,
    WatchScreen,
)
from studio.protocol.common import Refused
from studio.protocol.messages import Event
from studio.session import captured
from studio.session.captured import Phase, Source
from studio.session.document import Document
from studio.session.settings_file import SettingsFile
from studio.supervision.worker import State, Worker

_PREVIEW_FPS: Final = 20.0
_WHOLE_PX: Final = (3840, 2160)
_OVERLAYS_MS: Final = 30
_OF_LOOKING: Final = ("WatchScreen", "ListScreens")


class Capturing(QObject):
    """Asks the capture worker and keeps what it answers. Nothing is asked before `look` or `start`. UI thread only."""

    changed = Signal()
    figures_changed = Signal()
    shown = Signal(object)  # ScreenWatched: there are pictures and levels to attach to
    trouble = Signal(object)  # CaptureTrouble
    failed = Signal(object)  # Explanation: something that was asked for was not done
    lost = Signal(object)  # Explanation: the worker died while it recorded; the file plays
    finished = Signal(object)  # CaptureFinished
    replay_saved = Signal(object)  # CapturePart
    words_changed = Signal()

    def __init__(
        self, worker: Worker, document: Document, settings: SettingsFile, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._worker, self._document, self._settings = worker, document, settings
        self.phase: Phase = "off"
        self.source = Source(monitor=settings.value.capture.monitor)
        self.screens: Screens | None = None
        self.view: ScreenWatched | None = None
        self.figures: CaptureFigures | None = None
        self.disk_bytes = -1
        self.tracks: tuple[str, ...] = ()
        self.why_blind: Explanation | None = None
        self.replay_only = False
        self.path = ""
        self.parts: tuple[CapturePart, ...] = ()
        self.is_black = False
        self.dark_cameras: frozenset[str] = frozenset()
        """The cameras of the layout that give no picture."""
        self.words: Mapping[str, str] = {}
        """What the files of lyrics overlays say now, by their paths."""
        self._wanted = False
        self._then_record = False
        self._whole = False
        self._size = (960, 540)
        self._figures_at_s = 0.0
        self._overlays: tuple[Overlay, ...] = ()
        self._overlays_soon = QTimer(self, singleShot=True, interval=_OVERLAYS_MS)  # a drag makes many of them
        self._overlays_soon.timeout.connect(self._lay_over)
        worker.said.connect(self._hear)
        worker.died.connect(self._died)
        worker.ready.connect(self._worker_ready)
        document.changed.connect(self._project_changed)
        settings.changed.connect(self._settings_changed)
        self._sounds = captured.sounds(settings.value.capture)

    # What is going on

    @property
    def running(self) -> bool:
        """Whether the screen is being recorded, or a replay kept."""
        return self.phase in ("starting", "recording", "paused", "stopping")

    @property
    def recording(self) -> bool:
        """Whether a file is being written."""
        return self.running and not self.replay_only

    @property
    def elapsed_s(self) -> float:
        """How much is recorded, judged between two reports of the worker by the clock."""
        if self.figures is None or not self.running:
            return 0.0
        since_s = time.monotonic() - self._figures_at_s if self.phase == "recording" else 0.0
        return self.figures.duration_s + min(since_s, 1.0)

    # Looking

    def look(self, width: int, height: int) -> None:
        """Show what would be recorded, or is, in pictures of at most this size; until `look_away`."""
        self._wanted, self._size = True, (max(16, width), max(16, height))
        if self._worker.state in (State.STOPPED, State.GAVE_UP):
            self._worker.start()
        if self.screens is None:
            self.list_screens()
        self._watch()

    def look_away(self) -> None:
        """Nobody looks: let go of the screen and the microphones; a recording goes on."""
        self._wanted, self.view = False, None
        if self._worker.state is State.READY:
            self._worker.send(StopWatching())
        if not self.running:
            self._become("off")

    def look_at_all(self, on: bool) -> None:
        """Show the whole screen in all its pixels, for a region to be drawn on it, or again what would be recorded."""
        self._whole = on and not self.running
        self._watch()

    def list_screens(self) -> None:
        """Ask again which monitors, windows and microphones there are."""
        self._worker.send(ListScreens())

    def choose(self, source: Source) -> None:
        """Record this from now on; while something is recorded, it stays as it is."""
        if self.running or source == self.source:
            return
        self.source = source
        if not source.window and source.region is None:
            self._settings.change("capture", monitor=source.monitor)
        self.is_black = False
        self._watch()
        self.changed.emit()

    # Recording

    def start(self, *, replay_only: bool = False) -> None:
        """Record into a new file, or only keep the last moments."""
        if self.running and not (self.replay_only and not replay_only):
            return
        if self._worker.state in (State.STOPPED, State.GAVE_UP):
            self._worker.start()
        if self.running:  # a replay is kept: it makes room for the recording, which keeps one as well
            self._then_record = True
            self.stop()
            return
        self.replay_only, self.figures, self.path, self.parts = replay_only, None, "", ()
        self._become("starting")
        self._overlays = self._document.project.overlays
        self._worker.send(
            StartCapture(
                spec=captured.spec(self._settings.value.capture, self.source, self._laid, to_file=not replay_only)
            )
        )

    def stop(self) -> None:
        """End the recording; `finished` follows."""
        if self.phase in ("recording", "paused"):
            self._become("stopping")
            self._worker.send(StopCapture())

    def pause(self, on: bool) -> None:
        """Leave out what happens now, or go on."""
        if self.phase in ("recording", "paused") and not self.replay_only:
            self._worker.send(PauseCapture(on=on))
            self._become("paused" if on else "recording")

    def chapter(self, name: str = "") -> None:
        """A chapter begins now."""
        self._worker.send(AddChapter(name=name))

    def save_replay(self) -> None:
        """Save the last moments; `replay_saved` follows, or `failed`."""
        chosen = self._settings.value.capture
        self._worker.send(SaveReplay(path=str(captured.folder(chosen) / captured.file_name(chosen, "Replay "))))

    # What is laid over

    def say(self, words: Mapping[str, str]) -> None:
        """Have lyrics overlays show these words, by the paths of their files."""
        if words != self.words:
            self.words = words
            self._lay_over_soon()
            self.words_changed.emit()

    @property
    def _laid(self) -> tuple[OverlaySpec, ...]:
        return captured.laid(self._overlays, self.words)

    def _lay_over_soon(self) -> None:
        if not self._overlays_soon.isActive():
            self._overlays_soon.start()

    # What the worker says

    def _hear(self, event: Event) -> None:
        match event:
            case Screens():
                self.screens = event
                self.changed.emit()
            case ScreenWatched():
                self._see(event)
            case WatchEnded():
                self.view, self.why_blind = None, event.why
                self._become("off")
            case CaptureStarted():
                self.path, self.tracks, self.why_blind = event.path, event.tracks, None
                self._figures_at_s = time.monotonic()
                self._become("recording")
            case CaptureProgress():
                self.figures, self.disk_bytes = event.figures, event.disk_bytes
                self._figures_at_s = time.monotonic()
                self.figures_changed.emit()
            case CaptureTrouble():
                if event.kind == "black":
                    self.is_black = not event.over
                    self.changed.emit()
                elif event.kind == "resized":
                    self._watch()  # for the size that it has now
                elif event.kind == "camera":
                    self.dark_cameras = self.dark_cameras - {event.device}
                    if not event.over:
                        self.dark_cameras |= {event.device}
                    self.changed.emit()
                self.trouble.emit(event)
            case CaptureFinished():
                self._end(event)
            case ReplaySaved():
                self.replay_saved.emit(event.part)
            case Refused():
                self._refused(event)
            case _:
                pass

    def _see(self, event: ScreenWatched) -> None:
        if not self._wanted:
            return
        self.view, self.why_blind = event, None
        if event.disk_bytes >= 0:
            self.disk_bytes = event.disk_bytes
        self._become(self.phase if self.running else "looking")
        self.shown.emit(event)

    def _end(self, event: CaptureFinished) -> None:
        replay_only, again = self.replay_only, self._then_record
        self.replay_only, self._then_record = False, False
        self.figures = event.figures
        self.parts = event.parts
        self._become("off")
        if not replay_only or event.why is not None:
            self.finished.emit(event)
        if again:
            self.start()
        elif self._wanted:
            self._watch()

    def _refused(self, event: Refused) -> None:
        if event.request in _OF_LOOKING:
            self.view, self.why_blind = None, event.why
            if not self.running:
                self._become("off")
            self.changed.emit()
            return
        if event.request == "StartCapture":
            self.replay_only = False
            self._become("off")
            if self._wanted:
                self._watch()
        if event.request in ("StartCapture", "StopCapture", "PauseCapture", "AddChapter", "SaveReplay", "SetOverlays"):
            self.failed.emit(event.why)

    def _died(self, why: Explanation) -> None:
        was_recording, seconds, path = self.recording, self.elapsed_s, self.path
        began = self.phase in ("recording", "paused", "stopping")
        starting = self.phase == "starting"
        self.view, self.replay_only, self._then_record = None, False, False
        self.screens = None
        self.dark_cameras = frozenset()
        self._become("off")
        if was_recording and began:
            self.lost.emit(
                Explanation(
                    code="capture.died",
                    title=f"Screen recording stopped after {seconds:.1f} s; the file plays.",
                    cause=why.cause,
                    remedy=f"Less than the last second is lost. It lies in {path}.",
                    detail=why.detail,
                )
            )
        elif starting:
            self.failed.emit(why)

    def _worker_ready(self, _ready: object) -> None:
        if self._wanted:
            self.look(*self._size)

    def _project_changed(self, _project: object) -> None:
        overlays = self._document.project.overlays
        if overlays == self._overlays:
            return
        self._overlays = overlays
        self._lay_over_soon()

    def _lay_over(self) -> None:
        if self.phase in ("looking", "recording", "paused"):
            self._worker.send(SetOverlays(overlays=self._laid))

    def _settings_changed(self, _settings: object) -> None:
        sounds = captured.sounds(self._settings.value.capture)
        if sounds != self._sounds:
            self._sounds = sounds
            self._watch()
        self.changed.emit()

    def _watch(self) -> None:
        if not self._wanted:
            return
        self._overlays = self._document.project.overlays
        width, height = _WHOLE_PX if self._whole else self._size
        source = Source() if self._whole else self.source
        spec = captured.spec(self._settings.value.capture, source, self._laid, replay=False)
        self._worker.send(WatchScreen(spec=spec, width=width, height=height, fps=_PREVIEW_FPS))

    def _become(self, phase: Phase) -> None:
        if phase != self.phase:
            self.phase = phase
        self.changed.emit()
