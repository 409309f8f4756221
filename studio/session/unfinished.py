"""Work on clips that was begun and is not done: noted for each project, so that another run of the studio can go on."""

import datetime as dt
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from studio import paths
from studio.protocol.common import JobId
from studio.protocol.jobs import CleanStep
from studio.session.background_file import BackgroundFile
from studio.session.recipes import Recipe
from studio.session.stems import Piece
from studio.session.wish import Wish

_WORTH_NOTING: Final = 0.05


class Unfinished(Struct, frozen=True, kw_only=True):
    """A piece, and what is done with it: taken apart, cleaned, or sung again.

    `fraction` is how far it was when last noted. `called_off` says that the person stopped it: it is listed again, and
    not offered.
    """

    id: str
    began_at: str
    piece: Piece
    recipe: Recipe | None = None
    cleaning: CleanStep | None = None
    wish: Wish | None = None
    fraction: float = 0.0
    called_off: bool = False


def begun(
    piece: Piece, recipe: Recipe | None = None, cleaning: CleanStep | None = None, wish: Wish | None = None
) -> Unfinished:
    """Work that begins now."""
    now = dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds")
    return Unfinished(id=uuid.uuid4().hex, began_at=now, piece=piece, recipe=recipe, cleaning=cleaning, wish=wish)


class UnfinishedWork:
    """One small file a project, in the cache: without it nothing is lost but the offer to go on. UI thread only."""

    def __init__(self) -> None:
        self._books: dict[Path, _Book] = {}
        self._jobs: dict[JobId, tuple[Path, str]] = {}

    def left(self, folder: Path) -> tuple[Unfinished, ...]:
        """What was begun in a project and belongs to no job of this run."""
        known = {name for where, name in self._jobs.values() if where == folder}
        return tuple(work for name, work in self._book(folder).works.items() if name not in known)

    @property
    def jobs(self) -> Mapping[JobId, Path]:
        """The jobs that are noted, and the folder of the project that each one is for."""
        return {job: folder for job, (folder, _) in self._jobs.items()}

    def note(self, folder: Path, job: JobId, work: Unfinished) -> None:
        """A job does this work now."""
        self._jobs[job] = (folder, work.id)
        book = self._book(folder)
        if book.works.get(work.id) != work:
            book.works[work.id] = work
            book.write()

    def reached(self, job: JobId, fraction: float, *, called_off: bool) -> None:
        """A job has come so far, and is going on or not."""
        folder, name = self._jobs[job]
        book = self._book(folder)
        work = book.works[name]
        if fraction > work.fraction + _WORTH_NOTING or called_off != work.called_off:
            book.works[name] = replace(work, fraction=max(fraction, work.fraction), called_off=called_off)
            book.write()

    def end(self, job: JobId) -> None:
        """The work is done, or not wanted any more."""
        folder, name = self._jobs.pop(job)
        book = self._book(folder)
        del book.works[name]
        book.write()

    def let_go(self, job: JobId) -> None:
        """The job is no more, but its work is still to be done."""
        del self._jobs[job]

    def flush(self) -> None:
        """Wait until everything is on the disk."""
        for book in self._books.values():
            book.file.flush()

    def close(self) -> None:
        """Write what is left and end the writers."""
        for book in self._books.values():
            book.file.close()

    def _book(self, folder: Path) -> "_Book":
        if folder not in self._books:
            self._books[folder] = _Book(paths.unfinished(folder))
        return self._books[folder]


class _Book:
    def __init__(self, path: Path) -> None:
        self.file = BackgroundFile(path)
        self.works = {work.id: work for work in self._read()}

    def write(self) -> None:
        self.file.write(msgspec.json.encode(tuple(self.works.values())))

    def _read(self) -> tuple[Unfinished, ...]:
        content = self.file.read()
        if content is None:
            return ()
        try:
            return msgspec.json.decode(content, type=tuple[Unfinished, ...])
        except (msgspec.DecodeError, UnicodeDecodeError):  # of another version, or damaged: only an offer is lost
            return ()
