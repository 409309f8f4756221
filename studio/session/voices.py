"""The person's voices as the window knows them: which there are, which one is being learnt, what a doctor says."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from studio.media import voices
from studio.model.voice import Treatment, Voice
from studio.protocol.common import JobId
from studio.protocol.examining import ExamineRecordings, RecordingsExamined, RecordingsTreated, TreatRecordings
from studio.protocol.messages import Result
from studio.protocol.voices import LearnVoice, ReferenceFile, VoiceLearnt
from studio.session.jobs import JobRow, Jobs

_DOING: Final[dict[Treatment, str]] = {
    "denoise": "Taking the noise out",
    "separate": "Taking the music out",
    "trim": "Cutting silence off",
    "leave_clipped": "Leaving clipped stretches out",
    "leave_others": "Leaving the other voice out",
}


class Voices(QObject):
    """The library of voices. `look` reads it anew; learning a voice, or taking one out, does so by itself."""

    changed = Signal()
    learnt = Signal(object)  # VoiceLearnt

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._all: tuple[Voice, ...] = ()
        self._learning: JobId | None = None
        jobs.changed.connect(self._follow)
        self.look()

    @property
    def all(self) -> tuple[Voice, ...]:
        """Every voice, by name."""
        return self._all

    def voice(self, id: str) -> Voice | None:
        """The voice of that id, None where the library has none."""
        return next((voice for voice in self._all if voice.id == id), None)

    @property
    def learning(self) -> JobRow | None:
        """The voice that is being learnt, or the last one until it is forgotten."""
        return None if self._learning is None else self._jobs.row(self._learning)

    def look(self) -> None:
        """Read which voices there are."""
        self._all = voices.all_voices()
        self.changed.emit()

    def examine(
        self, paths: Sequence[Path], language: str, then: Callable[[RecordingsExamined], None], *, listen: bool = False
    ) -> JobId:
        """Have recordings looked at; with `listen` also what is said in them is written down."""

        def deliver(result: Result) -> None:
            assert isinstance(result, RecordingsExamined)
            then(result)

        names = tuple(str(path) for path in paths)
        title = "Listening for words" if listen else "Examining recordings"
        return self._jobs.start(
            lambda job: ExamineRecordings(job=job, paths=names, language=language, listen=listen), title, deliver
        )

    def treat(
        self,
        paths: Sequence[Path],
        treatment: Treatment,
        folder: Path,
        then: Callable[[RecordingsTreated], None],
        *,
        engine: str = "",
    ) -> JobId:
        """Have done to recordings what the doctor advised; what comes of it lies in `folder`."""

        def deliver(result: Result) -> None:
            assert isinstance(result, RecordingsTreated)
            then(result)

        def make(job: JobId) -> TreatRecordings:
            names = tuple(str(path) for path in paths)
            return TreatRecordings(job=job, paths=names, treatment=treatment, folder=str(folder), engine=engine)

        return self._jobs.start(make, _DOING[treatment], deliver)

    def learn(
        self, name: str, consent: str, references: Sequence[ReferenceFile], *, language: str, engine: str
    ) -> None:
        """Learn a voice into the library."""
        self._learning = self._jobs.start(
            lambda job: LearnVoice(
                job=job,
                name=name,
                consent=consent,
                references=tuple(references),
                language=language,
                engine=engine,
            ),
            f"Learning {name}",
            self._arrived,
        )
        self.changed.emit()

    def cancel(self, job: JobId) -> None:
        """Call an examination or the learning off."""
        self._jobs.cancel(job)

    def row(self, job: JobId) -> JobRow | None:
        """How far an examination is."""
        return self._jobs.row(job)

    def forget(self) -> None:
        """Say no more of what was learnt last."""
        self._learning = None
        self.changed.emit()

    def export(self, voice: Voice, target: Path) -> None:
        """Write a voice as one file; takes a while, so it is done in the background."""
        voices.export(voice, target)

    def remove(self, voice: Voice) -> None:
        """Take a voice out of the library."""
        voices.remove(voice)
        self.look()

    def _arrived(self, result: Result) -> None:
        assert isinstance(result, VoiceLearnt)
        self.look()
        self.learnt.emit(result)

    def _follow(self) -> None:
        if self._learning is not None:
            self.changed.emit()
