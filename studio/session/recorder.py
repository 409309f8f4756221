"""The one take that is being recorded: asked for, begun, finished or broken."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.errors import Explanation, StudioError
from studio.model.project import TrackId
from studio.protocol.live import Record, StopRecording, TakeFinished, TakeProgress, TakeStarted
from studio.protocol.messages import Request
from studio.session.document import Document
from studio.session.looping import Loop
from studio.session.settings_file import SettingsFile
from studio.session.taking import Taking, new_take_name, taking_of


class Recorder(QObject):
    """Gives the orders to record, and follows what becomes of them.

    Idle → taking, from `begin` until the worker says `TakeFinished` → idle. A take that broke with its worker waits
    until `waiting` hands it out, and counts as recording meanwhile.
    """

    take_started = Signal(object)  # Taking
    take_finished = Signal(object, object)  # Taking, TakeFinished
    take_broken = Signal(object, object)  # Taking, Explanation: the worker died in the middle of it
    aside_finished = Signal(object, object)  # the same of takes that are not for the project
    aside_broken = Signal(object, object)

    def __init__(
        self,
        document: Document,
        settings: SettingsFile,
        send: Callable[[Request], None],
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._settings = document, settings
        self._send, self._clock = send, clock
        self._resuming: Taking | None = None
        self.taking: Taking | None = None
        self.count_in_s: float | None = None
        """For how long a metronome clicks before a take begins; None without one. It clicks where all is silent too."""
        self._counted_s = 0.0

    @property
    def recording(self) -> bool:
        """Whether a take is being recorded, or has just been asked for."""
        return self.taking is not None or self._resuming is not None

    @property
    def loop(self) -> Loop | None:
        """What the take goes round, also one that waits; None without a loop."""
        taking = self.taking or self._resuming
        return taking.loop if taking is not None else None

    def plays_along(self, start: int) -> bool:
        """Whether the rest of the project is heard while a take is recorded from a sample, or a metronome."""
        sounds = start < self._document.project.length or self.count_in_s is not None
        return self._settings.value.recording.play_along and sounds

    def begin(
        self, start: int, track: TrackId, serial: int, *, gap_from: int | None = None, loop: Loop | None = None
    ) -> None:
        """Record from a timeline sample, by the order of this number, for ever round `loop` where there is one."""
        name = new_take_name()
        folder = str(self._document.folder / "takes" / name)
        self.taking = Taking(
            name=name,
            folder=folder,
            track=track,
            start=start,
            rate_hz=self._document.project.rate_hz,
            began_s=self._clock(),
            gap_from=gap_from,
            loop=loop,
        )
        self._counted_s = self.count_in_s or 0.0 if self.plays_along(start) else 0.0
        self._send(
            Record(
                take=name,
                folder=folder,
                start=start,
                track=track,
                channels=self._settings.value.recording.channels,
                play_along=self.plays_along(start),
                loop_start=loop.start if loop is not None else 0,
                loop_stop=loop.stop if loop is not None else 0,
                serial=serial,
            )
        )

    def begin_aside(self, folder: Path) -> Taking:
        """Record one voice into `takes/` of a folder that is no project's, while nothing is heard."""
        name = new_take_name()
        self.taking = Taking(
            name=name,
            folder=str(folder / "takes" / name),
            track=TrackId(""),
            start=0,
            rate_hz=self._document.project.rate_hz,
            began_s=self._clock(),
            aside=True,
        )
        self._counted_s = 0.0
        self._send(Record(take=name, folder=self.taking.folder, start=0, track="", channels=1, play_along=False))
        return self.taking

    def stop(self) -> None:
        """End the take, or do not go on with one that broke."""
        if self._resuming is not None:
            self._resuming = None
        elif self.taking is not None:
            self._send(StopRecording())

    def resume(self, taking: Taking) -> None:
        """Go on with this take, as one of its own, when there is a worker again."""
        self._resuming = taking

    def waiting(self) -> Taking | None:
        """The take to go on with, which waits no longer from now on."""
        resuming, self._resuming = self._resuming, None
        return resuming

    def hear(self, event: TakeStarted | TakeProgress | TakeFinished) -> None:
        """What the worker says of a take."""
        taking = self.taking
        if taking is None or taking.name != event.take:
            if isinstance(event, TakeFinished):  # nobody here waits for it, but sound is never thrown away
                self.take_finished.emit(taking_of(event), event)
            return
        match event:
            case TakeStarted():
                self.taking = taking.started(self._clock() + self._counted_s, event.start)
                if not taking.aside:
                    self.take_started.emit(self.taking)
            case TakeProgress():
                self.taking = taking.at(event.frames, event.dropped, event.gaps)
            case TakeFinished():
                self.taking = None
                (self.aside_finished if taking.aside else self.take_finished).emit(taking, event)

    def refuse(self) -> bool:
        """Whether a take that had not begun was given up, because the worker cannot record it."""
        if self.taking is None or self.taking.has_begun:
            return False
        self.taking = None
        return True

    def lose(self, why: Explanation) -> bool:
        """Whether a take broke with its worker."""
        taking, self.taking = self.taking, None
        if taking is not None:
            (self.aside_broken if taking.aside else self.take_broken).emit(taking, why)
        return taking is not None

    def check(self) -> None:
        """Raise StudioError when the project takes no recording."""
        if self._document.read_only is not None:
            raise StudioError(
                "record.read_only",
                "No take was recorded.",
                cause="This project can only be read.",
                remedy="Save it under another name, then record.",
            )
