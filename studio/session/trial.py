"""One clip through several engines, heard without their names and equally loud, until the ear has chosen."""

import random
import string
from collections.abc import Callable, Sequence
from typing import Final, Literal

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from studio.errors import Explanation, StudioError
from studio.media.wav import MappedWav
from studio.model.project import Media
from studio.protocol.common import JobId
from studio.protocol.jobs import Separated
from studio.session import stems
from studio.session.document import Document
from studio.session.jobs import Jobs
from studio.session.recipes import Recipe
from studio.session.separating import Separating
from studio.session.stems import Piece

State = Literal["idle", "working", "listening", "revealed"]
_MOST_DB: Final = 24.0
_SILENT_RMS: Final = 1e-5
Shuffle = Callable[[list["Entry"]], None]


class Entry(Struct, frozen=True):
    """What one engine made of the piece."""

    engine: str
    stems: tuple[Media, ...]


class Trial(QObject):
    """Idle → working → listening, with letters for names → revealed, once a letter was chosen. UI thread only.

    Engines that fail are left out; with fewer than two that are done there is nothing to compare, and `failed` says so.
    """

    changed = Signal()
    failed = Signal(object)  # Explanation

    def __init__(
        self,
        document: Document,
        jobs: Jobs,
        separating: Separating,
        parent: QObject | None = None,
        *,
        shuffle: Shuffle | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._jobs, self._separating = document, jobs, separating
        self._shuffle: Shuffle = shuffle or random.SystemRandom().shuffle
        self._waiting: dict[JobId, str] = {}
        self._entries: list[Entry] = []
        self._gains: dict[str, tuple[float, ...]] = {}
        self._state: State = "idle"
        self._chosen = ""
        self.piece: Piece | None = None
        jobs.changed.connect(self._follow)

    @property
    def state(self) -> State:
        """How far the comparison is."""
        return self._state

    @property
    def letters(self) -> tuple[str, ...]:
        """What the results are called while nobody is to know whose they are."""
        return tuple(string.ascii_uppercase[: len(self._entries)]) if self._state in ("listening", "revealed") else ()

    @property
    def stems(self) -> tuple[str, ...]:
        """The stems that every engine made."""
        made = [stems.names_of(entry.stems) for entry in self._entries]
        return tuple(stem for stem in made[0] if all(stem in other for other in made)) if made else ()

    @property
    def chosen(self) -> str:
        """The letter that was preferred; "" before that."""
        return self._chosen

    @property
    def progress(self) -> tuple[int, int, JobId | None]:
        """How many engines are done, of how many, and the job that runs now."""
        now = next((job for job in self._waiting if (row := self._jobs.row(job)) and row.state == "running"), None)
        return len(self._entries), len(self._entries) + len(self._waiting), now

    def begin(self, piece: Piece, engines: Sequence[str], count: int) -> None:
        """Have every engine take the piece apart."""
        self.reset()
        self.piece = piece
        self._state = "working"
        for engine in engines:
            job = self._separating.preview(
                piece,
                Recipe(engine=engine, stems=count),
                lambda result, which=engine: self._done(which, result),  # type: ignore[misc]
                f"Comparing on {piece.name}",
            )
            self._waiting[job] = engine
        self.changed.emit()

    def media(self, letter: str, stem: str) -> tuple[Media, float]:
        """The sound behind a letter, and what is added to it so that all are equally loud, 0 dB or less."""
        index = self.letters.index(letter)
        media = self._of(self._entries[index], stem)
        if stem not in self._gains:
            self._gains[stem] = matched([self._rms(self._of(entry, stem)) for entry in self._entries])
        return media, self._gains[stem][index]

    def choose(self, letter: str) -> None:
        """Prefer one, and learn who is who."""
        if letter in self.letters:
            self._chosen = letter
            self._state = "revealed"
            self.changed.emit()

    def engine_of(self, letter: str) -> str:
        """Whose result a letter stands for; "" while that is a secret."""
        return self._entries[self.letters.index(letter)].engine if self._state == "revealed" else ""

    def reset(self) -> None:
        """Call everything off, and remove what was made only for the ear."""
        waiting, self._waiting = self._waiting, {}
        for job in waiting:
            self._jobs.cancel(job)
        entries, self._entries = self._entries, []
        for entry in entries:
            self._separating.forget(entry.stems)
        self._gains, self._chosen, self._state = {}, "", "idle"
        self.changed.emit()

    def _done(self, engine: str, result: Separated) -> None:
        if result.job not in self._waiting:
            self._separating.forget(result.stems)
            return
        del self._waiting[result.job]
        self._entries.append(Entry(engine, result.stems))
        self._go_on()

    def _follow(self) -> None:
        if self._state != "working":
            return
        for job in tuple(self._waiting):
            row = self._jobs.row(job)
            if row is None or row.state in ("failed", "stopped"):
                del self._waiting[job]
                self._go_on()
        self.changed.emit()

    def _go_on(self) -> None:
        if self._waiting:
            self.changed.emit()
            return
        if len(self._entries) < 2:
            self.reset()
            self.failed.emit(_nothing_to_compare())
            return
        self._shuffle(self._entries)
        self._state = "listening"
        self.changed.emit()

    def _of(self, entry: Entry, stem: str) -> Media:
        return entry.stems[stems.names_of(entry.stems).index(stem)]

    def _rms(self, media: Media) -> float:
        try:
            wav = MappedWav.open(self._document.folder / media.file)
        except StudioError:
            return 0.0
        flat = wav.frames.reshape(-1)
        return float(np.sqrt(np.vdot(flat, flat) / flat.size)) if flat.size else 0.0


def matched(rms: Sequence[float]) -> tuple[float, ...]:
    """What to add to each sound, in dB, so that all are as loud as the quietest that is not silent."""
    heard = [one for one in rms if one > _SILENT_RMS]
    quietest = min(heard, default=0.0)
    return tuple(max(20 * float(np.log10(quietest / one)), -_MOST_DB) if one > _SILENT_RMS else 0.0 for one in rms)


def _nothing_to_compare() -> Explanation:
    return Explanation(
        code="trial.too_few",
        title="There is nothing to compare.",
        cause="Fewer than two engines came to a result.",
        remedy="Look in the list of jobs why, or choose other engines.",
    )
