"""What is asked of a voice in numbers: notes and their figures, files of them for other programs, voice quality."""

from typing import Literal

from msgspec import Struct

from studio.model.labels import Label
from studio.model.project import Media, MelodyPiece
from studio.model.quality import VoiceQuality
from studio.model.sheet import SungNote
from studio.protocol.common import JobId, Message


class SungSound(Struct, frozen=True, kw_only=True):
    """A stretch of a medium to be measured; times in what comes of it count from its beginning.

    With `melody` the melody is that one, which has to cover the stretch; else it is found anew. With `notes` these are
    the notes of it, in samples of the medium; else they are found. `markers` are labels within the stretch, for the
    kinds of file that have room for them.
    """

    name: str
    media: Media
    start: int
    length: int
    melody: tuple[MelodyPiece, ...] = ()
    notes: tuple[SungNote, ...] | None = None
    markers: tuple[Label, ...] = ()


class MelodyFile(Struct, frozen=True, kw_only=True):
    """A file to be written; `kind` is one of `studio.media.interchange.kinds`."""

    kind: str
    path: str


class Against(Struct, frozen=True, kw_only=True):
    """What intonation is measured against; `tonic` 0 is C, for a just scale."""

    a4_hz: float = 440.0
    scale: Literal["tempered", "just"] = "tempered"
    tonic: int = 0


class MeasureVoice(Message, frozen=True, kw_only=True):
    """Find the notes of stretches of sound, measure them, and write files. Answered by `VoiceMeasured`.

    With `reference` intonation is measured against that voice at the same time, in whichever octave it is sung here.
    Files appear by rename, never half written. `header` puts headings into Tony's and Sonic Visualiser's tables;
    `bend_semitones` 0 leaves MIDI to the nearest keys; `mpe` bends as MPE instruments expect it.
    """

    job: JobId
    project_dir: str
    sounds: tuple[SungSound, ...]
    low_hz: float
    high_hz: float
    against: Against = Against()
    reference: SungSound | None = None
    files: tuple[MelodyFile, ...] = ()
    header: bool = False
    bend_semitones: int = 2
    mpe: bool = False
    figures: bool = False
    """Whether the figures themselves are wanted, as a file in the project's folder."""


class VoiceMeasured(Message, frozen=True, kw_only=True):
    """The figures lie in a file below the project's folder, where asked for: see `studio.media.interchange.measured`.

    `files` are those that were written, guides to columns included; `notes` is how many notes there are.
    """

    job: JobId
    figures: str
    files: tuple[str, ...]
    notes: int


class MeasureQuality(Message, frozen=True, kw_only=True):
    """Measure how steady and how clear a voice is on a stretch of a medium. Answered by `QualityMeasured`."""

    job: JobId
    project_dir: str
    media: Media
    start: int
    length: int
    low_hz: float
    high_hz: float


class QualityMeasured(Message, frozen=True, kw_only=True):
    """The figures of the stretch."""

    job: JobId
    quality: VoiceQuality
