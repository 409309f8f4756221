"""The capture worker: records the screen with its sound and its overlays, and keeps a replay of the last moments."""

import contextlib
import datetime as dt
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import asdict, replace

from studio.capture import canvas, encoders
from studio.capture.camera import Cameras
from studio.capture.figures import Figures
from studio.capture.opening import open_screen
from studio.capture.overlays import Stack
from studio.capture.reel import Part
from studio.capture.screen import Grabber
from studio.capture.session import Recording
from studio.capture.showing import Showing
from studio.capture.soundtrack import MIX
from studio.capture.wanted import Sound
from studio.capture.watching import Watching, room_for
from studio.errors import Explanation, StudioError
from studio.media.captures import NoteKeeper
from studio.protocol.capture import (
    AddChapter,
    CaptureFigures,
    CaptureFinished,
    CaptureProgress,
    CaptureSpec,
    CaptureStarted,
    CaptureTrouble,
    FloatOverlays,
    ListScreens,
    OverlaySpec,
    PauseCapture,
    ReplaySaved,
    SaveReplay,
    ScreenWatched,
    ServePage,
    SetOverlays,
    StartCapture,
    StopCapture,
    StopFloating,
    StopPage,
    StopWatching,
    WatchEnded,
    WatchScreen,
)
from studio.protocol.common import Cancel, Ready
from studio.protocol.messages import PROTOCOL, Request
from studio.workers.capture_words import part_of, region_of, screens, sound_of, wanted_of
from studio.workers.floating import FloatingOverlays
from studio.workers.overlay_page import OverlayPage
from studio.workers.overlay_parts import items_of
from studio.workers.runtime import PATIENCE_S, Context

_CLOSING_S = 1.8
_COMPILING_S = 90.0


class _Voice:
    """Says in messages how a recording goes, and keeps the note by which it is found again."""

    def __init__(self, context: Context, cameras: Cameras) -> None:
        self._context, self._cameras = context, cameras
        self._note = NoteKeeper(dt.datetime.now().astimezone().isoformat(timespec="seconds"))
        self.recording: Recording | None = None
        self._starting = threading.Lock()  # what happens before it is said to have started is said after that
        self._starting.acquire()

    def started(self, recording: Recording, event: CaptureStarted) -> None:
        """Now it runs."""
        self.recording = recording
        self._context.send(event)
        self._starting.release()

    def part_began(self, path: Path) -> None:
        self._note.add(path)

    def progress(self, figures: Figures, paused: bool) -> None:
        if self.recording is not None:
            room = room_for(self.recording.folder / "-" if self.recording.folder is not None else None)
            self._context.send(CaptureProgress(figures=self._said(figures), paused=paused, disk_bytes=room))

    def trouble(self, kind: str, why: Explanation, over: bool) -> None:
        self._context.send(CaptureTrouble(kind=kind, why=why, over=over))  # type: ignore[arg-type] # one of ours

    def finished(self, parts: tuple[Part, ...], figures: Figures, why: Explanation | None) -> None:
        with self._starting:
            pass
        self._note.end()
        self._context.send(
            CaptureFinished(parts=tuple(part_of(part) for part in parts), figures=self._said(figures), why=why)
        )

    def _said(self, figures: Figures) -> CaptureFigures:
        replay = self.recording.replay if self.recording is not None else None
        held_s, held_bytes = (replay.held_s, replay.size_bytes) if replay is not None else (0.0, 0)
        fps, cpu_ms = self._cameras.costs()
        return CaptureFigures(
            **asdict(figures),
            replay_s=round(held_s, 2),
            replay_bytes=held_bytes,
            camera_fps=round(fps, 1),
            camera_cpu_ms=round(cpu_ms, 2),
        )


class Capture:
    """Obeys what a person asks of the recording of the screen. One recording at a time."""

    def __init__(self) -> None:
        self._recording: Recording | None = None
        self._chapters = 0
        self._watching: Watching | None = None
        self._showing: Showing | None = None
        self._stack: Stack | None = None
        self._page = OverlayPage(sound_of)
        self._floating = FloatingOverlays(sound_of)
        self._cameras: Cameras | None = None

    def ready(self) -> Ready:
        return Ready(protocol=PROTOCOL, role="capture", pid=os.getpid())

    def handle(self, request: Request, context: Context) -> None:
        match request:
            case ListScreens():
                context.send(screens())
            case WatchScreen():
                self._watch(request, context)
            case StopWatching():
                self._stop_watching()
                self._show_nothing()
            case StartCapture():
                self._start(request.spec, context)
            case StopCapture():
                self._running("stopped").stop()
            case PauseCapture():
                self._running("paused").pause(request.on)
            case AddChapter():
                recording = self._running("marked")
                self._chapters += 1
                recording.chapter(request.name or f"Chapter {self._chapters}")
            case SaveReplay():
                context.send(self._save_replay(Path(request.path)))
            case SetOverlays():
                shown = self._watching or self._running("changed")
                self._stack = self._lay(request.overlays, context)
                shown.lay_over(self._stack)
            case ServePage():
                context.send(self._page.serve(request, context))
            case StopPage():
                self._page.close()
            case FloatOverlays():
                context.send(self._floating.show(request, self._lenses(context), context))
            case StopFloating():
                self._floating.close()
            case Cancel():
                pass
            case _:
                raise StudioError(
                    "capture.unknown",
                    "That was not done.",
                    cause="It is not the work of the part that records the screen.",
                    remedy="This is our mistake: please send us the log.",
                )

    def close(self) -> None:
        if self._recording is not None:
            self._recording.stop()
            self._recording.wait(_CLOSING_S)
        self._page.close()
        self._floating.close()
        self._stop_watching()
        self._show_nothing()
        if self._cameras is not None:
            self._cameras.close()

    def _watch(self, request: WatchScreen, context: Context) -> None:
        recording = self._recording if self._recording is not None and not self._recording.wait(0) else None
        self._stop_watching()
        self._show_nothing()
        context.expect_silence(_COMPILING_S)
        canvas.warm_up()
        context.expect_silence(PATIENCE_S)
        showing = Showing(request.width, request.height, request.fps)
        try:
            if recording is not None:
                recording.showing = showing
                area, titles = recording.area, tuple(recording.titles)
            else:
                with self._ready_to_look(request.spec, context) as (grabber, sounds, stack):
                    wanted = replace(wanted_of(request.spec), fps=request.fps)

                    def ended(why: Explanation) -> None:
                        context.send(WatchEnded(why=why))

                    watching = Watching(wanted, grabber, sounds, showing, self._voice(context), ended, stack)
                self._watching, area, titles = watching, watching.area, tuple(sound.title for sound in sounds)
        except BaseException:
            showing.close()
            raise
        self._showing = showing
        room = room_for(Path(request.spec.path) if request.spec.path else None)
        context.send(
            ScreenWatched(
                preview=showing.preview,
                levels=showing.levels,
                region=region_of(area),
                sounds=tuple(title for title in titles if title != MIX),
                disk_bytes=room,
            )
        )

    def _stop_watching(self) -> None:
        if self._watching is not None:
            self._watching.close()
            self._watching = None

    def _show_nothing(self) -> None:
        if self._recording is not None:
            self._recording.showing = None
        if self._showing is not None:
            self._showing.close()
            self._showing = None

    @contextlib.contextmanager
    def _ready_to_look(
        self, spec: CaptureSpec, context: Context
    ) -> Iterator[tuple[Grabber, list[Sound], Stack | None]]:
        """The screen, the sounds and the overlays of a spec; closed again where what is done with them fails."""
        grabber = open_screen()
        sounds: list[Sound] = []
        stack: Stack | None = None
        try:
            for wanted in spec.sounds:
                try:
                    sounds.append(sound_of(wanted))
                except StudioError as error:
                    if not spec.lenient:
                        raise
                    why = replace(error.explanation, title=f"{wanted.title} is not heard.")
                    context.send(CaptureTrouble(kind="silent", why=why))
            stack = self._stack = self._lay(spec.overlays, context)
            yield grabber, sounds, stack
        except BaseException:
            for sound in sounds:
                sound.source.close()
            if stack is not None:
                stack.close()
            grabber.close()
            raise

    def _start(self, spec: CaptureSpec, context: Context) -> None:
        if self._recording is not None and not self._recording.wait(0):
            raise StudioError(
                "capture.running",
                "A second recording of the screen did not start.",
                cause="One is running already.",
                remedy="Stop it first.",
            )
        context.expect_silence(_COMPILING_S)
        canvas.warm_up()
        context.expect_silence(PATIENCE_S)
        self._stop_watching()
        with self._ready_to_look(spec, context) as (grabber, sounds, stack):
            choice = encoders.choose(spec.encoder)
            voice = self._voice(context)
            recording = Recording(wanted_of(spec), grabber, choice, sounds, voice, stack, self._showing)
        self._recording, self._chapters = recording, 0
        voice.started(
            recording,
            CaptureStarted(
                path=str(recording.path or ""),
                region=region_of(grabber.area),
                encoder=recording.encoder.id,
                tracks=tuple(recording.titles),
            ),
        )

    def _lay(self, overlays: tuple[OverlaySpec, ...], context: Context) -> Stack | None:
        """The overlays that were asked for, or None: an empty stack would cost a little, too."""
        items = items_of(overlays, context)
        return Stack(items, self._stack, self._lenses(context)) if items else None

    def _voice(self, context: Context) -> _Voice:
        return _Voice(context, self._lenses(context))

    def _lenses(self, context: Context) -> Cameras:
        """The cameras; none is opened, or looked for, before an overlay shows it."""
        if self._cameras is None:
            self._cameras = Cameras(
                lambda device, why, over: context.send(CaptureTrouble(kind="camera", why=why, over=over, device=device))
            )
        return self._cameras

    def _running(self, done: str) -> Recording:
        recording = self._recording
        if recording is None or recording.wait(0):
            raise StudioError(
                "capture.none",
                f"No recording of the screen was {done}.",
                cause="None is running.",
                remedy="Start one first.",
            )
        return recording

    def _save_replay(self, path: Path) -> ReplaySaved:
        replay = self._running("saved").replay
        part = None
        if replay is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                part = replay.save(path)
            except OSError as error:
                raise StudioError(
                    "capture.replay_disk",
                    "The replay was not saved, but it is still held.",
                    cause=f"{path.parent} cannot take it: {error.strerror or error}.",
                    remedy="Free space and try again, or choose another folder.",
                ) from error
        if part is None:
            raise StudioError(
                "capture.replay_empty",
                "There is no replay to save.",
                cause="The replay is off, or has only just been switched on.",
                remedy="Switch it on in the settings of the recording, and wait a moment.",
            )
        return ReplaySaved(part=part_of(part))
