"""What the compute worker is asked to do with voices: learn one, speak with one, convert into one."""

from msgspec import Struct, field

from studio.model.project import Media
from studio.model.voice import Voice
from studio.protocol.common import JobId, Message
from studio.protocol.jobs import EngineSettings, Spent


class ReferenceFile(Struct, frozen=True, kw_only=True):
    """A recording to learn from, by its absolute path, and what is said in it, "" where nobody has written it down."""

    path: str
    text: str = ""


class LearnVoice(Message, frozen=True, kw_only=True):
    """Learn a voice into the person's library. Answered by Progress*, then VoiceLearnt, Failed or Stopped."""

    job: JobId
    name: str
    consent: str
    references: tuple[ReferenceFile, ...]
    language: str
    engine: str
    seed: int = 0


class VoiceLearnt(Message, frozen=True, kw_only=True):
    """The voice, as it is in the library now."""

    job: JobId
    voice: Voice
    notes: tuple[str, ...] = ()


class Speak(Message, frozen=True, kw_only=True):
    """Say a text into a new float WAV. Answered by Progress*, then Spoken, Failed or Stopped.

    `voice` is the id of a voice of the library, or, for an engine that brings voices, the name of one.
    """

    job: JobId
    text: str
    voice: str
    engine: str
    path: str
    seed: int = 0
    settings: EngineSettings = field(default_factory=dict)
    dictionary: dict[str, str] = field(default_factory=dict)


class Spoken(Message, frozen=True, kw_only=True):
    """What was said is in the file. `first_audio_ms` counts from the first word asked for, with the voice open."""

    job: JobId
    path: str
    rate_hz: int
    duration_s: float
    first_audio_ms: float
    rtf: float
    cpu_rtf: float
    open_ms: float
    engine: str
    device: str
    marked: bool
    notes: tuple[str, ...] = ()


class FindMark(Message, frozen=True, kw_only=True):
    """Look for the mark of synthetic speech in a file. Answered by MarkFound."""

    job: JobId
    path: str


class MarkFound(Message, frozen=True, kw_only=True):
    """By how many standard deviations the mark stands out of chance, and whether that is enough to be sure."""

    job: JobId
    marked: bool
    score: float


class ConvertVoice(Message, frozen=True, kw_only=True):
    """Say or sing a sound again in a voice of the library, into a new float WAV. Answered by Converted."""

    job: JobId
    source: str
    voice: str
    engine: str
    path: str
    settings: EngineSettings = field(default_factory=dict)


class Converted(Message, frozen=True, kw_only=True):
    """The converted sound is in the file. `resumed` is how much of it was found finished, 0 to 1."""

    job: JobId
    path: str
    rate_hz: int
    duration_s: float
    rtf: float
    engine: str
    device: str
    resumed: float = 0.0
    notes: tuple[str, ...] = ()


class SingAgain(Message, frozen=True, kw_only=True):
    """Say or sing a stretch of a medium again in a voice of the library. Answered by StemsGrowing*, then SungAgain.

    With `separator` the stretch is a song: that engine takes the vocals out of it, only they are sung again, and what
    accompanies them stays; with `remix` both are one sound. What was taken apart is kept where the job is called off
    or its worker dies: the same request goes on from there. Where a song is to be moved to the middle of the voice
    (no `transpose`), it is by whole octaves, so that it stays in tune with what accompanies it.
    """

    job: JobId
    media: Media
    project_dir: str
    start: int
    length: int
    voice: str
    engine: str
    settings: EngineSettings = field(default_factory=dict)
    separator: str = ""
    separator_settings: EngineSettings = field(default_factory=dict)
    remix: bool = False


class SungAgain(Message, frozen=True, kw_only=True):
    """The voice, and of a song what accompanies it, lie in the project's folder with their peaks.

    `voice` is the name of the voice. `apart` is what a song was taken apart into first: its own vocals and the rest.
    """

    job: JobId
    media: tuple[Media, ...]
    apart: tuple[Media, ...] = ()
    voice: str
    spent: Spent
    notes: tuple[str, ...] = ()
