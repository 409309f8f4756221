"""What a worker still owes: the jobs that were given to it, and what becomes of them when it dies. Pure."""

from typing import Final

from msgspec.structs import replace

from studio.errors import Explanation
from studio.protocol.common import Failed, JobId, Progress, Stopped
from studio.protocol.messages import Event, Job, Result

_THE_JOB: Final = "The job"


def naming(why: Explanation, title: str) -> Explanation:
    """The same, saying which job it was."""
    if not why.title.startswith(_THE_JOB):
        return why
    return replace(why, title=f"{title}{why.title.removeprefix(_THE_JOB)}")


class Unanswered:
    """The jobs of one worker, in the order in which they were asked."""

    def __init__(self) -> None:
        self._jobs: dict[JobId, Job] = {}
        self._reached: dict[JobId, float] = {}
        self._called_off: set[JobId] = set()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What a new process has to be asked for again."""
        return tuple(self._jobs.values())

    def asked(self, job: Job) -> None:
        """A job is to be done."""
        self._jobs[job.job] = job

    def called_off(self, job: JobId) -> None:
        """Its result is not wanted any more."""
        if job in self._jobs:
            self._called_off.add(job)

    def heard(self, event: Event) -> None:
        """Note progress and answers."""
        if isinstance(event, Progress):
            self._reached[event.job] = event.fraction
        elif isinstance(event, Result | Failed | Stopped):
            self._forget(event.job)

    def lost(self, why: Explanation, *, for_good: bool) -> tuple[Failed | Stopped, ...]:
        """The worker died: what to answer. Jobs that it had not begun stay, unless there will be no other worker."""
        answers: list[Failed | Stopped] = []
        for job in tuple(self._jobs):
            if job in self._called_off:
                answers.append(Stopped(job=job))
            elif job in self._reached:
                title = f"{_THE_JOB} stopped at {self._reached[job] * 100:.0f} %."
                answers.append(Failed(job=job, why=replace(why, title=title, cause=f"{why.title} {why.cause}")))
            elif for_good:
                answers.append(Failed(job=job, why=why))
            else:
                continue
            self._forget(job)
        return tuple(answers)

    def _forget(self, job: JobId) -> None:
        self._jobs.pop(job, None)
        self._reached.pop(job, None)
        self._called_off.discard(job)
