"""Playing and recording: what the live worker is told, what it says, and what the ear hears now."""

import time
from collections.abc import Callable
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal

from studio.errors import Explanation, StudioError
from studio.model.project import Project, TrackId
from studio.protocol.common import Refused
from studio.protocol.live import (
    AudioState,
    Device,
    Devices,
    ListDevices,
    LoadProject,
    Meter,
    Monitor,
    OpenAudio,
    Play,
    Record,
    Stop,
    StopRecording,
    TakeFinished,
    TakeProgress,
    TakeStarted,
    Trouble,
)
from studio.protocol.messages import Event
from studio.session.document import Document
from studio.session.placing import new_track_id
from studio.session.playhead import Levels, Playhead, read_levels
from studio.session.selection import Selection
from studio.session.settings_file import SettingsFile
from studio.session.taking import Taking, new_take_name, taking_of
from studio.settings.schema import Settings
from studio.supervision.worker import State, Worker

_SEND_EVERY_MS: Final = 33


_REPLACED: Final = Explanation(
    code="audio.replaced",
    title="The audio engine was restarted.",
    cause="You asked for it.",
    remedy="Press play to go on.",
)
_RESTARTED: Final = Explanation(
    code="audio.restarted",
    title="The audio engine was restarted.",
    cause="It had ended unexpectedly.",
    remedy="Nothing was lost; press play to go on.",
)


class Loop(Struct, frozen=True):
    """The stretch of the timeline that repeats, half-open."""

    start: int
    stop: int


class Transport(QObject):
    """Speaks to the live worker, and survives it: a new process is told everything that the old one knew.

    Stopped → playing → stopped; recording is a second, independent switch, on from `record` until the worker
    says `TakeFinished`. Every change of the project reaches the worker within 33 ms, also while it plays.
    UI thread only.
    """

    state_changed = Signal()
    trouble = Signal(object)  # Trouble: also when it is over
    notice = Signal(object)  # Explanation: said once, in passing
    devices_changed = Signal()
    take_started = Signal(object)  # Taking
    take_finished = Signal(object, object)  # Taking, TakeFinished
    take_broken = Signal(object, object)  # Taking, Explanation: the worker died in the middle of it

    def __init__(
        self,
        worker: Worker,
        document: Document,
        selection: Selection,
        settings: SettingsFile,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._document = document
        self._selection = selection
        self._settings = settings
        self._clock = clock
        self._playhead = Playhead()
        self._state: AudioState | None = None
        self._devices: tuple[Device, ...] = ()
        self._troubles: dict[str, Trouble] = {}
        self._taking: Taking | None = None
        self._resuming: Taking | None = None
        self._loop = Loop(0, 0)
        self._loop_on = False
        self._stretch = Loop(0, 0)
        self._monitoring = False
        self._metering = False
        self._wants_to_play = False
        self._serial = 0
        self._started_at = 0
        self._paused_at: int | None = None
        self._auditioned: Project | None = None
        self._opened: OpenAudio | None = None
        self._unsent = False
        self._pace = QTimer(self, singleShot=True, interval=_SEND_EVERY_MS)
        self._pace.timeout.connect(self._send_if_changed)
        worker.said.connect(self._hear)
        worker.ready.connect(self._greet)
        worker.died.connect(self._worker_is_gone)
        worker.gave_up.connect(self._worker_gave_up)
        worker.state_changed.connect(self._worker_state_changed)
        document.changed.connect(self._project_changed)
        document.folder_changed.connect(self._folder_changed)
        settings.changed.connect(self._settings_changed)

    # What a view shows

    @property
    def playing(self) -> bool:
        """Whether sound is coming out, or has just been asked for."""
        return self._wants_to_play

    @property
    def recording(self) -> bool:
        """Whether a take is being recorded, or has just been asked for."""
        return self._taking is not None or self._resuming is not None

    @property
    def state(self) -> AudioState | None:
        """What the worker last said of itself; None while there is no worker."""
        return self._state

    @property
    def devices(self) -> tuple[Device, ...]:
        """The sound devices of this machine."""
        return self._devices

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong now, oldest first."""
        return tuple(self._troubles.values())

    @property
    def take(self) -> Taking | None:
        """The take that is being recorded."""
        return self._taking

    @property
    def take_frames(self) -> int:
        """So much of the running take is safe on the disk."""
        return self._taking.frames if self._taking is not None else 0

    @property
    def loop(self) -> Loop:
        """The stretch that repeats while `loop_on`; empty means the selection that plays, or the whole project."""
        return self._loop

    @property
    def loop_on(self) -> bool:
        """Whether playing repeats the loop."""
        return self._loop_on

    @property
    def monitoring(self) -> bool:
        """Whether the microphone is heard."""
        return self._monitoring

    @property
    def metering(self) -> bool:
        """Whether the microphone is open for its level."""
        return self._metering

    def position(self) -> float:
        """The timeline sample that the ear hears now; where playing would begin when nothing plays."""
        now_s = self._clock()
        rate_hz = self._document.project.rate_hz
        taking = self._taking
        if taking is not None and not self._wants_to_play:
            return taking.now(now_s)
        if not self._wants_to_play:
            return float(self._selection.start if self._paused_at is None else self._paused_at)
        loop = self._active_loop()
        loops = (
            self._loop_on and taking is None
        )  # a take goes on past the end of the loop, and so does what plays along
        heard = self._playhead.position(now_s, rate_hz, (loop.start, loop.stop) if loops else None)
        return float(self._started_at) if heard is None else heard

    def levels(self) -> Levels | None:
        """The newest levels; None while no stream is open."""
        return read_levels(self._playhead.meters, self._clock())

    # What a person does

    def play(self, start: int | None = None, stop: int | None = None) -> None:
        """Play from `start`; by default the selection, or from where it was paused, or from the edit cursor."""
        paused, self._paused_at = self._paused_at, None
        if start is None and paused is not None:
            start = paused
            if stop is None and self._stretch.start <= paused < self._stretch.stop:
                stop = self._stretch.stop
        else:
            if start is None:
                start = self._selection.start
                if stop is None and self._selection.is_range:
                    stop = self._selection.stop
            self._stretch = Loop(start, stop or 0)
        loop = self._active_loop()
        if self._loop_on and loop.stop > loop.start:
            if not loop.start <= start < loop.stop:
                start = loop.start
            stop = 0
        elif not self.recording and start >= self._document.project.length:
            start = 0
        self._begin(start, stop or 0)

    def _begin(self, start: int, stop: int) -> None:
        loop = self._active_loop() if self._loop_on else Loop(0, 0)
        self._send_if_changed()
        self._started_at = start
        self._paused_at = None
        self._wants_to_play = True
        self._playhead.forget(self._clock())
        self._serial += 1
        self._worker.send(Play(start=start, stop=stop, loop_start=loop.start, loop_stop=loop.stop, serial=self._serial))
        self.state_changed.emit()

    def stop(self) -> None:
        """Stop playing, and the recording with it; the playhead returns to the edit cursor."""
        self._paused_at = None
        if self.recording:
            self.stop_recording()
        if self._wants_to_play:
            self._wants_to_play = False
            self._worker.send(Stop())
        self.state_changed.emit()

    def pause(self) -> None:
        """Stop and stay; again: go on from there."""
        if self._wants_to_play:
            at = int(self.position())
            self._wants_to_play = False
            self._paused_at = at
            self._worker.send(Stop())
            self.state_changed.emit()
        elif self._paused_at is not None:
            self.play()

    def stop_here(self) -> None:
        """Stop and put the edit cursor where the ear was."""
        at = int(self.position())
        self.stop()
        self._selection.set_cursor(at)
        self.state_changed.emit()

    def toggle(self) -> None:
        """Play, or stop what is playing or being recorded."""
        if self._wants_to_play or self.recording:
            self.stop()
        else:
            self.play()

    def seek(self, sample: int) -> None:
        """Go there: sound goes on from there when it is playing, the edit cursor moves in any case."""
        sample = max(0, sample)
        self._paused_at = None
        self._selection.set_cursor(sample)
        self._stretch = Loop(0, 0)
        if self._wants_to_play and not self.recording:
            self._begin(sample, 0)
        else:
            self.state_changed.emit()

    def set_loop(self, start: int, stop: int) -> None:
        """Choose the stretch that repeats; an empty one means the selection that plays, or the whole project."""
        self._loop = Loop(*sorted((max(0, start), max(0, stop))))
        self._loop_changed()

    def set_loop_on(self, on: bool) -> None:
        """Repeat, or not."""
        if on != self._loop_on:
            self._loop_on = on
            self._loop_changed()

    def record(self) -> None:
        """Record a take at the edit cursor, on the selected track or on a new one, while the rest plays along."""
        if self.recording:
            return
        self._check_can_record()
        if self._wants_to_play:
            start = int(self.position())
            self._wants_to_play = False
            self._worker.send(Stop())
        else:
            start = self._selection.start if self._paused_at is None else self._paused_at
        self._paused_at = None
        track = self._selection.tracks[0] if len(self._selection.tracks) == 1 else new_track_id()
        self.record_at(start, track)

    def record_at(self, start: int, track: TrackId, gap_from: int | None = None) -> None:
        """Record a take from a timeline sample; `gap_from` says since when sound was missing."""
        chosen = self._settings.value.recording
        name = new_take_name()
        along = chosen.play_along and start < self._document.project.length
        folder = self._document.folder / "takes" / name
        self._send_if_changed()
        self._started_at = start
        self._stretch = Loop(0, 0)
        self._wants_to_play = along
        self._playhead.forget(self._clock())
        self._taking = Taking(
            name=name,
            folder=str(folder),
            track=track,
            start=start,
            rate_hz=self._document.project.rate_hz,
            began_s=self._clock(),
            gap_from=gap_from,
        )
        self._serial += 1
        self._worker.send(
            Record(
                take=name,
                folder=str(folder),
                start=start,
                track=track,
                channels=chosen.channels,
                play_along=along,
                serial=self._serial,
            )
        )
        self.state_changed.emit()

    def stop_recording(self) -> None:
        """End the take; it lands on its track when the worker has closed its files."""
        if self._resuming is not None:
            self._resuming = None
            self.state_changed.emit()
        elif self._taking is not None:
            self._worker.send(StopRecording())

    def resume_take(self, taking: Taking) -> None:
        """Go on recording, as a take of its own, as soon as there is a worker again."""
        self._resuming = taking
        self.state_changed.emit()

    def monitor(self, on: bool) -> None:
        """Hear the microphone, or not."""
        self._monitoring = on
        self._worker.send(Monitor(on=on))
        self.state_changed.emit()

    def meter(self, on: bool) -> None:
        """Open the microphone for its level without recording, or close it."""
        self._metering = on
        self._worker.send(Meter(on=on))
        self.state_changed.emit()

    def choose_devices(self, output: str | None = None, input: str | None = None, block: int | None = None) -> None:
        """Use other devices ("" is the system's choice) from now on; remembered in the settings."""
        if input is not None:
            self._settings.change("recording", device=input)
        playback = {"device": output, "block": block}
        self._settings.change("playback", **{key: value for key, value in playback.items() if value is not None})

    def look_for_devices(self) -> None:
        """Ask which devices there are now."""
        self._worker.send(ListDevices())

    def audition(self, project: Project | None) -> None:
        """Let another version of the project be heard, without a gap; None is the project itself again."""
        self._auditioned = project
        self._unsent = True
        self._send_if_changed()

    @property
    def auditioned(self) -> Project | None:
        """The other version that is heard; None while it is the project itself."""
        return self._auditioned

    # What the worker says

    def _hear(self, event: Event) -> None:
        match event:
            case AudioState():
                self._hear_state(event)
            case Devices():
                self._devices = event.devices
                self.devices_changed.emit()
            case Trouble():
                self._troubles.pop(event.kind, None)
                if not event.over:
                    self._troubles[event.kind] = event
                self.trouble.emit(event)
            case TakeStarted() | TakeProgress() | TakeFinished():
                self._hear_of_take(event)
            case Refused():
                self._hear_refusal(event)
            case _:
                pass

    def _hear_state(self, state: AudioState) -> None:
        self._state = state
        self._playhead.attach(state.playhead, state.meters)
        if state.serial == self._serial and not state.playing:  # an older one knows nothing of what was asked since
            self._wants_to_play = False  # it came to the end by itself
        self.state_changed.emit()

    def _hear_of_take(self, event: TakeStarted | TakeProgress | TakeFinished) -> None:
        taking = self._taking
        if taking is None or taking.name != event.take:
            if isinstance(event, TakeFinished):  # nobody here waits for it, but sound is never thrown away
                self.take_finished.emit(taking_of(event), event)
            return
        match event:
            case TakeStarted():
                self._taking = taking.started(self._clock(), event.start)
                self.take_started.emit(self._taking)
            case TakeProgress():
                self._taking = taking.at(event.frames, event.dropped, event.gaps)
            case TakeFinished():
                self._taking = None
                self.take_finished.emit(taking, event)
        self.state_changed.emit()

    def _hear_refusal(self, refused: Refused) -> None:
        taking = self._taking
        if refused.request == Record.__name__ and taking is not None and not taking.has_begun:
            self._taking = None
            self._wants_to_play = False
        elif refused.request == Play.__name__:
            self._wants_to_play = False
        elif refused.request == Monitor.__name__:
            self._monitoring = False
        elif refused.request == Meter.__name__:
            self._metering = False
        self.notice.emit(refused.why)
        self.state_changed.emit()

    def _greet(self) -> None:
        """Tell a new process everything."""
        self._opened = None
        self._open_audio(self._settings.value)
        self._unsent = True
        self._send_if_changed()
        self._worker.send(ListDevices())
        if self._metering:
            self._worker.send(Meter(on=True))
        if self._monitoring:
            self._worker.send(Monitor(on=True))
        resuming, self._resuming = self._resuming, None
        if resuming is not None:
            self.record_at(int(resuming.now(self._clock())), resuming.track, resuming.gap_from)

    def _worker_state_changed(self, state: str) -> None:
        if state == State.STARTING and self._state is not None:  # replaced because a person asked; it has not died
            self._worker_is_gone(_REPLACED)

    def _worker_gave_up(self, why: Explanation) -> None:
        self._worker_is_gone(why)
        self._resuming = None
        self.notice.emit(why)
        self.state_changed.emit()

    def _worker_is_gone(self, why: Explanation) -> None:
        self._playhead.detach()
        self._state = None
        self._wants_to_play = False
        gone, self._troubles = self.troubles, {}
        for trouble in gone:
            self.trouble.emit(Trouble(kind=trouble.kind, why=trouble.why, over=True))
        taking, self._taking = self._taking, None
        if taking is not None:
            self.take_broken.emit(taking, why)
        elif self._worker.state is not State.GAVE_UP:
            self.notice.emit(_RESTARTED)  # what it died of is in the log; nothing was lost
        self.state_changed.emit()

    # What the worker is told of the project and the settings

    def _project_changed(self, _project: Project) -> None:
        self._auditioned = None
        self._unsent = True
        if not self._pace.isActive():
            self._send_if_changed()

    def _folder_changed(self) -> None:
        self._unsent = True
        self._send_if_changed()

    def _send_if_changed(self) -> None:
        if not self._unsent or self._worker.last_ready is None or not self._document.is_open:
            return
        self._unsent = False
        self._pace.start()
        project = self._auditioned or self._document.project
        if self._opened is not None and self._opened.rate_hz != project.rate_hz and not self.recording:
            self._open_audio(self._settings.value)
        self._worker.send(LoadProject(project=project, project_dir=str(self._document.folder)))

    def _settings_changed(self, settings: Settings) -> None:
        if self._opened is not None and not self.recording:
            self._open_audio(settings)
        if settings.recording.monitor != self._monitoring:
            self.monitor(settings.recording.monitor)

    def _open_audio(self, settings: Settings) -> None:
        wanted = OpenAudio(
            output=settings.playback.device,
            input=settings.recording.device,
            rate_hz=self._document.project.rate_hz,
            block=settings.playback.block,
        )
        if wanted != self._opened:
            self._opened = wanted
            self._worker.send(wanted)

    def _loop_changed(self) -> None:
        if self._wants_to_play and not self.recording:
            at = int(self.position())
            loop = self._active_loop()
            inside = not self._loop_on or loop.start <= at < loop.stop
            ends = self._stretch.stop if not self._loop_on and self._stretch.start <= at < self._stretch.stop else 0
            self._begin(at if inside else loop.start, ends)
        else:
            self.state_changed.emit()

    def _active_loop(self) -> Loop:
        """The chosen loop; without one the stretch that was asked to play, or the whole project."""
        chosen = (one for one in (self._loop, self._stretch) if one.stop > one.start)
        return next(chosen, Loop(0, self._document.project.length))

    def _check_can_record(self) -> None:
        if self._document.read_only is not None:
            raise StudioError(
                "record.read_only",
                "No take was recorded.",
                cause="This project can only be read.",
                remedy="Save it under another name, then record.",
            )
