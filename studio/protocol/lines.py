"""What the compute worker is asked to do with the script of a project: speak a line of it into the project."""

from msgspec import field

from studio.model.project import Media
from studio.model.spoken import SaidSentence, TakeCard
from studio.protocol.common import JobId, Message
from studio.protocol.jobs import EngineSettings


class SpeakLine(Message, frozen=True, kw_only=True):
    """Say a line of the script into a new medium of the project. Answered by Progress*, then `LineSpoken`.

    Each sentence is said with `seed`, or with its own where `seeds` names one by its text. Every finished sentence is
    kept on the disk: a sentence that was said before, in the same voice, with the same settings and seed, is not said
    again, so that only what was edited changes, and a line that was interrupted goes on where it stopped. With
    `listen` a recogniser checks each new sentence, and one that it hardly knows again is said anew with other seeds.
    """

    job: JobId
    text: str
    voice: str
    engine: str
    project_dir: str
    rate_hz: int
    seed: int = 0
    seeds: dict[str, int] = field(default_factory=dict)
    settings: EngineSettings = field(default_factory=dict)
    dictionary: dict[str, str] = field(default_factory=dict)
    listen: bool = True


class LineSpoken(Message, frozen=True, kw_only=True):
    """The line is in the project's folder. `made` of its sentences were said anew, the others were there."""

    job: JobId
    media: Media
    voice_name: str
    sentences: tuple[SaidSentence, ...]
    card: TakeCard
    made: int
    notes: tuple[str, ...] = ()
