"""Clips come apart and get clean: asks the compute worker, and puts what it answers into the project."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal

from studio.errors import StudioError
from studio.media import measured
from studio.model.edits import AddMedia, Edit, Several
from studio.model.project import ClipId, Media, MediaId
from studio.protocol.common import EngineCard, JobId
from studio.protocol.jobs import CleanStep, Denoise, Denoised, GrowingStem, Separate, Separated, StemsGrowing
from studio.protocol.messages import Event, Job, Result
from studio.session import stems
from studio.session.batch import Batch
from studio.session.document import Document
from studio.session.engine_list import EngineList
from studio.session.jobs import Jobs
from studio.session.recipes import Recipe, Recipes, recipes_path
from studio.session.recovery import LeftBehind
from studio.session.stems import Piece
from studio.session.unfinished import Unfinished, UnfinishedWork, begun
from studio.session.wish import Wish

NOISE: Final = "denoise"
ROOM: Final = "dereverb"
_DONE: Final = {NOISE: "Remove noise", ROOM: "Remove reverb"}
_DOING: Final = {NOISE: "Removing noise from", ROOM: "Removing reverb from"}


Order = tuple[str, Callable[[JobId], Job], Callable[[Result], None]]
"""What a job is called, how it is made when its turn comes, and what becomes of its result."""


class Sings(Protocol):
    """Knows how a piece is sung again in another voice."""

    def order(self, piece: Piece, wish: Wish, folder: Path) -> Order:
        """Return the job for a piece of the project in that folder."""
        ...


class Growing(Struct, frozen=True):
    """Stems while they are made: so many frames of each can be played already."""

    piece: Piece
    stems: tuple[GrowingStem, ...]
    frames: int


class Separating(QObject):
    """Starts separations and cleanings, and turns their results into edits of the project they began in.

    What is sung again begins here, too; `Sings` knows how.

    A job that was called off, or whose worker died, goes on where it stopped when it is tried again. UI thread only.
    """

    landed = Signal(object)  # tuple[TrackId, ...]: the new tracks
    grew = Signal()
    found = Signal(object)  # tuple[LeftBehind, ...]: what an earlier run began in the project that was opened

    def __init__(self, document: Document, jobs: Jobs, engines: EngineList, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._jobs = jobs
        self._engines = engines
        self.batch = Batch(jobs, self)
        self.recipes = Recipes(recipes_path(), self)
        self._pieces: dict[JobId, Piece] = {}
        self._growing: dict[JobId, Growing] = {}
        self._unfinished = UnfinishedWork()
        self._offered: dict[JobId, Unfinished] = {}
        self._sings: Callable[[], Sings] | None = None
        jobs.partly.connect(self._hear)
        jobs.changed.connect(self._forget_ended)
        document.folder_changed.connect(self._look_back)

    @property
    def growing(self) -> tuple[Growing, ...]:
        """The stems that are being made now."""
        return tuple(self._growing.values())

    def separate(
        self, clips: Iterable[ClipId], recipe: Recipe, span: tuple[int, int] | None = None
    ) -> tuple[JobId, ...]:
        """Take clips apart, or what lies of them between two timeline samples; the stems land below their source."""
        return tuple(
            self.separate_piece(piece, recipe) for piece in stems.pieces(self._document.project, tuple(clips), span)
        )

    def separate_piece(self, piece: Piece, recipe: Recipe) -> JobId:
        """Take one piece apart."""
        return self._begin(begun(piece, recipe=recipe))

    def preview(self, piece: Piece, recipe: Recipe, then: Callable[[Separated], None], title: str = "") -> JobId:
        """Take a short piece apart without touching the project; `forget` removes what came of it."""
        folder = self._document.folder

        def deliver(result: Result) -> None:
            assert isinstance(result, Separated)
            self._check_still_in(folder)
            then(result)

        make = partial(self._separate, piece, recipe, folder)
        return self._jobs.start(make, title or f"Trying {piece.name}", deliver, goes_on=True)

    def clean(
        self, clips: Iterable[ClipId], cleaning: CleanStep, span: tuple[int, int] | None = None
    ) -> tuple[JobId, ...]:
        """Take the noise, or the room, out of clips; the result takes the place of its source, as one undo step."""
        return tuple(
            self.clean_piece(piece, cleaning) for piece in stems.pieces(self._document.project, tuple(clips), span)
        )

    def clean_piece(self, piece: Piece, cleaning: CleanStep) -> JobId:
        """Clean one piece."""
        return self._begin(begun(piece, cleaning=cleaning))

    def preview_cleaned(
        self, piece: Piece, cleaning: CleanStep, then: Callable[[Denoised], None], title: str = ""
    ) -> JobId:
        """Clean a short piece without touching the project; `forget` removes what came of it."""
        folder = self._document.folder

        def deliver(result: Result) -> None:
            assert isinstance(result, Denoised)
            self._check_still_in(folder)
            then(result)

        make = partial(self._denoise, piece, cleaning, folder)
        return self._jobs.start(make, title or f"Trying {piece.name}", deliver)

    def make_again(self, group: stems.Group, recipe: Recipe) -> JobId:
        """Take the source of stems apart once more, where it lies on the timeline or, failing that, where they do."""
        return self.separate_piece(stems.source_piece(self._document.project, group), recipe)

    def cost(self, card: EngineCard, count: int, seconds: float) -> str:
        """What it takes to make so many stems (1 for cleaning) of so much sound here, in words."""
        found = measured.estimate(measured.speeds(), card.id, count, self._engines.device, seconds)
        if found is None:
            return "Not measured here yet"
        whole = max(1, round(found.wall_s))
        return f"about {whole // 60}:{whole % 60:02}, {found.memory_bytes / 1e9:.1f} GB"

    def forget(self, media: Sequence[Media]) -> None:
        """Remove sound that was only tried, unless the project or its undo has the same sound."""
        if not self._document.is_open:
            return
        history = self._document.history
        kept = {one.id for one in history.base.media} | {one.id for one in self._document.project.media}
        for step in history.steps:
            kept |= _brought(step.edit)
        for one in media:
            if one.id not in kept:
                with suppress(OSError):
                    (self._document.folder / one.file).unlink()

    def flush(self) -> None:
        """Wait until it is on the disk what is to be gone on with. For tests."""
        self._unfinished.flush()
        self.batch.flush()

    def close(self) -> None:
        """Write what is left, and remove what was only needed on the way."""
        self.batch.close()
        self.recipes.close()
        self._unfinished.close()

    def sing(self, piece: Piece, wish: Wish) -> JobId:
        """Sing one piece again, in the way of whom `sung_by` named."""
        return self._begin(begun(piece, wish=wish))

    def sung_by(self, sings: Callable[[], Sings]) -> None:
        """Say whom to ask how something is sung again; asked when there is such work."""
        self._sings = sings

    def _begin(self, work: Unfinished) -> JobId:
        folder = self._document.folder
        title, make, then = self._order(work, folder)
        job = self._jobs.start(make, title, then, goes_on=True)
        self._note(folder, job, work)
        return job

    def _note(self, folder: Path, job: JobId, work: Unfinished) -> None:
        self._unfinished.note(folder, job, work)
        if work.recipe is not None:
            self._pieces[job] = work.piece

    def _order(self, work: Unfinished, folder: Path) -> Order:
        if work.wish is not None:
            assert self._sings is not None
            return self._sings().order(work.piece, work.wish, folder)
        piece, recipe, cleaning = work.piece, work.recipe, work.cleaning
        if recipe is not None:
            return (
                f"{'Separating' if recipe.stems > 1 else 'Cleaning'} {piece.name}",
                partial(self._separate, piece, recipe, folder),
                partial(self._land, piece, recipe, folder),
            )
        assert cleaning is not None
        doing = _DOING.get(self._task(cleaning), "Cleaning")
        return (
            f"{doing} {piece.name}",
            partial(self._denoise, piece, cleaning, folder),
            partial(self._replace, piece, cleaning, folder),
        )

    def _task(self, cleaning: CleanStep) -> str:
        card = self._engines.card(cleaning.engine)
        return card.task if card is not None else NOISE

    def _separate(self, piece: Piece, recipe: Recipe, folder: Path, job: JobId) -> Job:
        self._check_still_in(folder)
        return Separate(
            job=job,
            media=self._document.project.medium(piece.clip.media),
            project_dir=str(folder),
            start=piece.clip.source_start,
            length=piece.clip.length,
            engine=recipe.engine,
            stems=recipe.stems,
            settings=recipe.settings,
            chain=recipe.chain,
            keep=recipe.keep,
        )

    def _denoise(self, piece: Piece, cleaning: CleanStep, folder: Path, job: JobId) -> Job:
        self._check_still_in(folder)
        return Denoise(
            job=job,
            media=self._document.project.medium(piece.clip.media),
            project_dir=str(folder),
            start=piece.clip.source_start,
            length=piece.clip.length,
            engine=cleaning.engine,
            strength=cleaning.strength,
            settings=cleaning.settings,
        )

    def _land(self, piece: Piece, recipe: Recipe, folder: Path, result: Result) -> None:
        assert isinstance(result, Separated)
        self._check_still_in(folder)
        if recipe.stems == 1:
            self._put_in_place(piece, result.stems[0], f"Clean {piece.name}")
            return
        name = self._engines.name_of(recipe.engine)
        edit, tracks = stems.landed(self._document.project, piece, result.stems, name)
        self._document.end_gesture()
        self._document.do(edit)
        self.landed.emit(tracks)

    def _replace(self, piece: Piece, cleaning: CleanStep, folder: Path, result: Result) -> None:
        assert isinstance(result, Denoised)
        self._check_still_in(folder)
        label = f"{_DONE.get(self._task(cleaning), 'Clean')} ({self._engines.name_of(cleaning.engine)})"
        self._put_in_place(piece, result.media, label)

    def _put_in_place(self, piece: Piece, media: Media, label: str) -> None:
        edit, clip = stems.cleaned(self._document.project, piece, media, label)
        self._document.end_gesture()
        self._document.do(edit)
        if clip is not None:
            self.landed.emit((piece.track,))

    def _look_back(self) -> None:
        """Offer what an earlier run began in the project that was opened now, and no more what is for another one."""
        if not self._document.is_open:
            return
        folder, project = self._document.folder, self._document.project
        for job, where in tuple(self._unfinished.jobs.items()):
            row = self._jobs.row(job)
            if where != folder and row is not None and row.is_over:
                self._unfinished.let_go(job)
                self._jobs.dismiss(job)
        if self._document.read_only is not None:
            return
        there = {media.id for media in project.media}
        for work in self._unfinished.left(folder):
            if work.piece.clip.media in there:
                title, make, then = self._order(work, folder)
                job = self._jobs.offer(make, title, then, fraction=work.fraction)
                self._note(folder, job, work)
                self._offered[job] = work
        if self.left_behind:
            QTimer.singleShot(0, self, lambda: self.found.emit(self.left_behind))

    @property
    def left_behind(self) -> tuple[LeftBehind, ...]:
        """What was offered for the open project and not taken up."""
        if not self._document.is_open:
            return ()
        rate_hz, folder = self._document.project.rate_hz, self._document.folder
        waiting = {
            job: row
            for job, work in self._offered.items()
            if (row := self._jobs.row(job)) is not None and row.state == "stopped" and not work.called_off
        }
        return tuple(
            LeftBehind(
                kind="work",
                folder=str(folder),
                name=row.title,
                length_s=self._offered[job].piece.clip.length / rate_hz,
                found_at=self._offered[job].began_at,
                job=job,
            )
            for job, row in waiting.items()
            if self._unfinished.jobs.get(job) == folder
        )

    def _hear(self, event: Event) -> None:
        if isinstance(event, StemsGrowing) and event.job in self._pieces:
            self._growing[event.job] = Growing(self._pieces[event.job], event.stems, event.frames)
            self.grew.emit()

    def _forget_ended(self) -> None:
        ended = []
        for job in self._growing:
            row = self._jobs.row(job)
            if row is None or row.state != "running":
                ended.append(job)
        for job in ended:
            del self._growing[job]
        if ended:
            self.grew.emit()
        for job in self._unfinished.jobs:
            row = self._jobs.row(job)
            if row is not None and row.state != "stopped":
                self._offered.pop(job, None)
            if row is not None and row.state != "done":
                if job not in self._offered:
                    self._unfinished.reached(job, row.fraction, called_off=row.state == "stopped")
            else:
                self._unfinished.end(job)
                self._pieces.pop(job, None)
                self._offered.pop(job, None)

    def _check_still_in(self, folder: Path) -> None:
        if not self._document.is_open or self._document.folder != folder:
            raise StudioError(
                "separate.other_project",
                "The result was not added.",
                cause="Another project was opened meanwhile.",
                remedy="Open the project from before and try again: what is finished was kept.",
            )


def _brought(edit: Edit) -> set[MediaId]:
    if isinstance(edit, Several):
        return {media for one in edit.edits for media in _brought(one)}
    return {edit.media.id} if isinstance(edit, AddMedia) else set()
