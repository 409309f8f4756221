"""Playing and recording for the rest of the session: one door to the live worker, which survives it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from studio.errors import Explanation, StudioError
from studio.model.project import Project, TrackId
from studio.protocol.common import Refused
from studio.protocol.live import (
    AudioState,
    Devices,
    Play,
    Record,
    TakeFinished,
    TakeProgress,
    TakeStarted,
    Trouble,
)
from studio.protocol.messages import Event
from studio.session.briefing import Briefing
from studio.session.document import Document
from studio.session.equipment import Equipment
from studio.session.looping import Loop
from studio.session.microphone import Microphone
from studio.session.placing import new_track_id
from studio.session.playhead import Levels, read_levels
from studio.session.playing import Playing
from studio.session.recorder import Recorder
from studio.session.selection import Selection
from studio.session.settings_file import SettingsFile
from studio.session.taking import Taking
from studio.supervision.worker import State, Worker

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


class Transport(QObject):
    """Speaks to the live worker, and survives it: a new process is told everything that the old one knew.

    Playing and recording are two switches: `Playing` and `Recorder` say how each goes on and off, `Microphone` what is
    open in between, `Briefing` what the worker knows. Here they meet, and here the worker is heard. UI thread only.
    """

    state_changed = Signal()
    trouble = Signal(object)  # Trouble: also when it is over
    notice = Signal(object)  # Explanation: said once, in passing
    take_started = Signal(object)  # Taking
    take_finished = Signal(object, object)  # Taking, TakeFinished
    take_broken = Signal(object, object)  # Taking, Explanation: the worker died in the middle of it
    aside_finished = Signal(object, object)  # the same of takes that are not for the project
    aside_broken = Signal(object, object)

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
        self._clock = clock
        self._playing = Playing(document, selection, worker.send, clock)
        self._recorder = Recorder(document, settings, worker.send, clock, self)
        self._briefing = Briefing(worker, document, settings, lambda: self.recording, self)
        self.microphone = Microphone(settings, worker.send, self)
        self.equipment = Equipment(self)
        self._state: AudioState | None = None
        self._recorder.take_started.connect(self.take_started)
        self._recorder.take_finished.connect(self.take_finished)
        self._recorder.take_broken.connect(self.take_broken)
        self._recorder.aside_finished.connect(self.aside_finished)
        self._recorder.aside_broken.connect(self.aside_broken)
        self.equipment.trouble.connect(self.trouble)
        self.microphone.changed.connect(self.state_changed)
        worker.said.connect(self._hear)
        worker.ready.connect(self._greet)
        worker.died.connect(self._worker_is_gone)
        worker.gave_up.connect(self._worker_gave_up)
        worker.state_changed.connect(self._worker_state_changed)

    @property
    def worker(self) -> Worker:
        """The live worker, for those who switch something of it that the transport knows nothing of."""
        return self._worker

    # What a view shows

    @property
    def playing(self) -> bool:
        """Whether sound is coming out, or has just been asked for."""
        return self._playing.wanted

    @property
    def recording(self) -> bool:
        """Whether a take is being recorded, or has just been asked for."""
        return self._recorder.recording

    @property
    def state(self) -> AudioState | None:
        """What the worker last said of itself; None while there is no worker."""
        return self._state

    @property
    def take(self) -> Taking | None:
        """The take that is being recorded for the project."""
        taking = self._recorder.taking
        return None if taking is None or taking.aside else taking

    @property
    def aside(self) -> Taking | None:
        """What is being recorded, but not for the project."""
        taking = self._recorder.taking
        return taking if taking is not None and taking.aside else None

    @property
    def take_frames(self) -> int:
        """So much of the running take is safe on the disk."""
        return self.take.frames if self.take is not None else 0

    @property
    def loops_takes(self) -> bool:
        """Whether a loop is recorded again and again, or has just been asked for."""
        return self._recorder.loop is not None

    @property
    def pass_number(self) -> int:
        """Which pass of that loop is being recorded, from 1; 0 while none is."""
        taking = self.take
        if taking is None or taking.loop is None:
            return 0
        return 1 + (self._playing.laps(taking.loop) if self.playing else taking.laps(self._clock()))

    @property
    def loop(self) -> Loop:
        """The stretch that repeats while `loop_on`; empty means the selection that plays, or the whole project."""
        return self._playing.loop

    @property
    def loop_on(self) -> bool:
        """Whether playing repeats the loop."""
        return self._playing.loop_on

    @property
    def auditioned(self) -> Project | None:
        """The other version that is heard; None while it is the project itself."""
        return self._briefing.auditioned

    def position(self) -> float:
        """The timeline sample that the ear hears now; where playing would begin when nothing plays."""
        taking = self.take
        if taking is not None and not self.playing:
            return taking.now(self._clock())
        return self._playing.position(self._playing.repeating if taking is None else taking.loop)

    def levels(self) -> Levels | None:
        """The newest levels; None while no stream is open."""
        return read_levels(self._playing.head.meters, self._clock())

    # What a person does

    def play(self, start: int | None = None, stop: int | None = None) -> None:
        """Play from `start`; by default the selection, or from where it was paused, or from the edit cursor."""
        self._briefing.flush()
        self._playing.play(start, stop, alone=not self.recording)
        self.state_changed.emit()

    def stop(self) -> None:
        """Stop playing, and the recording with it; the playhead returns to the edit cursor."""
        if self.recording:
            self.stop_recording()
        self._playing.stop()
        self.state_changed.emit()

    def pause(self) -> None:
        """Stop and stay; again: go on from there."""
        if self.playing:
            self._playing.pause(int(self.position()))
            self.state_changed.emit()
        elif self._playing.paused_at is not None:
            self.play()

    def stop_here(self) -> None:
        """Stop and put the edit cursor where the ear was."""
        at = int(self.position())
        self.stop()
        self._selection.set_cursor(at)
        self.state_changed.emit()

    def toggle(self) -> None:
        """Play, or stop what is playing or being recorded."""
        if self.playing or self.recording:
            self.stop()
        else:
            self.play()

    def seek(self, sample: int) -> None:
        """Go there: sound goes on from there when it is playing, the edit cursor moves in any case."""
        self._briefing.flush()
        self._playing.seek(max(0, sample), alone=not self.recording)
        self.state_changed.emit()

    def set_loop(self, start: int, stop: int) -> None:
        """Choose the stretch that repeats; an empty one means the selection that plays, or the whole project."""
        self._playing.loop = Loop(*sorted((max(0, start), max(0, stop))))
        self._loop_changed()

    def set_loop_on(self, on: bool) -> None:
        """Repeat, or not."""
        if on != self.loop_on:
            self._playing.loop_on = on
            self._loop_changed()

    def count_in(self, seconds: float | None) -> None:
        """Say how long the metronome clicks before a take begins; None where there is none."""
        self._recorder.count_in_s = seconds

    def _loop_changed(self) -> None:
        if self.playing and not self.recording:
            at = int(self.position())
            self._briefing.flush()
            self._playing.go_on_in_loop(at)
        self.state_changed.emit()

    def record(self) -> None:
        """Record a take at the edit cursor, on the selected track or on a new one, while the rest plays along."""
        if self.recording:
            return
        self._recorder.check()
        start = int(self.position())
        self._playing.stop()
        self.record_at(start, self._selection.tracks[0] if len(self._selection.tracks) == 1 else new_track_id())

    def record_loop(self, loop: Loop) -> None:
        """Record one take while a loop is played round and round; each pass lands on a track of its own.

        StudioError where nothing can be recorded now.
        """
        if self.recording or not loop.is_long_enough(self._document.project.rate_hz):
            raise StudioError(
                "loop.not_now",
                "The loop was not recorded.",
                cause="A take is being recorded." if self.recording else "The loop is too short to sing in.",
                remedy="Stop it first." if self.recording else "Select a longer stretch of time first.",
            )
        self._recorder.check()
        self._playing.stop()
        self._record_round(loop)

    def _record_round(self, loop: Loop) -> None:
        self.record_at(loop.start, new_track_id(), loop=loop)

    def record_at(self, start: int, track: TrackId, *, gap_from: int | None = None, loop: Loop | None = None) -> None:
        """Record a take from a timeline sample; `gap_from` says since when sound was missing."""
        self._briefing.flush()
        number = self._playing.play_along(start, heard=self._recorder.plays_along(start))
        self._recorder.begin(start, track, number, gap_from=gap_from, loop=loop)
        self.state_changed.emit()

    def record_aside(self, folder: Path) -> Taking:
        """Record something that is not for the project into `takes/` of another folder, in silence."""
        self._playing.stop()
        self._briefing.flush()
        taking = self._recorder.begin_aside(folder)
        self.state_changed.emit()
        return taking

    def stop_recording(self) -> None:
        """End the take; it lands on its track when the worker has closed its files."""
        self._recorder.stop()
        self.state_changed.emit()

    def resume_take(self, taking: Taking) -> None:
        """Go on recording, as a take of its own, as soon as there is a worker again."""
        self._recorder.resume(taking)
        self.state_changed.emit()

    def audition(self, project: Project | None) -> None:
        """Let another version of the project be heard, without a gap; None is the project itself again."""
        self._briefing.audition(project)

    def reload(self) -> None:
        """Have the project's sound looked for once more: what was missing is there now."""
        self._briefing.repeat()

    # What the worker says

    def _hear(self, event: Event) -> None:
        match event:
            case AudioState():
                self._state = event
                self._playing.hear(event)
                self.state_changed.emit()
            case Devices() | Trouble():
                self.equipment.hear(event)
            case TakeStarted() | TakeProgress() | TakeFinished():
                self._recorder.hear(event)
                self.state_changed.emit()
            case Refused():
                self._hear_refusal(event)
            case _:
                pass

    def _hear_refusal(self, refused: Refused) -> None:
        no_take = refused.request == Record.__name__ and self._recorder.refuse()
        if (no_take or refused.request == Play.__name__) and self._playing.awaits(refused.serial):
            self._playing.wanted = False
        self.microphone.refuse(refused.request)
        self.notice.emit(refused.why)
        self.state_changed.emit()

    def _greet(self) -> None:
        """Tell a new process everything."""
        self._briefing.greet()
        self.microphone.greet()
        broken = self._recorder.waiting()
        if broken is None:
            return
        if broken.loop is not None:
            self._record_round(broken.loop)  # from its beginning: nobody could come in in the middle
        else:
            self.record_at(int(broken.now(self._clock())), broken.track, gap_from=broken.gap_from)

    def _worker_state_changed(self, state: str) -> None:
        if state == State.STARTING and self._state is not None:  # replaced because a person asked; it has not died
            self._worker_is_gone(_REPLACED)

    def _worker_gave_up(self, why: Explanation) -> None:
        self._worker_is_gone(why)
        self._recorder.waiting()
        self.notice.emit(why)
        self.state_changed.emit()

    def _worker_is_gone(self, why: Explanation) -> None:
        self._state = None
        self._playing.lose()
        self.equipment.lose()
        if not self._recorder.lose(why) and self._worker.state is not State.GAVE_UP:
            self.notice.emit(_RESTARTED)  # what it died of is in the log; nothing was lost
        self.state_changed.emit()
