"""Everything the desktop and its workers say to each other. Sound never travels in a message, only its name.

To add a message: a class here, a place in `Request` or `Event`, a handler on the other side, and `PROTOCOL += 1`.
"""

from typing import Literal, NewType

from msgspec import Struct

from studio.errors import Explanation
from studio.model.project import Media, MediaId, Pitch, Project

PROTOCOL = 2

JobId = NewType("JobId", int)
Role = Literal["live", "compute", "capture"]


class _Message(Struct, frozen=True, kw_only=True, tag=True):
    """Tagged with its class name, so that one decoder tells them apart and rejects anything else."""


# Spoken to every worker


class Cancel(_Message, frozen=True, kw_only=True):
    """Stop a job. Answered by `Stopped`, or by its result if that was already on the way."""

    job: JobId


class Shutdown(_Message, frozen=True, kw_only=True):
    """Finish takes, free memory and exit with status 0."""


class InjectFault(_Message, frozen=True, kw_only=True):
    """Break on purpose, as tests and the hidden menu ask: obeyed only when STUDIO_FAULTS=1 is set."""

    kind: Literal["crash", "segfault", "hang", "hold_gil", "print", "flood_stderr", "garbage", "exhaust_memory"]


# Spoken to the compute worker: jobs. Each is answered by Progress*, then its own result, `Failed` or `Stopped`.


class ImportMedia(_Message, frozen=True, kw_only=True):
    """Decode a file, or the sound of a video, to a float32 WAV at `rate_hz` in `project_dir`/media, and its peaks.

    `rate_hz` 0 keeps the rate of the file where a project may have it (44100 to 96000 Hz) and else takes 48000.
    Answered by `MediaImported`.
    """

    job: JobId
    path: str
    project_dir: str
    rate_hz: int


class BuildPeaks(_Message, frozen=True, kw_only=True):
    """Build the peak pyramid of a WAV that is already there. Answered by `PeaksBuilt`."""

    job: JobId
    path: str
    media: MediaId


class TrackPitch(_Message, frozen=True, kw_only=True):
    """Find the melody of a stretch of a medium. Answered by `PitchTracked`."""

    job: JobId
    media: Media
    project_dir: str
    start: int
    length: int
    engine: str
    low_hz: float
    high_hz: float


class ListCodecs(_Message, frozen=True, kw_only=True):
    """Look which kinds of file can be written here, for the system check. Answered by `Codecs`."""

    job: JobId


class ExportSpec(Struct, frozen=True, kw_only=True):
    """What an exported file should be. `stop` 0 means to the end; `bitrate_kbps` 0 means the codec's good default."""

    container: Literal["wav", "flac", "mp3", "m4a", "opus"] = "wav"
    sample_format: Literal["int16", "int24", "float32"] = "int24"
    rate_hz: int = 0
    channels: Literal[1, 2] = 2
    bitrate_kbps: int = 0
    dither: bool = True
    start: int = 0
    stop: int = 0
    split: Literal["mix", "tracks", "markers"] = "mix"
    loudness_lufs: float | None = None
    peak_limit_dbtp: float = -1.0
    title: str = ""
    artist: str = ""


class Export(_Message, frozen=True, kw_only=True):
    """Render a project to `path`, or, where `spec.split` makes several files, into the folder `path`.

    Answered by `Exported`. Files appear by rename, never half written.
    """

    job: JobId
    project: Project
    project_dir: str
    path: str
    spec: ExportSpec


class RenderClip(_Message, frozen=True, kw_only=True):
    """Mix clips of one track between two timeline samples into one new medium. Answered by `MediaImported`."""

    job: JobId
    project: Project
    project_dir: str
    track: str
    start: int
    stop: int
    name: str


class MakeSample(_Message, frozen=True, kw_only=True):
    """Make the sample project (spoken and sung, from the recipe) in `folder`, which appears by rename when whole.

    Answered by `SampleMade`.
    """

    job: JobId
    folder: str


# Spoken to the live worker


class ListDevices(_Message, frozen=True, kw_only=True):
    """Look for devices again. Answered by `Devices`."""


class OpenAudio(_Message, frozen=True, kw_only=True):
    """Choose devices by name ("" is the system's default) and block size. Answered by `AudioState`."""

    output: str = ""
    input: str = ""
    rate_hz: int = 48000
    block: int = 0


class LoadProject(_Message, frozen=True, kw_only=True):
    """The project that plays from now on, also in the middle of playing. Sound is mapped from `project_dir`."""

    project: Project
    project_dir: str


class Play(_Message, frozen=True, kw_only=True):
    """Play from a timeline sample; with `loop_stop` > `loop_start` for ever between the two.

    `serial` grows with each `Play` and `Record`, so that an answer to an earlier one is known as such.
    """

    start: int
    stop: int = 0
    loop_start: int = 0
    loop_stop: int = 0
    serial: int = 0


class Stop(_Message, frozen=True, kw_only=True):
    """Stop playing. A recording goes on until `StopRecording`."""


class Record(_Message, frozen=True, kw_only=True):
    """Record the input into `folder` (a new folder below takes/), placed at timeline sample `start`.

    Answered by `TakeStarted` once the first block is on its way to the disk, then `TakeFinished`.
    """

    take: str
    folder: str
    start: int
    track: str
    channels: Literal[1, 2] = 1
    play_along: bool = True
    serial: int = 0


class StopRecording(_Message, frozen=True, kw_only=True):
    """End the take. Answered by `TakeFinished`."""


class Monitor(_Message, frozen=True, kw_only=True):
    """Hear the input on the output, or not; the meter runs while the input is open."""

    on: bool
    gain_db: float = 0.0


class Meter(_Message, frozen=True, kw_only=True):
    """Open the input for its level meter without recording, or close it."""

    on: bool


# Said by every worker


class EngineCard(Struct, frozen=True, kw_only=True):
    """What the desktop knows of an engine. `missing` says why it cannot run here, "" that it can."""

    id: str
    task: Literal["pitch", "separate", "denoise", "learn", "speak", "convert", "recognise", "detect"]
    name: str
    licence: str
    languages: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    missing: str = ""
    about: str = ""


class Ready(_Message, frozen=True, kw_only=True):
    """The first word of every worker. `device` is what heavy work runs on and `device_reason` says why."""

    protocol: int
    role: Role
    pid: int
    device: str = "CPU"
    device_reason: str = ""
    engines: tuple[EngineCard, ...] = ()


class Heartbeat(_Message, frozen=True, kw_only=True):
    """Still alive: said once a second by a thread that does nothing else.

    Silence longer than `patience_s` after it means that the worker hangs.
    """

    rss_bytes: int
    patience_s: float = 5.0


class Progress(_Message, frozen=True, kw_only=True):
    """How far a job is, 0 to 1, and what it is doing now ("Decoding", "Finding the pitch")."""

    job: JobId
    fraction: float
    stage: str = ""


class Failed(_Message, frozen=True, kw_only=True):
    """The job ended without a result, and this is what the person is told."""

    job: JobId
    why: Explanation


class Stopped(_Message, frozen=True, kw_only=True):
    """The job was called off."""

    job: JobId


class Refused(_Message, frozen=True, kw_only=True):
    """A request that is not a job could not be done; `request` is its class name."""

    request: str
    why: Explanation


# Said by the compute worker


class MediaImported(_Message, frozen=True, kw_only=True):
    """The sound is in the project's folder with its peaks built. `warning` says what could not be read, or ""."""

    job: JobId
    media: Media
    warning: str = ""


class PeaksBuilt(_Message, frozen=True, kw_only=True):
    """The peak pyramid of a medium lies in the cache."""

    job: JobId
    media: MediaId
    path: str


class PitchTracked(_Message, frozen=True, kw_only=True):
    """The melody lies in the project's folder."""

    job: JobId
    pitch: Pitch
    voiced_fraction: float
    median_hz: float


class SampleMade(_Message, frozen=True, kw_only=True):
    """The sample project lies in `folder` and can be opened."""

    job: JobId
    folder: str


class Codecs(_Message, frozen=True, kw_only=True):
    """What exports can be, by the names of `ExportSpec.container`; `library` says who writes them."""

    job: JobId
    library: str
    can_write: tuple[str, ...]
    missing: tuple[str, ...] = ()


class Loudness(Struct, frozen=True, kw_only=True):
    """BS.1770 figures of a finished sound; None where it is too short or silent."""

    integrated_lufs: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None


class ExportedFile(Struct, frozen=True, kw_only=True):
    """One file that an export made, with the loudness that a player of it hears.

    `passed` says whether loudness and true peak are what was asked for, None where nothing was asked; `note` is a
    sentence on that, on clipping or on sound that is missing, or "".
    """

    path: str
    duration_s: float
    size_bytes: int
    loudness: Loudness
    passed: bool | None = None
    note: str = ""


class Exported(_Message, frozen=True, kw_only=True):
    """Every file is in place."""

    job: JobId
    files: tuple[ExportedFile, ...]


# Said by the live worker


class Device(Struct, frozen=True, kw_only=True):
    """A sound device as a person knows it."""

    name: str
    inputs: int
    outputs: int
    default_rate_hz: float
    is_default_input: bool = False
    is_default_output: bool = False


class Devices(_Message, frozen=True, kw_only=True):
    """The devices of this machine, now."""

    devices: tuple[Device, ...]


class AudioState(_Message, frozen=True, kw_only=True):
    """What the audio side is doing, said at every change.

    `series` names the shared-memory `Series` of playhead points and `meters` the one of levels (see
    `studio.ipc.series`); both live as long as the worker. `resampling` says so in words, or is "". `serial` is that of
    the last `Play` or `Record` obeyed: `playing` tells of that one, and nothing of one that is still on its way.
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


class Trouble(_Message, frozen=True, kw_only=True):
    """Something a person has to know of while it lasts. `over` says that this kind of trouble has ended."""

    kind: Literal[
        "stalled",
        "device_lost",
        "server_lost",
        "rerouted",
        "silent",
        "clipping",
        "dropped",
        "disk_low",
        "disk_full",
        "media_missing",
        "folder_lost",
    ]
    why: Explanation
    over: bool = False
    count: int = 0


class TakeStarted(_Message, frozen=True, kw_only=True):
    """The marker file and the first block of a take are on the disk."""

    take: str
    folder: str
    start: int
    channels: int
    rate_hz: int


class TakeProgress(_Message, frozen=True, kw_only=True):
    """So many frames of a take are on the disk: what a crash cannot take away. Said at least each half second."""

    take: str
    frames: int
    dropped: int
    gaps: int


class TakeFinished(_Message, frozen=True, kw_only=True):
    """A take is complete. Its segments are media in order; `start` is where the first belongs on the timeline."""

    take: str
    track: str
    start: int
    segments: tuple[Media, ...]
    warning: str = ""


Request = (
    Cancel
    | Shutdown
    | InjectFault
    | ImportMedia
    | BuildPeaks
    | TrackPitch
    | Export
    | RenderClip
    | MakeSample
    | ListCodecs
    | ListDevices
    | OpenAudio
    | LoadProject
    | Play
    | Stop
    | Record
    | StopRecording
    | Monitor
    | Meter
)

Event = (
    Ready
    | Heartbeat
    | Progress
    | Failed
    | Stopped
    | Refused
    | MediaImported
    | PeaksBuilt
    | PitchTracked
    | SampleMade
    | Codecs
    | Exported
    | Devices
    | AudioState
    | Trouble
    | TakeStarted
    | TakeProgress
    | TakeFinished
)

Job = ImportMedia | BuildPeaks | TrackPitch | Export | RenderClip | MakeSample | ListCodecs
Result = MediaImported | PeaksBuilt | PitchTracked | Exported | SampleMade | Codecs
