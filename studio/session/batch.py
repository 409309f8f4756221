"""Many files and folders, one after the other, without the timeline: taken apart or cleaned into a folder."""

import itertools
import shutil
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from studio import paths
from studio.model.project import Media
from studio.protocol.common import JobId
from studio.protocol.jobs import (
    CleanStep,
    Denoise,
    Denoised,
    Export,
    Exported,
    ExportSpec,
    ImportMedia,
    MediaImported,
    Separate,
    Separated,
)
from studio.protocol.messages import Job, Result
from studio.session import batch_list
from studio.session.batch_list import BatchList, KeptList, KeptRow
from studio.session.batch_rows import BatchRow, RowState, Task, Work, laid_out, suffix, takes_apart
from studio.session.importing import sound_files
from studio.session.jobs import JobRow, Jobs
from studio.session.recovery import LeftBehind

_IMPORTED, _WORKED = 0.1, 0.9
"""How far a file is when its sound has been read, and when only writing is left."""


class Batch(QObject):
    """Works its rows off in order; one that fails does not hold up the others and can be tried again.

    Each file is read into a folder of its own in the cache, which goes when the file is done: a second try goes on
    with what the first had finished, also in another run of the studio. UI thread only.
    """

    changed = Signal()
    ended = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._rows: dict[int, BatchRow] = {}
        self._numbers = itertools.count(1)
        self._task: Task | None = None
        self._now: int | None = None
        self._job: JobId | None = None
        self._span = (0.0, 1.0)
        self._steps: dict[int, Media] = {}
        self._folders: dict[int, Path] = {}
        self._list = BatchList()
        self._found_at = ""
        jobs.changed.connect(self._follow)

    @property
    def rows(self) -> tuple[BatchRow, ...]:
        """Every file in the order in which it came."""
        return tuple(self._rows.values())

    @property
    def running(self) -> bool:
        """Whether a file is being worked on."""
        return self._now is not None

    def add(self, files: Iterable[str | Path]) -> int:
        """List files, and of folders the sound files in them; return how many are new."""
        listed = {row.path for row in self._rows.values()}
        new = [path for path in dict.fromkeys(sound_files(files)) if path not in listed]
        for path in new:
            number = next(self._numbers)
            self._rows[number] = BatchRow(id=number, path=path)
        self.changed.emit()
        if self._task is not None and self.running:
            self._pump()
        return len(new)

    def remove(self, id: int) -> None:
        """Take a file off the list; one that is being worked on is called off first."""
        if id == self._now:
            self.stop_row(id)
        if id in self._rows and id != self._now:
            self._clean_up(id)
            del self._rows[id]
            self._keep()
            self.changed.emit()

    def clear(self) -> None:
        """Take everything off the list that is not being worked on."""
        for row in self.rows:
            if row.id != self._now:
                self.remove(row.id)

    def start(self, work: Work, out: Path, spec: ExportSpec) -> None:
        """Do this with every file that is waiting, and write what comes of it below `out`."""
        task = Task(work, out, spec)
        if self._task is not None and self._task.work != work:
            self._steps.clear()
        self._task = task
        self._pump()

    def retry(self, id: int) -> None:
        """Have a file tried again that failed or was stopped."""
        row = self._rows.get(id)
        if row is not None and row.state in ("failed", "stopped"):
            self._rows[id] = BatchRow(id=id, path=row.path)
            self.changed.emit()
            if self._task is not None:
                self._pump()

    def retry_failed(self) -> None:
        """Have every file tried again that failed or was stopped."""
        for row in self.rows:
            if row.state in ("failed", "stopped"):
                self._rows[row.id] = BatchRow(id=row.id, path=row.path)
        self.changed.emit()
        if self._task is not None:
            self._pump()

    def stop_row(self, id: int) -> None:
        """Call one file off."""
        row = self._rows.get(id)
        if row is None or row.is_over:
            return
        if id == self._now and self._job is not None:
            self._jobs.cancel(self._job)
        else:
            self._put(replace(row, state="stopped"))

    def stop(self) -> None:
        """Call everything off."""
        for row in self.rows[::-1]:
            self.stop_row(row.id)

    def close(self) -> None:
        """Remove what was only needed on the way; what is not done stays for another run to go on with."""
        self._keep()
        kept = {row.folder for row in self._unfinished()}
        for row in self.rows:
            if str(self._folder(row.id)) not in kept:
                self._clean_up(row.id)
        self._list.close()

    def flush(self) -> None:
        """Wait until the list is on the disk."""
        self._list.flush()

    # Another run

    @staticmethod
    def left() -> tuple[KeptList, ...]:
        """What other runs did not finish; reads files, and may be called on any thread."""
        return batch_list.left()

    def adopt(self, lists: tuple[KeptList, ...]) -> None:
        """List what other runs did not finish; of several lists the newest, as only one thing is done at a time."""
        if not lists or self._task is not None or self._rows:
            return
        kept = lists[-1]
        work = kept.recipe or kept.cleaning
        assert work is not None
        self._task = Task(work, Path(kept.out), kept.spec)
        self._found_at = kept.kept_at
        for one in kept.rows:
            number = next(self._numbers)
            self._rows[number] = BatchRow(id=number, path=Path(one.path), state="stopped", goes_on=True)
            self._folders[number] = Path(one.folder)
            if one.media is not None:
                self._steps[number] = one.media
        self._keep()
        self.changed.emit()

    @property
    def left_behind(self) -> tuple[LeftBehind, ...]:
        """The offer to go on with what another run did not finish; none once it was taken up."""
        waiting = [row for row in self._rows.values() if row.goes_on and row.state == "stopped"]
        if not waiting or self._task is None:
            return ()
        what = waiting[0].path.name if len(waiting) == 1 else f"{waiting[0].path.name} and {len(waiting) - 1} more"
        doing = "Separating" if takes_apart(self._task.work) else "Cleaning"
        name = f"{doing} {what}"
        return (LeftBehind(kind="files", folder=str(self._task.out), name=name, length_s=0.0, found_at=self._found_at),)

    def go_on(self) -> None:
        """Go on with what another run did not finish."""
        self.retry_failed()

    @property
    def out(self) -> Path | None:
        """Where the results go, once that is known."""
        return self._task.out if self._task is not None else None

    def _unfinished(self) -> tuple[KeptRow, ...]:
        if self._task is None:
            return ()
        return tuple(
            KeptRow(path=str(row.path), folder=str(self._folder(row.id)), media=self._steps.get(row.id))
            for row in self._rows.values()
            if not row.is_over or (row.goes_on and row.state == "stopped")
        )

    def _keep(self) -> None:
        if self._task is not None:
            self._list.keep(self._task.work, self._task.out, self._task.spec, self._unfinished())

    def _clean_up(self, id: int) -> None:
        shutil.rmtree(self._folder(id), ignore_errors=True)
        self._steps.pop(id, None)

    # One file

    def _pump(self) -> None:
        if self._now is not None or self._task is None:
            return
        row = next((row for row in self._rows.values() if row.state == "waiting"), None)
        if row is None:
            self._keep()
            self.ended.emit()
            return
        self._now = row.id
        self._put(replace(row, state="running"))
        self._keep()
        known = self._steps.get(row.id)
        if known is not None:
            self._work(row.id, self._task, known)
        else:
            self._read(row, self._task)

    def _read(self, row: BatchRow, task: Task) -> None:
        folder = self._folder(row.id)
        folder.mkdir(parents=True, exist_ok=True)

        def make(job: JobId) -> Job:
            return ImportMedia(job=job, path=str(row.path), project_dir=str(folder), rate_hz=0, any_rate=True)

        def then(result: Result) -> None:
            assert isinstance(result, MediaImported)
            self._steps[row.id] = result.media
            self._keep()
            if said := " ".join(filter(None, (result.warning, result.note))):
                self._put(replace(self._rows[row.id], note=said))
            self._work(row.id, task, result.media)

        self._do(make, f"Reading {row.path.name}", then, (0.0, _IMPORTED))

    def _work(self, id: int, task: Task, media: Media) -> None:
        folder, name = self._folder(id), self._rows[id].path.name
        work = task.work

        def make(job: JobId) -> Job:
            if isinstance(work, CleanStep):
                return Denoise(
                    job=job,
                    media=media,
                    project_dir=str(folder),
                    start=0,
                    length=media.length,
                    engine=work.engine,
                    strength=work.strength,
                    settings=work.settings,
                )
            return Separate(
                job=job,
                media=media,
                project_dir=str(folder),
                start=0,
                length=media.length,
                engine=work.engine,
                stems=work.stems,
                settings=work.settings,
                chain=work.chain,
                keep=work.keep,
            )

        def then(result: Result) -> None:
            assert isinstance(result, Separated | Denoised)
            if result.notes:
                before = self._rows[id].note
                self._put(replace(self._rows[id], note=" ".join(filter(None, (before, *result.notes)))))
            made = result.stems if isinstance(result, Separated) else (result.media,)
            self._write(id, task, made, apart=takes_apart(work))

        verb = "Separating" if takes_apart(work) else "Cleaning"
        self._do(make, f"{verb} {name}", then, (_IMPORTED, _WORKED))

    def _write(self, id: int, task: Task, made: tuple[Media, ...], *, apart: bool) -> None:
        folder, path = self._folder(id), self._rows[id].path
        project = laid_out(made, path.stem, apart=apart)
        target = task.out / path.stem if apart else task.out / f"{path.stem}, cleaned{suffix(task.spec)}"
        spec = replace(task.spec, split="tracks" if apart else "mix")

        def make(job: JobId) -> Job:
            return Export(job=job, project=project, project_dir=str(folder), path=str(target), spec=spec)

        def then(result: Result) -> None:
            assert isinstance(result, Exported)
            files = tuple(Path(one.path) for one in result.files)
            self._put(replace(self._rows[id], state="done", fraction=1.0, stage="", made=files))
            self._clean_up(id)

        self._do(make, f"Writing {path.stem}", then, (_WORKED, 1.0), last=True)

    def _do(
        self,
        make: Callable[[JobId], Job],
        title: str,
        then: Callable[[Result], None],
        span: tuple[float, float],
        *,
        last: bool = False,
    ) -> None:
        """Start one step of the file that is worked on."""
        self._span = span
        self._job = self._jobs.start(make, title, partial(self._next, then, last), goes_on=True)
        self._follow()

    def _next(self, then: Callable[[Result], None], last: bool, result: Result) -> None:
        self._job = None
        then(result)
        if last:
            self._end()

    def _end(self) -> None:
        self._now = self._job = None
        self.changed.emit()
        self._pump()

    def _follow(self) -> None:
        """Take note of how far the running step is, or that it came to nothing."""
        step = self._jobs.row(self._job) if self._job is not None else None
        row = self._rows.get(self._now) if self._now is not None else None
        if step is None or row is None:
            return
        if step.state in ("failed", "stopped"):
            self._put(replace(row, state=_as_row(step), why=step.why, stage=""))
            self._jobs.dismiss(step.id)  # it is tried again from this list, not from that of the jobs
            self._end()
            return
        begin, stop = self._span
        fraction = begin + (stop - begin) * step.fraction
        if (fraction, step.stage) != (row.fraction, row.stage):
            self._put(replace(row, fraction=fraction, stage=step.stage))

    def _put(self, row: BatchRow) -> None:
        self._rows[row.id] = row
        self.changed.emit()

    def _folder(self, id: int) -> Path:
        return self._folders.setdefault(id, paths.cache() / "batch" / uuid.uuid4().hex)


def _as_row(step: JobRow) -> RowState:
    return "failed" if step.state == "failed" else "stopped"
