"""A project on disk: `project.json` (the newest generation), two older ones, and a journal behind each.

What a person has is a generation plus every journal entry after it. Entries are numbered through all journals, so
the newest generation can be damaged and nothing is lost: an older one and more entries lead to the same place.
Nothing here knows Qt; one thread at a time may use a store.
"""

import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from studio import __version__
from studio.errors import Explanation, StudioError
from studio.media import generation as generations
from studio.media import journal as journals
from studio.media.disk import Disk, not_saved
from studio.media.found import Found, digest, find
from studio.media.generation import NEWEST, Generation
from studio.media.journal import Begins, Entry
from studio.model.history import History
from studio.model.project import Project

KEPT_GENERATIONS = 3
MEDIA = "media"
TAKES = "takes"
YOURS = "project.yours.json"
"""Where a generation goes while another program's lies in the place of `project.json`."""

_log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """A project as it was found. `notices` say what was unusual; `read_only` says why nothing can be saved there."""

    store: "ProjectStore"
    history: History
    notices: tuple[Explanation, ...]
    read_only: Explanation | None


class ProjectStore:
    """Writes one project folder. Every method that writes raises `StudioError` and may simply be called again."""

    def __init__(self, folder: Path, found: Found | None, disk: Disk) -> None:
        self.folder = folder
        self._disk = disk
        self._highest = found.highest if found else 0
        self._newest = found.generation if found else 0
        self._mark = found.mark if found else journals.fresh_mark()
        self._writable = found is None or found.read_only is None
        self._known = found.newest_digest if found else None
        self._set_aside = found is not None and found.newest_damaged
        self._journal_path = found.journal.path if found and found.journal else None
        self._journal_length = found.journal.length if found and found.journal else 0
        self._journal: int | None = None
        self._tail_unsure = True
        self._put_beside: History | None = None
        self.needs_generation = found is None or found.journal is None or found.unusual

    @classmethod
    def create(
        cls, folder: Path, project: Project, *, history: History | None = None, disk: Disk | None = None
    ) -> "ProjectStore":
        """Make a project in a folder that has none, with two generations, so that one damaged file is never all."""
        disk = disk or Disk()
        if is_project(folder):
            raise StudioError(
                "create.exists",
                "The project was not created.",
                cause=f"There is a project in “{folder.name}” already.",
                remedy="Choose another folder, or open the project that is there.",
            )
        try:
            for inside in (folder, folder / MEDIA, folder / TAKES):
                disk.make_folder(inside)
            disk.sync_folder(folder.parent)
        except OSError as error:
            raise not_saved(error) from error
        store = cls(folder, None, disk)
        begin = history or History(base=project)
        try:
            store.save_generation(begin)
            store.save_generation(begin)
        except StudioError:
            store.close()
            raise
        return store

    @classmethod
    def open(cls, folder: Path, *, disk: Disk | None = None) -> Opened:
        """Return the project of a folder, from its newest readable generation and every edit after it.

        Writes nothing. StudioError where there is no project, or none that can be read.
        """
        found = find(folder)
        return Opened(cls(folder, found, disk or Disk()), found.history, found.notices, found.read_only)

    def append(self, entries: Sequence[Entry]) -> None:
        """Write entries behind the journal; when this returns they would survive a power cut."""
        self._check_writable()
        lines, mark = journals.lines(self._mark, entries)
        try:
            file = self._open_journal()
            if self._tail_unsure:
                self._disk.truncate(file, self._journal_length)
            self._tail_unsure = True
            self._disk.write(file, lines, self._journal_length)
            self._disk.fsync(file)
        except OSError as error:
            raise not_saved(error) from error
        self._tail_unsure = False
        self._journal_length += len(lines)
        self._mark = mark

    def save_generation(self, history: History, *, unwritten: bool = False) -> None:
        """Write everything anew as the newest generation, and keep the two before it.

        `unwritten` says that this history has entries which could not be put in the journal. They are safe in this
        generation, but no older one leads to them.
        """
        self._check_writable()
        number = self._highest + 1
        mark = journals.fresh_mark() if unwritten else self._mark
        data = generations.encode(
            Generation(
                made_with=__version__,
                generation=number,
                mark=mark,
                saved=datetime.now(UTC).isoformat(timespec="seconds"),
                project=history.project,
                base=history.base,
                steps=generations.encode_steps(history),
                position=history.position,
            )
        )
        begins = journals.first_line(
            Begins(format=generations.FORMAT, made_with=__version__, generation=number, mark=mark)
        )
        self._check_nobody_else_wrote(history, data)
        # Whatever of this fails, the next attempt takes a number of its own.
        self._highest = number
        path = journals.path_of(self.folder, number)
        try:
            self._keep_newest()
            journal = self._disk.write_new(path, begins)
            try:
                self._disk.write_whole(self.folder / NEWEST, data)
            except OSError:
                os.close(journal)
                with suppress(OSError):
                    path.unlink()
                raise
            # From here on the new generation is what a reader finds, whether or not its name is safe yet.
            self.close()
            self._journal, self._journal_path, self._journal_length = journal, path, len(begins)
            self._newest, self._known, self._mark = number, digest(data), mark
            self._set_aside = self._tail_unsure = False
            self.needs_generation = True
            self._disk.sync_folder(self.folder)
        except OSError as error:
            raise not_saved(error) from error
        self.needs_generation = False
        self._forget_oldest()

    def moved_to(self, folder: Path) -> None:
        """The folder has another place or name now."""
        if self._journal_path is not None:
            self._journal_path = folder / self._journal_path.name
        self.folder = folder

    def close(self) -> None:
        """Let go of the journal."""
        if self._journal is not None:
            os.close(self._journal)
        self._journal = None

    def _open_journal(self) -> int:
        if self._journal is None:
            if self._journal_path is None:
                raise FileNotFoundError(2, "no journal", str(self.folder))
            self._journal = self._disk.open(self._journal_path, empty=False)
        return self._journal

    def _check_writable(self) -> None:
        if not self._writable:
            raise StudioError(
                "save.read_only",
                "Not saved.",
                cause="This project is open for reading only.",
                remedy="Save it to another folder.",
            )

    def _check_nobody_else_wrote(self, history: History, data: bytes) -> None:
        """Never replace a `project.json` that is not the one we know: another program put it there.

        Ours goes beside it, as a file that becomes the project again when it is renamed.
        """
        if self._known is None:
            return
        try:
            now = digest((self.folder / NEWEST).read_bytes())
        except FileNotFoundError:
            return
        except OSError as error:
            raise not_saved(error) from error
        if now == self._known:
            return
        if history is not self._put_beside:
            try:
                self._disk.write_whole(self.folder / YOURS, data)
                self._disk.sync_folder(self.folder)
            except OSError as error:
                raise not_saved(error) from error
            self._put_beside = history
        raise StudioError(
            "save.changed_outside",
            "Not saved: another program changed this project.",
            cause=f"The project on the disk is no longer the one you opened. Yours is beside it, as {YOURS}.",
            remedy="Save yours to another folder, or open the project again to see the other version.",
        )

    def _keep_newest(self) -> None:
        """Give the newest generation a second name before it is replaced; a damaged one is put aside for good."""
        newest = self.folder / NEWEST
        if not newest.exists():
            return
        if self._set_aside:
            kept = self.folder / f"project.damaged-{digest(newest.read_bytes()).hex()[:8]}.json"
        else:
            kept = generations.older_path(self.folder, self._newest)
        if kept.exists():
            return
        try:
            self._disk.link(newest, kept)
        except OSError:  # file systems of memory sticks have no second names
            self._disk.copy(newest, kept)

    def _forget_oldest(self) -> None:
        kept = generations.older(self.folder)[: KEPT_GENERATIONS - 1]
        oldest = min((number for number, _ in kept), default=self._newest)
        gone = [path for number, path in generations.older(self.folder) if number < oldest]
        for path in self.folder.iterdir():
            number = journals.generation_of(path)
            if number is not None and number < oldest - 1:
                gone.append(path)
        for path in gone:
            try:
                self._disk.remove(path)
            except OSError:
                _log.info("an old generation stays: %s", path.name, exc_info=True)


def is_project(folder: Path) -> bool:
    """Whether a folder holds a project."""
    with suppress(OSError):
        return (folder / NEWEST).is_file() or (folder.is_dir() and bool(generations.older(folder)))
    return False
