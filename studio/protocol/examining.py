"""What the compute worker is asked about recordings before a voice is learnt from them."""

from msgspec import Struct

from studio.model.voice import Finding
from studio.protocol.common import JobId, Message


class ExamineRecordings(Message, frozen=True, kw_only=True):
    """Look at recordings as the sample doctor does. Answered by Progress*, then `RecordingsExamined`.

    With `listen` a recogniser writes down what is said in them, where it knows the language.
    """

    job: JobId
    paths: tuple[str, ...]
    language: str
    listen: bool = False


class ExaminedRecording(Struct, frozen=True, kw_only=True):
    """A recording: how long it is, what was heard in it, "" where nobody listened, and what its file lacks."""

    path: str
    length_s: float
    heard: str = ""
    damage: str = ""


class RecordingsExamined(Message, frozen=True, kw_only=True):
    """Each recording, and what the doctor says of all of them together. `recogniser` names who listened, "" nobody."""

    job: JobId
    recordings: tuple[ExaminedRecording, ...]
    findings: tuple[Finding, ...]
    recogniser: str = ""
