"""A line to one worker: start it, ask, wait for the answer, show how far it is, stop on Ctrl+C."""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Final, Self, TypeVar

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop, QTimer

from studio.cli.interrupt import Interrupted, watched
from studio.cli.progress import Progress as Shown
from studio.errors import Explanation, StudioError
from studio.protocol.common import Cancel, Failed, Heartbeat, JobId, Progress, Ready, Refused, Role, Stopped
from studio.protocol.messages import Event, Job, Request, Result
from studio.supervision.worker import Worker

_LOOK_MS: Final = 100
_CANCEL_GRACE_MS: Final = 1000

Answer = TypeVar("Answer", bound=Event)


class Line:
    """A worker for as long as a verb needs it. Every question waits for its answer, under an event loop."""

    def __init__(self, role: Role, shown: Shown | None = None) -> None:
        self._application = QCoreApplication.instance() or QCoreApplication(["studio"])
        self._worker = Worker(role)
        self._shown = shown or Shown()
        self._heard: list[Event] = []
        self._over: Explanation | None = None
        self._died: Explanation | None = None
        self._loop: QEventLoop | None = None
        self._last_job = 0
        self._around = ExitStack()
        self._worker.said.connect(self._hear)
        self._worker.gave_up.connect(self._give_up)
        self._worker.died.connect(self._note_death)

    def __enter__(self) -> Self:
        self._watch = self._around.enter_context(watched())
        self._worker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shown.clear()
        self._worker.finish()
        self._around.close()

    def ready(self) -> Ready:
        """What the worker says of itself once it is up."""
        self._wait(lambda: self._worker.last_ready is not None)
        assert self._worker.last_ready is not None
        return self._worker.last_ready

    def ask(self, request: Request, answer: type[Answer], timeout_s: float = 30.0) -> Answer:
        """Send a request that is no job, and return the first answer of that kind."""
        self._heard.clear()
        self._worker.send(request)
        self._wait(lambda: any(isinstance(event, answer | Refused) for event in self._heard), timeout_s)
        event = next(event for event in self._heard if isinstance(event, answer | Refused))
        if isinstance(event, Refused):
            raise _failure(event.why)
        return event

    def tell(self, request: Request) -> None:
        """Send a request whose answers are looked for by `wait_until`."""
        self._heard.clear()
        self._worker.send(request)

    def wait_until(self, done: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Wait until something is so; it is asked after each event. A `StudioError` where that takes too long."""
        self._wait(done, timeout_s)

    def end_with(self, request: Request, answer: type[Answer], timeout_s: float) -> Answer:
        """After Ctrl+C: ask for what is to come of it all the same."""
        self._watch.forget()
        return self.ask(request, answer, timeout_s)

    def wait_for(self, answer: type[Answer], timeout_s: float) -> Answer:
        """Return the first event of that kind since the last question; a `StudioError` where its worker dies before."""
        self._wait(lambda: self._died is not None or any(isinstance(event, answer) for event in self._heard), timeout_s)
        event = next((event for event in self._heard if isinstance(event, answer)), None)
        if event is None:
            assert self._died is not None
            raise _failure(self._died)
        return event

    def heard(self, kind: type[Answer]) -> list[Answer]:
        """Every event of that kind since the last question."""
        return [event for event in self._heard if isinstance(event, kind)]

    def do(self, make: Callable[[JobId], Job]) -> Result:
        """Do a job and return its result; a `StudioError` says why there is none."""
        self._last_job += 1
        job = JobId(self._last_job)
        self._heard.clear()
        self._worker.send(make(job))
        try:
            self._wait(lambda: self._answer_to(job) is not None)
        except Interrupted:
            self._call_off(job)
            raise
        self._shown.clear()
        match self._answer_to(job):
            case Failed(why=why):
                raise _failure(why)
            case Stopped() | None:
                raise _failure(_STOPPED)
            case result:
                return result

    def _answer_to(self, job: JobId) -> Result | Failed | Stopped | None:
        wanted = Result | Failed | Stopped
        return next((event for event in self._heard if isinstance(event, wanted) and event.job == job), None)

    def _call_off(self, job: JobId) -> None:
        """Ask the job to stop. `finish` ends the process a moment later whether it did or not."""
        self._worker.send(Cancel(job=job))
        deadline = QDeadlineTimer(_CANCEL_GRACE_MS)
        while self._answer_to(job) is None and not deadline.hasExpired():
            self._application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, _LOOK_MS)

    def _wait(self, done: Callable[[], bool], timeout_s: float = 0.0) -> None:
        deadline = (
            QDeadlineTimer(round(timeout_s * 1000))
            if timeout_s
            else QDeadlineTimer(QDeadlineTimer.ForeverConstant.Forever)
        )
        self._loop = QEventLoop()
        look = QTimer()  # also gives Python a chance to see a signal
        look.timeout.connect(self._loop.quit)
        look.start(_LOOK_MS)
        while not done():
            self._watch.check()
            if self._over is not None:
                raise _failure(self._over)
            if deadline.hasExpired():
                raise _failure(_NO_ANSWER)
            self._loop.exec()
        self._loop = None

    def _hear(self, event: object) -> None:
        if isinstance(event, Progress):
            self._shown.show(event.stage, event.fraction)
        elif isinstance(event, Event) and not isinstance(event, Heartbeat):
            self._heard.append(event)
            if self._loop is not None:
                self._loop.quit()

    def _note_death(self, why: Explanation) -> None:
        self._died = why
        if self._loop is not None:
            self._loop.quit()

    def _give_up(self, why: Explanation) -> None:
        self._over = why


_STOPPED: Final = Explanation(
    code="job.stopped", title="The job was stopped.", cause="It was called off.", remedy="Start it again."
)
_NO_ANSWER: Final = Explanation(
    code="worker.silent",
    title="The job was not done.",
    cause="A part of the studio does not answer.",
    remedy="Try again; if it happens twice, look into the logs that studio doctor names.",
)


def _failure(why: Explanation) -> StudioError:
    return StudioError(why.code, why.title, cause=why.cause, remedy=why.remedy)
