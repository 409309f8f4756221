"""Lines of the script are spoken: asks the compute worker for one after the other, and places what it answers."""

from collections.abc import Iterable
from functools import lru_cache, partial
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from studio.errors import Explanation, StudioError
from studio.media import voices
from studio.model.project import Project
from studio.model.script import Pause, pieces
from studio.model.spoken import Line, LineId, Speaker, SpeechSettings, Take
from studio.protocol.common import EngineCard, JobId
from studio.protocol.lines import LineSpoken, SpeakLine
from studio.protocol.messages import Job, Result
from studio.session import speaking_place
from studio.session.document import Document
from studio.session.engine_list import EngineList
from studio.session.jobs import JobRow, Jobs
from studio.session.recovery import LeftBehind
from studio.session.speaking_left import SpeechNotes

LineState = Literal["empty", "unspoken", "waiting", "speaking", "spoken", "changed", "failed"]

_NEXT_SEED: Final = 1


class Speaking(QObject):
    """Speaks lines in turn. Each lands in the project as soon as it is done, so that a crash costs one sentence.

    A line goes unspoken → waiting → speaking → spoken, and changed when its words, its voice or its settings are not
    those of its take any more; failed says why in `why`. What was asked for and broke off can be gone on with, also by
    another run of the studio. UI thread only.
    """

    changed = Signal()
    landed = Signal(object)  # LineId

    def __init__(self, document: Document, jobs: Jobs, engines: EngineList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._jobs = jobs
        self._engines = engines
        self._waiting: dict[LineId, dict[str, int]] = {}
        self._running: tuple[LineId, JobId] | None = None
        self._failed: dict[LineId, Explanation] = {}
        self._asked = 0
        self._notes = SpeechNotes()
        self._broken_off: dict[LineId, dict[str, int]] = {}
        self._over: tuple[LineId, JobId] | None = None
        self.current: LineId | None = None
        """The line that the person is working on."""
        jobs.changed.connect(self._follow)
        document.folder_changed.connect(self._change_project)
        self._look_back()

    @property
    def row(self) -> JobRow | None:
        """The line that is being spoken, None while none is."""
        return None if self._running is None else self._jobs.row(self._running[1])

    @property
    def busy(self) -> bool:
        """Whether something is being spoken or waits for its turn."""
        return self._running is not None or bool(self._waiting)

    @property
    def fraction(self) -> float:
        """How much of what was asked for is spoken, 0 to 1."""
        row = self.row
        left = len(self._waiting) + (1 - row.fraction if row is not None else 0)
        return 1 - left / self._asked if self._asked else 0.0

    @property
    def left(self) -> int:
        """How many lines are still to be spoken."""
        return len(self._waiting) + (self._running is not None)

    def state(self, line: Line) -> LineState:
        """What a person is to know of a line."""
        if self._running is not None and self._running[0] == line.id:
            return "speaking"
        if line.id in self._waiting:
            return "waiting"
        if line.id in self._failed:
            return "failed"
        if not any(letter.isalnum() for letter in line.text):
            return "empty"
        if line.take is None:
            return "unspoken"
        return "spoken" if self.is_current(line, line.take) else "changed"

    def is_current(self, line: Line, take: Take) -> bool:
        """Whether a take says what its line says now, in the voice and with the settings of its speaker."""
        speaker = self._document.project.script.speaker(line.speaker)
        said = tuple(sentence.text for sentence in take.sentences)
        if said != _sentences(line.text, tuple(self._document.project.script.dictionary.items())):
            return False
        same_voice = (take.voice, take.engine, take.settings) == (speaker.voice, speaker.engine, speaker.settings)
        return take.text == line.text and same_voice

    def why(self, line: LineId) -> Explanation | None:
        """Why a line was not spoken the last time."""
        return self._failed.get(line)

    def to_do(self) -> tuple[LineId, ...]:
        """The lines that have words and no take that says them as they are now."""
        wanting = ("unspoken", "changed", "failed")
        return tuple(line.id for line in self._document.project.script.lines if self.state(line) in wanting)

    def speak(self, lines: Iterable[LineId]) -> None:
        """Speak lines. One that is spoken already gets another take; of one that was edited only the new is said."""
        script = self._document.project.script
        chosen = [script.line(line) for line in lines]
        for line in chosen:
            _check_voice(script.speaker(line.speaker), self._engines.card(script.speaker(line.speaker).engine))
        for line in chosen:
            if self.state(line) not in ("speaking", "waiting", "empty"):
                self._enqueue(line.id, {})
        self._go_on()

    def speak_sentence(self, line: LineId, text: str) -> None:
        """Say one sentence of a line otherwise; the others stay as they are."""
        take = self._document.project.script.line(line).take
        if take is not None:
            before = max((one.seed for one in take.sentences if one.text == text), default=take.seed)
            self._enqueue(line, {text: before + _NEXT_SEED})
            self._go_on()

    def stop(self) -> None:
        """Speak no more; what is spoken stays, sentence by sentence."""
        self._waiting.clear()
        self._broken_off.clear()
        if self._running is not None:
            self._jobs.cancel(self._running[1])
        self._note()
        self.changed.emit()

    @property
    def left_behind(self) -> tuple[LeftBehind, ...]:
        """The offer to go on with what broke off; none while something is being spoken."""
        noted = self._notes.left(self._document.folder) if self._broken_off and not self.busy else None
        if noted is None:
            return ()
        count = len(self._broken_off)
        name = f"Speaking {count} lines" if count > 1 else "Speaking a line"
        folder = str(self._document.folder)
        return (LeftBehind(kind="speech", folder=folder, name=name, length_s=0.0, found_at=noted.began_at),)

    def go_on(self) -> None:
        """Speak what broke off; of a line that was begun only what is missing. Nothing when it is spoken by now."""
        row = self._jobs.row(self._over[1]) if self._over is not None else None
        if row is not None and row.state == "failed":
            self._jobs.retry(row.id)  # which also starts a worker that gave up; `_follow` takes the others along
            return
        wanted = self.to_do()
        self.speak(line for line in tuple(self._broken_off) if line in wanted)

    def flush(self) -> None:
        """Wait until it is on the disk what is to be gone on with. For tests."""
        self._notes.flush()

    def close(self) -> None:
        """Write down what another run of the studio is to go on with."""
        self._notes.close()

    def _change_project(self) -> None:
        """What is being said belongs to another project; that one is offered the rest when it is open again."""
        if self._running is not None:
            self._jobs.cancel(self._running[1])
        self._running, self._over = None, None
        self._waiting.clear()
        self._failed.clear()
        self._look_back()
        self.changed.emit()

    def _look_back(self) -> None:
        """See what an earlier run was to say of the open project."""
        self._broken_off = {}
        if self._document.is_open and self._document.read_only is None:
            noted = self._notes.left(self._document.folder)
            wanted = self.to_do()
            self._broken_off = {line: {} for line in (noted.lines if noted is not None else ()) if line in wanted}
            self._note()

    def _note(self) -> None:
        """Write down what is still to be said."""
        if self._document.is_open:
            running = (self._running[0],) if self._running is not None else ()
            self._notes.note(self._document.folder, tuple(dict.fromkeys((*running, *self._waiting, *self._broken_off))))

    def _enqueue(self, line: LineId, otherwise: dict[str, int]) -> None:
        if not self.busy:
            self._asked = 0
        self._asked += 1
        self._failed.pop(line, None)
        self._broken_off.pop(line, None)
        self._waiting[line] = otherwise
        if self._over is not None and self._over[0] == line:  # nobody has to try that job again
            job, self._over = self._over[1], None
            self._jobs.dismiss(job)

    def _go_on(self) -> None:
        """Begin the next line, unless one is being spoken."""
        script = self._document.project.script
        while self._running is None and self._waiting:
            first = next(iter(self._waiting))
            otherwise = self._waiting.pop(first)
            if all(line.id != first for line in script.lines):  # it was taken out of the script meanwhile
                continue
            folder, title = self._document.folder, f"Speaking line {script.index(first) + 1}"
            make = partial(self._order, first, otherwise, folder)
            job = self._jobs.start(make, title, partial(self._land, first, folder), goes_on=True)
            self._running = (first, job)
        self._note()
        self.changed.emit()

    def _order(self, id: LineId, otherwise: dict[str, int], folder: Path, job: JobId) -> Job:
        project = self._document.project
        line = _still(project, id)
        speaker = project.script.speaker(line.speaker)
        seed, seeds = _seeds(line, again=line.take is not None and self.is_current(line, line.take) and not otherwise)
        return SpeakLine(
            job=job,
            text=line.text,
            voice=speaker.voice,
            engine=speaker.engine,
            project_dir=str(folder),
            rate_hz=project.rate_hz,
            seed=seed,
            seeds=seeds | otherwise,
            settings=speaker.settings,
            dictionary=project.script.dictionary,
        )

    def _land(self, id: LineId, folder: Path, result: Result) -> None:
        assert isinstance(result, LineSpoken)
        if not self._document.is_open or self._document.folder != folder:
            raise StudioError(
                "speak.other_project",
                "The line was not added.",
                cause="Another project was opened meanwhile.",
                remedy="Open the project from before and speak it again: what is finished was kept.",
            )
        project = self._document.project
        _still(project, id)
        lineage = result.media.lineage
        assert lineage is not None
        told = lineage.settings
        settings: SpeechSettings = {key: told[key] for key in told if key not in ("text", "voice", "voice_name")}
        take = Take(
            id=speaking_place.new_take_id(),
            media=result.media.id,
            text=str(told.get("text", "")),
            voice=str(told.get("voice", "")),
            voice_name=result.voice_name,
            engine=lineage.engine,
            seed=lineage.seed or 0,
            settings=settings,
            sentences=result.sentences,
            card=result.card,
        )
        self._failed.pop(id, None)
        self._document.end_gesture()
        self._document.do(speaking_place.landed(project, id, take, result.media))
        self.landed.emit(id)

    def _follow(self) -> None:
        """Notice that the running line is over, and begin the next."""
        if self._running is not None:
            line, job = self._running
            row = self._jobs.row(job)
            if row is None or row.is_over:
                self._running = None
                if row is not None and row.state != "done":
                    self._break_off(line, row)
                self._go_on()
                return
        elif self._over is not None:
            self._take_up(*self._over)
        self.changed.emit()

    def _break_off(self, line: LineId, row: JobRow) -> None:
        """Say no more: what stopped one line would most likely stop the next ones too."""
        if row.state == "failed" and row.why is not None:
            self._failed[line] = row.why
            self._broken_off = {line: {}} | self._waiting
        self._over = (line, row.id)
        self._waiting.clear()

    def _take_up(self, line: LineId, job: JobId) -> None:
        """Notice that the line that broke off is tried again, and go on with the others behind it."""
        row = self._jobs.row(job)
        if row is None or row.is_over:
            return
        self._running, self._over = (line, job), None
        self._failed.pop(line, None)
        self._broken_off.pop(line, None)
        self._asked = 1
        for other, otherwise in tuple(self._broken_off.items()):
            self._enqueue(other, otherwise)
        self._note()


@lru_cache(maxsize=4096)
def _sentences(text: str, dictionary: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """What is to be said of a text."""
    return tuple(piece for piece in pieces(text, dict(dictionary)) if not isinstance(piece, Pause))


def _seeds(line: Line, *, again: bool) -> tuple[int, dict[str, int]]:
    """The seed of a new take, and those of sentences that shall sound as they did in the take that counts."""
    take = line.take
    if take is None:
        return 0, {}
    if again:
        return max(one.seed for one in line.takes) + _NEXT_SEED, {}
    return take.seed, {one.text: one.seed for one in take.sentences}


def _still(project: Project, id: LineId) -> Line:
    try:
        return project.script.line(id)
    except KeyError as gone:
        raise StudioError(
            "speak.gone",
            "The line was not spoken.",
            cause="It was taken out of the script meanwhile.",
            remedy="Undo, and speak it again.",
        ) from gone


def _check_voice(speaker: Speaker, engine: EngineCard | None) -> None:
    if not speaker.voice:
        raise StudioError(
            "speak.no_voice",
            "The line was not spoken.",
            cause=f"{speaker.name} has no voice yet.",
            remedy="Choose one of the voices, or make a new one.",
        )
    if engine is None:  # the engines are still starting: the worker knows
        return
    known = {one.id for one in engine.voices} | {one.id for one in voices.all_voices()}
    if speaker.voice not in known:
        ready = "install it on the models page, " if "presets" in engine.can else ""
        raise StudioError(
            "speak.voice_gone",
            "The line was not spoken.",
            cause=f"The voice of {speaker.name} is not on this computer.",
            remedy=f"Choose another one, {ready}or import it.",
        )
