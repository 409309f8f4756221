"""What the compute worker is asked about recordings before a voice is learnt from them."""

from msgspec import Struct

from studio.model.voice import Finding, Treatment
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


class TreatRecordings(Message, frozen=True, kw_only=True):
    """Do what the doctor advised to recordings, into new float WAVs in a folder that is there.

    `engine` takes the noise or the music out, where that is meant. Answered by Progress*, then `RecordingsTreated`.
    """

    job: JobId
    paths: tuple[str, ...]
    treatment: Treatment
    folder: str
    engine: str = ""


class TreatedRecording(Struct, frozen=True, kw_only=True):
    """A recording and what was made of it: "" where it stayed as it is, or where nothing was left of it.

    `left_out_s` is how much of it was left out. With `cut` something was said there: its text no longer fits.
    """

    path: str
    made: str = ""
    left_out_s: float = 0.0
    cut: bool = False
    is_empty: bool = False


class RecordingsTreated(Message, frozen=True, kw_only=True):
    """The recordings, in the order in which they were given."""

    job: JobId
    treatment: Treatment
    recordings: tuple[TreatedRecording, ...]
