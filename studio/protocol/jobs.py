"""The compute worker's jobs and their results: each is answered by Progress*, then its own, `Failed` or `Stopped`."""

from typing import Final, Literal

from msgspec import Struct, field

from studio.model.project import Media, MediaId, MelodyPiece, Pitch, Project
from studio.model.sheet import SungNote
from studio.protocol.common import JobId, Message


class ImportMedia(Message, frozen=True, kw_only=True):
    """Decode a file, or the sound of a video, to a float32 WAV at `rate_hz` in `project_dir`/media, and its peaks.

    `rate_hz` 0 keeps the rate of the file where a project may have it (44100 to 96000 Hz) and else takes 48000;
    with `any_rate` it keeps whatever the file has. With `may_be_mute` a video without sound brings silence. What is
    finished stays on the disk when the job is called off or its worker dies: the same request goes on from there.
    Answered by `MediaImported`.
    """

    job: JobId
    path: str
    project_dir: str
    rate_hz: int
    any_rate: bool = False
    may_be_mute: bool = False


class BuildPeaks(Message, frozen=True, kw_only=True):
    """Build the peak pyramid of a WAV that is already there. Answered by `PeaksBuilt`."""

    job: JobId
    path: str
    media: MediaId


class TrackPitch(Message, frozen=True, kw_only=True):
    """Find the melody of a stretch of a medium. Answered by `PitchTracked`."""

    job: JobId
    media: Media
    project_dir: str
    start: int
    length: int
    engine: str
    low_hz: float
    high_hz: float


class MeasureNotes(Message, frozen=True, kw_only=True):
    """Find the notes of a whole medium and their vibrato. Answered by `NotesMeasured`.

    With `melody` that is the melody where it is known; with `notes` these are the notes, and only their figures are
    wanted, `a4_hz` saying which pitch the ones with a number were given.
    """

    job: JobId
    media: Media
    project_dir: str
    low_hz: float
    high_hz: float
    melody: tuple[MelodyPiece, ...] = ()
    notes: tuple[SungNote, ...] | None = None
    a4_hz: float = 440.0


EngineSettings = dict[str, str | float | int | bool | None]
"""What was chosen for an engine beyond its id; kept in the lineage of what it makes."""


class CleanStep(Struct, frozen=True, kw_only=True):
    """Take noise or the room out of one stem, or with `stem` "" out of the mix before it is taken apart.

    What is taken out of a stem is gone: then the stems no longer add up to the mix.
    """

    engine: str
    strength: float = 1.0
    stem: str = ""
    settings: EngineSettings = field(default_factory=dict)


class Separate(Message, frozen=True, kw_only=True):
    """Take a stretch of a medium apart into stems, which add up to it. Answered by `StemsGrowing`*, then `Separated`.

    With `stems` 1 nothing is taken apart, and the chain only cleans. `keep` names the stems that are wanted, all of
    them where it is empty.

    What is finished stays on the disk when the job is called off or its worker dies: the same request goes on
    where it stopped, and ends with the same samples as one that was never interrupted.
    """

    job: JobId
    media: Media
    project_dir: str
    start: int
    length: int
    engine: str
    stems: int
    settings: EngineSettings = field(default_factory=dict)
    chain: tuple[CleanStep, ...] = ()
    keep: tuple[str, ...] = ()


class Denoise(Message, frozen=True, kw_only=True):
    """Take noise or the room out of a stretch of a medium, with an engine of either task. Answered by `Denoised`.

    It goes on where it was stopped, as `Separate` does.
    """

    job: JobId
    media: Media
    project_dir: str
    start: int
    length: int
    engine: str
    strength: float = 1.0
    settings: EngineSettings = field(default_factory=dict)


class ListCodecs(Message, frozen=True, kw_only=True):
    """Look which kinds of file can be written here, for the system check. Answered by `Codecs`."""

    job: JobId


VIDEO_SUFFIXES: Final = (".mp4", ".mov", ".m4v", ".mkv", ".webm")
"""What the file of an exported video can be called."""


class ExportSpec(Struct, frozen=True, kw_only=True):
    """What an exported file should be. `stop` 0 means to the end; `bitrate_kbps` 0 means the codec's good default.

    With `video` it is the video that the project shows, its pictures copied, with the mix as its sound; `split`
    "tracks" adds each track as a sound of its own, `keep_sound` leaves those that the video had beside them.
    """

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
    video: bool = False
    keep_sound: bool = False


class Export(Message, frozen=True, kw_only=True):
    """Render a project to `path`, or, where `spec.split` makes several files, into the folder `path`.

    Answered by `Exported`. Files appear by rename, never half written.
    """

    job: JobId
    project: Project
    project_dir: str
    path: str
    spec: ExportSpec


class RenderClip(Message, frozen=True, kw_only=True):
    """Mix clips of one track between two timeline samples into one new medium. Answered by `MediaImported`."""

    job: JobId
    project: Project
    project_dir: str
    track: str
    start: int
    stop: int
    name: str


class MakeSample(Message, frozen=True, kw_only=True):
    """Make the sample project (spoken and sung, from the recipe) in `folder`, which appears by rename when whole.

    Answered by `SampleMade`.
    """

    job: JobId
    folder: str


class MediaImported(Message, frozen=True, kw_only=True):
    """The sound is in the project's folder with its peaks built. `warning` says what could not be read, or "".

    `note` says what else a person should know, as on channels that were mixed down. `resumed` is how much of it an
    import that was interrupted had made already, 0 to 1.
    """

    job: JobId
    media: Media
    warning: str = ""
    resumed: float = 0.0
    note: str = ""


class PeaksBuilt(Message, frozen=True, kw_only=True):
    """The peak pyramid of a medium lies in the cache."""

    job: JobId
    media: MediaId
    path: str


class PitchTracked(Message, frozen=True, kw_only=True):
    """The melody lies in the project's folder."""

    job: JobId
    pitch: Pitch
    voiced_fraction: float
    median_hz: float


class NotesMeasured(Message, frozen=True, kw_only=True):
    """The notes lie as JSON, a list of `studio.model.notes.Note`, in a file below the project's folder."""

    job: JobId
    file: str


class GrowingStem(Struct, frozen=True, kw_only=True):
    """A WAV below the project's folder that is still being written; its header is true at any time."""

    name: str
    file: str
    rate_hz: int
    channels: int


class StemsGrowing(Message, frozen=True, kw_only=True):
    """So many frames of each stem are there to be played. When the job is done the files get other names."""

    job: JobId
    stems: tuple[GrowingStem, ...]
    frames: int


class Spent(Struct, frozen=True, kw_only=True):
    """What a job cost. `memory_bytes` is the most that the worker held; `resumed` what it found finished, 0 to 1."""

    wall_s: float
    cpu_s: float
    memory_bytes: int
    resumed: float = 0.0


class Separated(Message, frozen=True, kw_only=True):
    """The stems lie in the project's folder with their peaks, in the engine's order, each named after what it is.

    Stems with the same samples (two silent ones) are the same medium. `notes` are sentences for the person, as on
    memory that ran out.
    """

    job: JobId
    stems: tuple[Media, ...]
    spent: Spent
    notes: tuple[str, ...] = ()


class Denoised(Message, frozen=True, kw_only=True):
    """The cleaned sound lies in the project's folder with its peaks."""

    job: JobId
    media: Media
    spent: Spent
    notes: tuple[str, ...] = ()


class SampleMade(Message, frozen=True, kw_only=True):
    """The sample project lies in `folder` and can be opened."""

    job: JobId
    folder: str


class Codecs(Message, frozen=True, kw_only=True):
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


class Exported(Message, frozen=True, kw_only=True):
    """Every file is in place."""

    job: JobId
    files: tuple[ExportedFile, ...]
