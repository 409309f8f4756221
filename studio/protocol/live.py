"""What the live worker is told of devices, playing and recording, and what it says of them."""

from typing import Final, Literal

from msgspec import Struct

from studio.errors import Explanation
from studio.model.project import Media, Project
from studio.protocol.common import Message

LIVE_PITCH_FIELDS: Final = (
    "monotonic_s",
    "f0_hz",
    "best_hz",
    "confidence",
    "level_db",
    "vibrato_rate_hz",
    "vibrato_half_extent_cents",
)
"""Of a point of the live pitch. Where nobody sings `f0_hz` is NaN; so are the last two where there is no vibrato."""


class ListDevices(Message, frozen=True, kw_only=True):
    """Look for devices again. Answered by `Devices`."""


class OpenAudio(Message, frozen=True, kw_only=True):
    """Choose devices by name ("" is the system's default) and block size. Answered by `AudioState`."""

    output: str = ""
    input: str = ""
    rate_hz: int = 48000
    block: int = 0


class LoadProject(Message, frozen=True, kw_only=True):
    """The project that plays from now on, also in the middle of playing. Sound is mapped from `project_dir`."""

    project: Project
    project_dir: str


class Play(Message, frozen=True, kw_only=True):
    """Play from a timeline sample; with `loop_stop` > `loop_start` for ever between the two.

    `serial` grows with each `Play` and `Record`, so that an answer to an earlier one is known as such.
    """

    start: int
    stop: int = 0
    loop_start: int = 0
    loop_stop: int = 0
    serial: int = 0


class Stop(Message, frozen=True, kw_only=True):
    """Stop playing. A recording goes on until `StopRecording`."""


class Record(Message, frozen=True, kw_only=True):
    """Record the input into `folder` (a new folder below takes/), placed at timeline sample `start`.

    Answered by `TakeStarted` once the first block is on its way to the disk, then `TakeFinished`. With `loop_stop` >
    `loop_start` what plays along goes round and round between the two, from `start` on, and the one take goes on.
    """

    take: str
    folder: str
    start: int
    track: str
    channels: Literal[1, 2] = 1
    play_along: bool = True
    loop_start: int = 0
    loop_stop: int = 0
    serial: int = 0


class StopRecording(Message, frozen=True, kw_only=True):
    """End the take. Answered by `TakeFinished`."""


class Monitor(Message, frozen=True, kw_only=True):
    """Hear the input on the output, or not; the meter runs while the input is open."""

    on: bool
    gain_db: float = 0.0


class Meter(Message, frozen=True, kw_only=True):
    """Open the input for its level meter without recording, or close it."""

    on: bool


class LivePitch(Message, frozen=True, kw_only=True):
    """Track the pitch of the input from now on, or not; the input is open meanwhile. Answered by `AudioState`.

    The range is that of the voice; asked for again with another one, it counts from there on.
    """

    on: bool
    low_hz: float = 50.0
    high_hz: float = 1400.0


class Drone(Message, frozen=True, kw_only=True):
    """Let a tone of this frequency sound on the output until it is told otherwise; 0 Hz is silence."""

    hz: float
    gain_db: float = -18.0


class Metronome(Message, frozen=True, kw_only=True):
    """Click on the output, or not.

    While the project plays, the beats are counted from its beginning; otherwise from the moment of this order. A take
    is counted in by so many bars while it is on.
    """

    on: bool
    bpm: float = 90.0
    beats: int = 4
    count_in_bars: int = 1
    gain_db: float = -12.0


class Speed(Message, frozen=True, kw_only=True):
    """Play so much faster or slower from now on, with the pitch kept: 0.25 to 2. What plays along a take does not."""

    speed: float


class Device(Struct, frozen=True, kw_only=True):
    """A sound device as a person knows it."""

    name: str
    inputs: int
    outputs: int
    default_rate_hz: float
    is_default_input: bool = False
    is_default_output: bool = False


class Devices(Message, frozen=True, kw_only=True):
    """The devices of this machine, now."""

    devices: tuple[Device, ...]


class AudioState(Message, frozen=True, kw_only=True):
    """What the audio side is doing, said at every change.

    `playhead` names the shared-memory `Series` of playhead points and `meters` the one of levels (see
    `studio.ipc.series`); both live as long as the worker. `pitch` names the one of the live pitch, "" until that was
    asked for. `resampling` says so in words, or is "". `serial` is that of the last `Play` or `Record` obeyed:
    `playing` tells of that one, and nothing of one that is still on its way. `sound` names the `Ring` of what the
    microphone hears while the live pitch is on, one channel at `rate_hz`, for one reader; "" as `pitch` is.
    """

    open_output: str
    open_input: str
    rate_hz: int
    device_rate_hz: int
    block: int
    output_latency_s: float
    input_latency_s: float
    playing: bool
    recording: bool
    monitoring: bool
    playhead: str
    meters: str
    resampling: str = ""
    serial: int = 0
    pitch: str = ""
    sound: str = ""


class Trouble(Message, frozen=True, kw_only=True):
    """Something a person has to know of while it lasts. `over` says that this kind of trouble has ended."""

    kind: Literal[
        "stalled",
        "device_lost",
        "server_lost",
        "rerouted",
        "silent",
        "clipping",
        "dropped",
        "stuttering",
        "disk_low",
        "disk_full",
        "media_missing",
        "folder_lost",
        "feedback",
        "late_monitor",
    ]
    why: Explanation
    over: bool = False
    count: int = 0


class TakeStarted(Message, frozen=True, kw_only=True):
    """The marker file and the first block of a take are on the disk."""

    take: str
    folder: str
    start: int
    channels: int
    rate_hz: int


class TakeProgress(Message, frozen=True, kw_only=True):
    """So many frames of a take are on the disk: what a crash cannot take away. Said at least each half second."""

    take: str
    frames: int
    dropped: int
    gaps: int


class TakeFinished(Message, frozen=True, kw_only=True):
    """A take is complete. Its segments are media in order; `start` is where the first belongs on the timeline.

    That may be a little before the timeline begins. Where the take went round a loop, it is counted on past the end.
    `start_is_sure` where that is right to two milliseconds; not where the sound dropped out before it was known well.
    """

    take: str
    track: str
    start: int
    segments: tuple[Media, ...]
    loop_start: int = 0
    loop_stop: int = 0
    start_is_sure: bool = True
    warning: str = ""
