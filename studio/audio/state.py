"""What the sound side is told to do, what it is doing, and who is told of it."""

from typing import Protocol

from msgspec import Struct

from studio.audio.card import Card
from studio.audio.metronome import Tempo
from studio.audio.watchdog import Alarm
from studio.media.takes import TakeWriter
from studio.model.project import Media


class Points(Protocol):
    """A log of points in shared memory: `studio.ipc.series.Series`."""

    def append(self, *values: float) -> None: ...


class Wanted(Struct, frozen=True, kw_only=True):
    """What the person chose: names, "" for the system's default."""

    output: str = ""
    input: str = ""
    rate_hz: int = 48000
    block: int = 0


class Asked(Struct, frozen=True):
    """Whether something is to play, and the serial number of the last order to play: one value, read by threads."""

    playing: bool = False
    serial: int = 0


class Along(Struct, frozen=True, kw_only=True):
    """What sounds beside the project, and how fast the project goes."""

    drone_hz: float = 0.0
    drone_gain: float = 0.0
    tempo: Tempo | None = None
    count_in_bars: int = 0
    speed: float = 1.0

    @property
    def sounds(self) -> bool:
        """Whether there is something to hear while nothing plays."""
        return self.drone_hz > 0 or self.tempo is not None


class RigState(Struct, frozen=True, kw_only=True):
    """What the sound side is doing."""

    output: str
    input: str
    rate_hz: int
    device_rate_hz: int
    block: int
    output_latency_s: float
    input_latency_s: float
    playing: bool
    recording: bool
    monitoring: bool
    resampling: str
    serial: int


class Listener(Protocol):
    """Who is told of a take."""

    def take_started(self, writer: TakeWriter) -> None: ...
    def take_progress(self, writer: TakeWriter, dropped: int, gaps: int) -> None: ...
    def take_finished(self, writer: TakeWriter, segments: tuple[Media, ...], warning: str) -> None: ...


class Hears(Listener, Protocol):
    """Who is told what happens. Called from any thread."""

    def state_changed(self, state: RigState) -> None: ...
    def devices_changed(self, cards: tuple[Card, ...]) -> None: ...
    def alarm(self, alarm: Alarm) -> None: ...
