"""The room to sing in: what the microphone sings now, and what accompanies the person who sings.

The live worker tracks the pitch and writes points into shared memory; here they are read, as plain arrays. Times are
CLOCK_MONOTONIC seconds, as `time.monotonic` tells them, of the moment in which the sound was at the microphone.
"""

import math
import time
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError
from studio.ipc.ring import Ring
from studio.ipc.series import Series
from studio.model.edits import SetTuning
from studio.model.intonation import Just, Tempered
from studio.model.pitch import midi_to_hz
from studio.model.project import ClipId, Project
from studio.protocol.common import Refused
from studio.protocol.live import LIVE_PITCH_FIELDS, AudioState, Drone, LivePitch, Metronome, Speed, Trouble
from studio.protocol.messages import Event, Request
from studio.session.document import Document
from studio.session.settings_file import SettingsFile
from studio.session.transport import Transport
from studio.settings.schema import Settings

SLOWEST: Final = 0.25
FASTEST: Final = 2.0
SLOWEST_BPM: Final = 20.0
FASTEST_BPM: Final = 300.0
WARNINGS: Final = ("feedback", "late_monitor")
"""The kinds of `Trouble` that concern somebody who hears himself."""

_STALE_S: Final = 0.5
_POINTS_A_S: Final = 200

Numbers = NDArray[np.float64]


class Trace(NamedTuple):
    """Points of the last seconds, oldest first, each shape (points,), 5 ms apart while the microphone is open."""

    time_s: Numbers
    """When it was sung: `time.monotonic`'s seconds."""
    f0_hz: Numbers
    """NaN where nobody sings."""
    best_hz: Numbers
    """The likeliest pitch also where nobody seems to sing."""
    confidence: Numbers
    """0 to 1, that somebody sings."""
    level_db: Numbers
    """RMS over the last 20 ms, dBFS, floor -120."""
    vibrato_rate_hz: Numbers
    """Of the second before; NaN where there is no vibrato."""
    vibrato_half_extent_cents: Numbers


class Swing(NamedTuple):
    """A vibrato that is sung now."""

    rate_hz: float
    half_extent_cents: float
    """From the mean to the peak; twice that is peak to peak."""


class Hearing(NamedTuple):
    """Sound that came from the microphone since the last look."""

    samples: NDArray[np.float32]
    """Shape (samples,); whoever keeps it takes a copy."""
    rate_hz: int
    newest_s: float
    """When the last of them was at the microphone: `time.monotonic`'s seconds, to some milliseconds."""
    is_whole: bool
    """Whether nothing was lost between this and what came before."""


class Accompaniment(Struct, frozen=True, kw_only=True):
    """What sounds while somebody sings."""

    drone_midi: float | None = None
    """The note that is held, MIDI (69 is A4, tuned to the project's A4); None is silence."""
    drone_db: float = -18.0
    metronome: bool = False
    bpm: float = 90.0
    beats: int = 4
    """In a bar; the first is stressed."""
    count_in_bars: int = 1
    """That are clicked before a take begins, while the metronome is on."""
    metronome_db: float = -12.0
    speed: float = 1.0
    """Of what is played, its pitch kept; a take is recorded along at full speed."""


class Singing(QObject):
    """Switches the live pitch and the accompaniment, tells every new worker of them, and reads the points.

    Off → `start` → running → `stop` → off. While it runs the microphone is open. UI thread only.
    """

    changed = Signal()
    """A switch or a value was changed."""
    warned = Signal(object)
    """Trouble: feedback or delay while the person hears himself; also when it is over."""

    def __init__(
        self,
        transport: Transport,
        document: Document,
        settings: SettingsFile,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._transport, self._document, self._settings = transport, document, settings
        self._clock = clock
        self._running = False
        self._with = Accompaniment()
        self._points: Series | None = None
        self._sound: Ring | None = None
        self._heard = np.zeros((0, 1), np.float32)
        self._lost = 0
        self._reference: ClipId | None = None
        self._against_notes = False
        self._a4_hz = document.project.a4_hz
        transport.worker.ready.connect(self._greet)
        transport.worker.said.connect(self._hear)
        transport.worker.died.connect(self._detach)
        transport.equipment.trouble.connect(self._trouble)
        document.changed.connect(self._project_changed)
        settings.changed.connect(self._settings_changed)
        if transport.state is not None:
            self._attach(transport.state)

    # Live pitch

    @property
    def running(self) -> bool:
        """Whether the pitch is tracked, or has just been asked for."""
        return self._running

    @property
    def preparing(self) -> bool:
        """Whether there is nothing to read yet because the tracker is being loaded: the very first time for long."""
        return self._running and self._points is None

    def start(self) -> None:
        """Open the microphone and track what it hears."""
        if not self._running:
            self._running = True
            self._send_pitch()
            self.changed.emit()

    def stop(self) -> None:
        """Track nothing; the microphone closes where nobody else needs it."""
        if self._running:
            self._running = False
            self._send_pitch()
            self.changed.emit()

    def trace(self, seconds: float) -> Trace:
        """Return the points of the last so many seconds, at most 40; empty arrays where there are none."""
        if self._points is None:
            return Trace(*np.empty((len(LIVE_PITCH_FIELDS), 0)))
        newest = self._points.counter
        _next, rows = self._points.since(newest - math.ceil(seconds * _POINTS_A_S))
        rows = rows[rows[:, 0] > self._clock() - seconds]
        return Trace(*rows.T)

    def hear(self) -> Hearing | None:
        """Return what was heard since the last time; None where nothing was. One view asks."""
        if self._sound is None or self._transport.state is None or not self._sound.available:
            return None
        count, state = self._sound.read_into(self._heard), self._transport.state
        lost, self._lost = self._lost, self._sound.overruns
        newest_s = self._sound.newest_monotonic_s - state.input_latency_s
        return Hearing(self._heard[:count, 0], state.rate_hz, newest_s, lost == self._lost)

    def vibrato(self) -> Swing | None:
        """Return the vibrato that is sung now; None where there is none, or nobody sings."""
        newest = self._newest()
        if newest is None or math.isnan(newest[5]):
            return None
        return Swing(float(newest[5]), float(newest[6]))

    def level_db(self) -> float:
        """Return how loud the microphone is now, RMS dBFS; -120 where nothing is heard."""
        newest = self._newest()
        return -120.0 if newest is None else float(newest[4])

    # What is sung against

    @property
    def reference(self) -> ClipId | None:
        """The clip whose melody, or whose notes, are sung against."""
        return self._reference

    @property
    def against_notes(self) -> bool:
        """Whether it is the notes as they are written, not the melody as it was sung."""
        return self._against_notes

    def set_reference(self, clip: ClipId | None, *, notes: bool = False) -> None:
        """Sing against the melody of a clip, or against its notes; None is against nothing."""
        if (clip, notes) != (self._reference, self._against_notes):
            self._reference, self._against_notes = clip, notes
            self.changed.emit()

    @property
    def intonation(self) -> Tempered | Just:
        """What cents are counted from where nothing is sung against: equal temperament, or pure intervals."""
        pitch = self._settings.value.pitch
        if pitch.just_over < 0:
            return Tempered(a4_hz=self.a4_hz)
        return Just(tonic=(pitch.just_over - pitch.transposed) % 12, a4_hz=self.a4_hz)

    def set_just(self, key: int) -> None:
        """Count cents from pure intervals over a keynote as it is written, 0 is C; -1 is equal temperament."""
        self.set_reference(None)
        self._settings.change("pitch", just_over=key)

    # Tuning and accompaniment

    @property
    def a4_hz(self) -> float:
        """What A4 is tuned to in this project."""
        return self._document.project.a4_hz

    def set_a4(self, hz: float) -> None:
        """Tune the project, 390 to 470 Hz; an edit, which can be undone. The drone follows."""
        self._document.do(SetTuning(a4_hz=hz))

    @property
    def accompaniment(self) -> Accompaniment:
        """What sounds along."""
        return self._with

    def set_drone(self, midi: float | None, gain_db: float | None = None) -> None:
        """Hold a note, or none; `gain_db` None leaves the volume as it is."""
        volume = self._with.drone_db if gain_db is None else min(max(gain_db, -60.0), 0.0)
        self._become(replace(self._with, drone_midi=midi, drone_db=volume))

    def set_metronome(
        self,
        on: bool,
        *,
        bpm: float | None = None,
        beats: int | None = None,
        count_in_bars: int | None = None,
        gain_db: float | None = None,
    ) -> None:
        """Click or not; what is None stays as it is. Along with the project the beats count from its beginning."""
        old = self._with
        self._become(
            replace(
                old,
                metronome=on,
                bpm=old.bpm if bpm is None else min(max(bpm, SLOWEST_BPM), FASTEST_BPM),
                beats=old.beats if beats is None else min(max(beats, 1), 12),
                count_in_bars=old.count_in_bars if count_in_bars is None else min(max(count_in_bars, 0), 4),
                metronome_db=old.metronome_db if gain_db is None else min(max(gain_db, -60.0), 0.0),
            )
        )

    def set_speed(self, speed: float) -> None:
        """Play at 0.25 to 2 times the speed, with the pitch kept; also in the middle of playing."""
        self._become(replace(self._with, speed=min(max(speed, SLOWEST), FASTEST)))

    @property
    def warnings(self) -> tuple[Trouble, ...]:
        """What is wrong with hearing oneself now: feedback, delay; each with a sentence in `why`."""
        return tuple(trouble for trouble in self._transport.equipment.troubles if trouble.kind in WARNINGS)

    def close(self) -> None:
        """Let go of the shared memory."""
        self._detach()

    def _become(self, wanted: Accompaniment) -> None:
        if wanted != self._with:
            known, self._with = self._said(self._with), wanted
            bars_s = wanted.count_in_bars * wanted.beats * 60.0 / wanted.bpm
            self._transport.count_in(bars_s if wanted.metronome else None)
            self._send_changes(known)
            self.changed.emit()

    def _send_pitch(self) -> None:
        pitch = self._settings.value.pitch
        self._transport.worker.send(LivePitch(on=self._running, low_hz=pitch.low_hz, high_hz=pitch.high_hz))

    def _send_changes(self, known: tuple[Request, ...]) -> None:
        """Say what differs from what the worker knows."""
        for wanted, before in zip(self._said(self._with), known, strict=True):
            if wanted != before:
                self._transport.worker.send(wanted)

    def _said(self, one: Accompaniment) -> tuple[Request, ...]:
        """The same for the worker."""
        hz = 0.0 if one.drone_midi is None else midi_to_hz(one.drone_midi, self._a4_hz)
        return (
            Drone(hz=hz, gain_db=one.drone_db),
            Metronome(
                on=one.metronome,
                bpm=one.bpm,
                beats=one.beats,
                count_in_bars=one.count_in_bars,
                gain_db=one.metronome_db,
            ),
            Speed(speed=one.speed),
        )

    def _greet(self) -> None:
        """Tell a new process what is on."""
        if self._running:
            self._send_pitch()
        self._send_changes(self._said(Accompaniment()))

    def _hear(self, event: Event) -> None:
        match event:
            case AudioState():
                self._attach(event)
            case Refused(request=LivePitch.__name__) if self._running:
                self._running = False
                self.changed.emit()
            case Refused(request=Drone.__name__):
                self._with = replace(self._with, drone_midi=None)
                self.changed.emit()
            case Refused(request=Metronome.__name__):
                self._with = replace(self._with, metronome=False)
                self._transport.count_in(None)
                self.changed.emit()
            case _:
                pass

    def _attach(self, state: AudioState) -> None:
        if self._points is not None and self._points.name == state.pitch:
            return
        self._detach()
        if state.pitch:
            try:
                self._points = Series.attach(state.pitch)
                self._sound = Ring.attach(state.sound) if state.sound else None
            except StudioError:  # the worker died after it had named it; the next one names another
                return
            if self._sound is not None:
                self._heard = np.zeros((self._sound.capacity, 1), np.float32)
            self.changed.emit()

    def _detach(self) -> None:
        if self._sound is not None:
            self._sound.close()
            self._sound = None
        if self._points is not None:
            self._points.close()
            self._points = None

    def _newest(self) -> Numbers | None:
        newest = self._points.latest() if self._points is not None else None
        return None if newest is None or self._clock() - newest[0] > _STALE_S else newest

    def _trouble(self, trouble: Trouble) -> None:
        if trouble.kind in WARNINGS:
            self.warned.emit(trouble)

    def _project_changed(self, project: Project) -> None:
        if self._reference is not None and all(clip.id != self._reference for clip in project.clips):
            self.set_reference(None)
        if project.a4_hz != self._a4_hz:
            known, self._a4_hz = self._said(self._with), project.a4_hz
            self._send_changes(known)
            self.changed.emit()

    def _settings_changed(self, settings: Settings) -> None:
        if self._running:
            self._send_pitch()
