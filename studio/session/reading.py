"""Sentences that a person reads aloud for a new voice: shown one after the other, each recorded as its own take."""

from collections.abc import Iterable
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from studio import paths
from studio.errors import Explanation
from studio.media import readings
from studio.media.readings import Reading
from studio.protocol.live import TakeFinished
from studio.session.background import Background
from studio.session.taking import Taking
from studio.session.transport import Transport

_SHORTEST_S: Final = 0.5
_LANGUAGES: Final = {"en-us": "en", "en-gb": "en"}


class ReadingAloud(QObject):
    """Silent → recording → ending, until the worker has closed the file → silent, or recording the next sentence.

    What was read lies in the person's data folder until a voice has learnt it, whoever dies meanwhile.
    """

    changed = Signal()
    read = Signal(object)  # Reading: a sentence is there
    unread = Signal(object)  # Reading: it is going to be read again
    broken = Signal(object)  # Explanation: the worker died in the middle of a sentence; what it had written was `read`
    found = Signal()  # `earlier` has something

    def __init__(self, transport: Transport, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._transport, self._background = transport, background
        self.sentences: tuple[str, ...] = ()
        self.index = 0
        self.earlier: tuple[Reading, ...] = ()
        """What was read in an earlier run, or when the dialog was open before."""
        self._take: Taking | None = None
        self._text = ""
        self._known: set[str] = set()
        self._ending = False
        self._then: Literal["stay", "next", "again"] = "stay"
        self._here: list[tuple[int, Reading]] = []
        transport.aside_finished.connect(self._finished)
        transport.aside_broken.connect(self._broken)
        transport.state_changed.connect(self._look)

    @property
    def sentence(self) -> str:
        """What is to be read now."""
        return self.sentences[self.index % len(self.sentences)] if self.sentences else ""

    @property
    def recording(self) -> bool:
        """Whether somebody is being recorded, and not about to be done."""
        return self._take is not None and not self._ending

    @property
    def ending(self) -> bool:
        """Whether the file of a sentence is being closed."""
        return self._ending

    @property
    def busy_elsewhere(self) -> bool:
        """Whether a take of the project is being recorded, so that nobody can read."""
        return self._transport.recording and self._take is None

    @property
    def length_s(self) -> float:
        """How much was read since the dialog was opened."""
        return sum(reading.length_s for _index, reading in self._here)

    @property
    def has_read(self) -> bool:
        """Whether there is a sentence that can be read again."""
        return bool(self._here)

    def choose(self, language: str) -> None:
        """Have the sentences of a language, where there are some; begins with the first that was not read."""
        path = paths.resources() / "prompts" / f"{_LANGUAGES.get(language, language)}.txt"
        found = tuple(path.read_text("utf-8").splitlines()) if path.is_file() else ()
        if found != self.sentences:
            self.sentences, self.index = found, 0
        self.changed.emit()

    def look(self) -> None:
        """Look for what was read before and did not become a voice; `found` tells of it."""
        self._background.do(lambda _report: readings.left(), self._left)

    def record(self) -> None:
        """Begin with the sentence that is shown."""
        if self._take is None and not self._transport.recording:
            self._then, self._text = "stay", self.sentence
            self._take = self._transport.record_aside(readings.folder())
            self._known.add(self._take.name)
            readings.note(self._take.name, self._text)
            self.changed.emit()

    def stop(self) -> None:
        """End the sentence, and show the next one."""
        self._end("stay")

    def go_on(self) -> None:
        """End the sentence and begin the next one at once; while nobody is recorded, show the next one."""
        if self._take is None:
            self.index += 1
            self.changed.emit()
        else:
            self._end("next")

    def again(self) -> None:
        """Read this sentence once more from its beginning; while nobody is recorded, the one that was read last."""
        if self._take is not None:
            self._end("again")
        elif self._here:
            self.index, reading = self._here.pop()
            self._put_aside(reading.take)
            self.unread.emit(reading)
            self.record()

    def take_up(self) -> tuple[Reading, ...]:
        """Have what was read earlier."""
        found, self.earlier = self.earlier, ()
        self._known |= {reading.take for reading in found}
        self.changed.emit()
        return found

    def forget(self, path: str) -> None:
        """Do not want one of them; its sound stays until a voice was learnt."""
        self._here = [(index, reading) for index, reading in self._here if reading.path != path]
        take = readings.take_of(path)
        if take:
            self._put_aside(take)
        self.changed.emit()

    def learnt(self, paths: Iterable[str]) -> None:
        """A voice has its own copy of these."""
        takes = {readings.take_of(path) for path in paths} - {""}
        self._here = [(index, reading) for index, reading in self._here if reading.take not in takes]
        self.index = 0
        self._background.do(lambda _report: readings.remove(takes), lambda _none: None)
        self.changed.emit()

    def _end(self, then: Literal["stay", "next", "again"]) -> None:
        if self.recording:
            self._then, self._ending = then, True
            self._transport.stop_recording()
            self.changed.emit()

    def _finished(self, taking: Taking, told: TakeFinished) -> None:
        if self._take is None or taking.name != self._take.name:
            return
        self._take, self._ending = None, False
        then, self._then = self._then, "stay"
        landed = readings.landed(taking.name, self._text, told.segments)
        if then == "again" or sum(reading.length_s for reading in landed) < _SHORTEST_S:
            self._put_aside(taking.name)
        else:
            self._keep(landed)
        if then == "stay":
            self.changed.emit()
        else:
            self.record()

    def _keep(self, landed: tuple[Reading, ...]) -> None:
        for reading in landed:
            self._here.append((self.index, reading))
            self.read.emit(reading)
        if any(reading.text for reading in landed):
            self.index += 1

    def _broken(self, taking: Taking, why: Explanation) -> None:
        if self._take is None or taking.name != self._take.name:
            return
        self._take, self._ending = None, False

        def kept(found: tuple[Reading, ...]) -> None:
            mine = tuple(reading for reading in found if reading.take == taking.name)
            self._keep(mine)
            length_s = sum(reading.length_s for reading in mine)
            self.broken.emit(
                Explanation(
                    code="reading.interrupted",
                    title="The sentence was interrupted.",
                    cause=f"The audio engine ended. {length_s:.1f} s of it were kept.",
                    remedy="Read it again, and take the interrupted one off the list.",
                    detail=f"{why.sentence}\n{why.detail}".strip(),
                )
            )
            self.changed.emit()

        self._background.do(lambda _report: readings.left(), kept)
        self.changed.emit()

    def _look(self) -> None:
        """The worker may have refused to record: then there is no take."""
        if self._take is not None and self._transport.aside is None:
            self._take, self._ending = None, False
        self.changed.emit()

    def _left(self, found: tuple[Reading, ...]) -> None:
        self.earlier = tuple(reading for reading in found if reading.take not in self._known)
        if self.earlier:
            self.found.emit()
        self.changed.emit()

    def _put_aside(self, take: str) -> None:
        self._background.do(lambda _report: readings.put_aside((take,)), lambda _none: None)
