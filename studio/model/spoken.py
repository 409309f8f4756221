"""What is to be spoken in a project: a script of lines with their speakers, and the takes of each line."""

from collections.abc import Iterable
from typing import Final, NewType, Protocol, Self, TypeVar

from msgspec import Struct
from msgspec.structs import replace

LineId = NewType("LineId", str)
SpeakerId = NewType("SpeakerId", str)
TakeId = NewType("TakeId", str)

SpeechSettings = dict[str, str | float | int | bool | None]
"""What was chosen for an engine beyond its id."""

WRONG: Final = 0.75
"""From this share of wrong words on a sentence is marked: the recogniser is weak, and mistakes half of good ones."""


class SaidSentence(Struct, frozen=True, kw_only=True):
    """A sentence of a take: where it lies in the take's sound, in samples, and what a recogniser made of it.

    `wrong` is how many of `words` were not heard as they were to be said; `words` is 0 where nobody listened.
    """

    text: str
    seed: int
    start: int
    length: int
    heard: str = ""
    wrong: int = 0
    words: int = 0
    tries: int = 1

    @property
    def is_doubtful(self) -> bool:
        """Whether so little of it was recognised that a person should listen."""
        return is_doubtful(self.wrong, self.words)


def is_doubtful(wrong: int, words: int) -> bool:
    """Whether so many of some words were not recognised that a person should listen."""
    return words > 0 and wrong >= WRONG * words


class TakeCard(Struct, frozen=True, kw_only=True):
    """What was measured of a take; None where it is too short or silent to tell.

    `timbre_db` is how far its average spectrum lies from that of the voice's recordings, `noise_db` how far the
    quietest moments of its sentences lie below the loud ones, `pitch_hz` the range without the outermost twentieths.
    `similarity` is the cosine of the speaker network's prints, None also where that network is not installed.
    """

    loudness_lufs: float | None = None
    pitch_hz: tuple[float, float] | None = None
    noise_db: float | None = None
    timbre_db: float | None = None
    similarity: float | None = None
    recogniser: str = ""


class Take(Struct, frozen=True, kw_only=True):
    """A line as it was spoken once; its sound is a medium of the project."""

    id: TakeId
    media: str
    text: str
    voice: str
    voice_name: str
    engine: str
    seed: int
    settings: SpeechSettings = {}
    sentences: tuple[SaidSentence, ...] = ()
    card: TakeCard = TakeCard()
    favourite: bool = False

    @property
    def doubtful(self) -> tuple[SaidSentence, ...]:
        """The sentences that were hardly recognised."""
        return tuple(sentence for sentence in self.sentences if sentence.is_doubtful)


class Speaker(Struct, frozen=True, kw_only=True):
    """Who speaks: the narrator or a character. `voice` is the id of a voice, "" while none was chosen."""

    id: SpeakerId
    name: str
    voice: str = ""
    engine: str = "basic"
    settings: SpeechSettings = {}


class Line(Struct, frozen=True, kw_only=True):
    """A paragraph of the script; its takes in the order in which they were made."""

    id: LineId
    text: str = ""
    speaker: SpeakerId = SpeakerId("narrator")
    takes: tuple[Take, ...] = ()

    @property
    def take(self) -> Take | None:
        """The take that counts: the favourite, or else the newest."""
        loved = [take for take in self.takes if take.favourite]
        return (loved or self.takes)[-1] if self.takes else None


class Script(Struct, frozen=True, kw_only=True):
    """The text of a project, line by line, who speaks it, and how words are to be said."""

    lines: tuple[Line, ...] = ()
    speakers: tuple[Speaker, ...] = (Speaker(id=SpeakerId("narrator"), name="Narrator"),)
    dictionary: dict[str, str] = {}

    def __post_init__(self) -> None:
        known = {speaker.id for speaker in self.speakers}
        if not known:
            raise ValueError("a script needs somebody who speaks")
        if len(known) < len(self.speakers) or len({line.id for line in self.lines}) < len(self.lines):
            raise ValueError("two parts of the script have the same id")
        for line in self.lines:
            if line.speaker not in known:
                raise ValueError(f"nobody is called {line.speaker}")

    def line(self, id: LineId) -> Line:
        """The line of that id; KeyError when there is none."""
        return _the(self.lines, id)

    def speaker(self, id: SpeakerId) -> Speaker:
        """The speaker of that id; KeyError when there is none."""
        return _the(self.speakers, id)

    def index(self, id: LineId) -> int:
        """Where a line stands; KeyError when it does not."""
        return self.lines.index(self.line(id))

    def line_of(self, media: str) -> Line | None:
        """The line one of whose takes is this sound."""
        return next((line for line in self.lines if any(take.media == media for take in line.takes)), None)

    def with_line(self, line: Line) -> Self:
        """The same script with the line of that id replaced; KeyError when there is none."""
        self.line(line.id)
        return replace(self, lines=tuple(line if old.id == line.id else old for old in self.lines))


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_Thing = TypeVar("_Thing", bound=_HasId)


def _the(things: Iterable[_Thing], id: str) -> _Thing:
    for thing in things:
        if thing.id == id:
            return thing
    raise KeyError(id)
