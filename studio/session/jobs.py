"""Work that the compute worker does: what is waiting, how far the running one is, what came of the others."""

import time
from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from studio.errors import Explanation, StudioError, explain
from studio.protocol.common import Cancel, Failed, JobId, Progress, Stopped
from studio.protocol.jobs import Denoised, MediaImported, Separated, StemsGrowing
from studio.protocol.messages import Event, Job, Result
from studio.protocol.voices import SungAgain
from studio.session.time_left import TimeLeft
from studio.supervision.unanswered import naming
from studio.supervision.worker import State, Worker

JobState = Literal["waiting", "running", "done", "failed", "stopped"]

_CANCEL_GRACE_MS: Final = 1000
_KEPT_DONE: Final = 20


class JobRow(Struct, frozen=True, kw_only=True):
    """What a person sees of a job. `why` says what went wrong; `left_s` is None while nobody can tell.

    `goes_on` says that it keeps what is finished, so that trying again goes on where it stopped.
    """

    id: JobId
    title: str
    stage: str = ""
    fraction: float = 0.0
    left_s: float | None = None
    state: JobState = "waiting"
    why: Explanation | None = None
    warning: str = ""
    goes_on: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in ("done", "failed", "stopped")

    @property
    def has_kept(self) -> bool:
        """Whether something is finished that trying again need not do anew: not where it failed at the beginning."""
        return self.goes_on and self.fraction > 0


class _Order(Struct, frozen=True):
    make: Callable[[JobId], Job]
    then: Callable[[Result], None] | None


class Jobs(QObject):
    """Gives the worker one job at a time and keeps the others here, so that its death costs only the running one.

    The worker itself answers for the job it was doing when it died: `Failed`, "stopped at 62 %".

    A row goes waiting → running → done, failed or stopped; `retry` makes it waiting again, at the end of the
    queue. A job that has not ended a second after `cancel` loses its process. UI thread only.
    """

    changed = Signal()
    finished = Signal(object, object)  # JobRow, Result
    failed = Signal(object)  # JobRow
    partly = Signal(object)  # Event: a part of the running job's result

    def __init__(
        self, worker: Worker, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._clock = clock
        self._rows: dict[JobId, JobRow] = {}
        self._orders: dict[JobId, _Order] = {}
        self._queue: list[JobId] = []
        self._running: JobId | None = None
        self._cancelling = False
        self._renewing = False
        self._time_left = TimeLeft()
        self._next = 1
        self._gave_up: Explanation | None = None
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.setInterval(_CANCEL_GRACE_MS)
        self._grace.timeout.connect(self._end_the_process)
        worker.said.connect(self._hear)
        worker.ready.connect(self._worker_is_up)
        worker.gave_up.connect(self._worker_gave_up)

    @property
    def rows(self) -> tuple[JobRow, ...]:
        """Every job in the order in which it was asked for."""
        return tuple(self._rows.values())

    @property
    def busy(self) -> bool:
        """Whether a job is running or waiting."""
        return any(not row.is_over for row in self._rows.values())

    def row(self, id: JobId) -> JobRow | None:
        """The job of that id, while it is listed."""
        return self._rows.get(id)

    def start(
        self,
        make: Callable[[JobId], Job],
        title: str,
        then: Callable[[Result], None] | None = None,
        *,
        goes_on: bool = False,
    ) -> JobId:
        """Queue a job. `make` is called when its turn comes; `then` is given the result on the UI thread."""
        new = self._list(_Order(make, then), JobRow(id=JobId(self._next), title=title, goes_on=goes_on))
        self._enqueue(new)
        return new

    def offer(
        self, make: Callable[[JobId], Job], title: str, then: Callable[[Result], None] | None, *, fraction: float
    ) -> JobId:
        """List what an earlier run began, as a job that was stopped and keeps what is finished; `retry` goes on."""
        row = JobRow(id=JobId(self._next), title=title, goes_on=True, state="stopped", fraction=fraction)
        new = self._list(_Order(make, then), row)
        self.changed.emit()
        return new

    def cancel(self, id: JobId) -> None:
        """Call a job off. A waiting one is stopped at once, a running one within a second."""
        row = self._rows.get(id)
        if row is None or row.is_over:
            return
        if id != self._running:
            self._queue.remove(id)
            self._end(id, "stopped")
        elif not self._cancelling:
            self._cancelling = True
            self._put(replace(row, stage="Stopping"))
            self._grace.start()
            self._worker.send(Cancel(job=id))

    def cancel_all(self) -> None:
        """Call everything off."""
        for row in self.rows[::-1]:
            self.cancel(row.id)

    def retry(self, id: JobId) -> None:
        """Queue a failed or stopped job again; a worker that gave up is started once more for it."""
        row = self._rows.get(id)
        if row is None or row.state not in ("failed", "stopped"):
            return
        self._rows[id] = JobRow(id=id, title=row.title, goes_on=row.goes_on)
        if self._gave_up is not None:
            self._gave_up = None
            self._worker.restart()
        self._enqueue(id)

    def renew(self) -> None:
        """Start the worker anew once it has nothing to do, so that it looks again at what is installed."""
        self._renewing = True
        self._renew_when_idle()

    def dismiss(self, id: JobId) -> None:
        """Take a job that is over off the list."""
        row = self._rows.get(id)
        if row is not None and row.is_over:
            self._forget(id)
            self.changed.emit()

    def _list(self, order: _Order, row: JobRow) -> JobId:
        self._next += 1
        self._orders[row.id] = order
        self._rows[row.id] = row
        return row.id

    def _renew_when_idle(self) -> None:
        if self._renewing and not self.busy:
            self._renewing = False
            if self._worker.state is State.READY:
                self._worker.restart()

    def _enqueue(self, id: JobId) -> None:
        if self._gave_up is not None:
            self._end(id, "failed", self._gave_up)
            return
        self._queue.append(id)
        self.changed.emit()
        self._pump()

    def _pump(self) -> None:
        while self._worker.state is State.READY and self._running is None and self._queue:
            next_id = self._queue.pop(0)
            try:
                job = self._orders[next_id].make(next_id)
            except StudioError as error:  # the project has changed since and the job makes no sense any more
                self._end(next_id, "failed", explain(error))
                continue
            self._running = next_id
            self._cancelling = False
            self._time_left = TimeLeft()
            self._put(replace(self._rows[next_id], state="running"))
            self._worker.send(job)

    def _hear(self, event: Event) -> None:
        match event:
            case Progress() if event.job == self._running:
                self._note_progress(event)
            case Failed() if event.job == self._running:
                self._close(event.job, "stopped" if self._cancelling else "failed", self._named(event))
            case Stopped() if event.job == self._running:
                self._close(event.job, "stopped")
            case StemsGrowing() if event.job == self._running:
                self.partly.emit(event)
            case _:  # a result, or nothing that concerns the running job
                if isinstance(event, Result) and event.job == self._running:
                    self._deliver(event)

    def _named(self, failed: Failed) -> Explanation:
        return naming(failed.why, self._rows[failed.job].title)

    def _note_progress(self, event: Progress) -> None:
        row = self._rows[event.job]
        left_s = self._time_left.add(event.fraction, self._clock())
        stage = "Stopping" if self._cancelling else event.stage
        self._put(replace(row, fraction=min(1.0, max(0.0, event.fraction)), stage=stage, left_s=left_s))

    def _deliver(self, result: Result) -> None:
        then = self._orders[result.job].then
        warning = _warning(result)
        if then is not None:
            try:
                then(result)
            except StudioError as error:
                self._close(result.job, "failed", explain(error))
                return
        row = self._rows[result.job]
        self._rows[result.job] = replace(row, fraction=1.0, left_s=0.0, warning=warning)
        self._close(result.job, "done")
        self.finished.emit(self._rows.get(result.job, row), result)

    def _close(self, id: JobId, state: JobState, why: Explanation | None = None) -> None:
        """End the running job and begin the next."""
        self._grace.stop()
        self._running = None
        self._end(id, state, why)
        self._pump()
        self._renew_when_idle()

    def _end(self, id: JobId, state: JobState, why: Explanation | None = None) -> None:
        row = replace(self._rows[id], state=state, why=why if state == "failed" else None, stage="", left_s=None)
        self._rows[id] = row
        if state == "done":
            self._forget_old()
        self.changed.emit()
        if state == "failed":
            self.failed.emit(row)

    def _forget_old(self) -> None:
        done = [row.id for row in self._rows.values() if row.state == "done"]
        for old in done[:-_KEPT_DONE]:
            self._forget(old)

    def _forget(self, id: JobId) -> None:
        del self._rows[id]
        del self._orders[id]

    def _put(self, row: JobRow) -> None:
        self._rows[row.id] = row
        self.changed.emit()

    def _end_the_process(self) -> None:
        if self._running is not None:
            self._worker.restart()  # which answers the job that was called off with Stopped

    def _worker_is_up(self) -> None:
        self._gave_up = None
        self._pump()

    def _worker_gave_up(self, why: Explanation) -> None:
        self._gave_up = why
        waiting, self._queue = self._queue, []
        for lost in waiting:
            self._end(lost, "failed", why)


def _warning(result: Result) -> str:
    """What the person is to know of a result that came all the same."""
    match result:
        case MediaImported():
            return result.warning
        case Separated() | Denoised() | SungAgain():
            return " ".join(result.notes)
        case _:
            return ""
