"""What becomes of jobs when their worker dies."""

from studio.errors import Explanation
from studio.model.project import MediaId
from studio.protocol.common import Failed, JobId, Progress, Stopped
from studio.protocol.jobs import BuildPeaks, PeaksBuilt
from studio.supervision.unanswered import Unanswered

WHY = Explanation(code="worker.died", title="It stopped.", cause="It crashed.", remedy="Retry.")


def job(number: int) -> BuildPeaks:
    return BuildPeaks(job=JobId(number), path="a.wav", media=MediaId("m"))


def test_the_running_job_fails_where_it_stood_and_the_others_are_asked_again() -> None:
    owed = Unanswered()
    for number in (1, 2, 3):
        owed.asked(job(number))
    owed.heard(Progress(job=JobId(1), fraction=1.0))
    owed.heard(PeaksBuilt(job=JobId(1), media=MediaId("m"), path="p"))
    owed.heard(Progress(job=JobId(2), fraction=0.62))

    (answer,) = owed.lost(WHY, for_good=False)

    assert isinstance(answer, Failed)
    assert answer.job == 2
    assert answer.why.title == "The job stopped at 62 %."
    assert answer.why.cause == "It stopped. It crashed."
    assert answer.why.remedy == "Retry."
    assert owed.jobs == (job(3),)


def test_a_job_that_was_called_off_is_stopped_not_failed() -> None:
    owed = Unanswered()
    owed.asked(job(1))
    owed.heard(Progress(job=JobId(1), fraction=0.1))
    owed.called_off(JobId(1))

    assert owed.lost(WHY, for_good=False) == (Stopped(job=JobId(1)),)
    assert owed.jobs == ()


def test_when_there_is_no_other_worker_every_job_is_answered() -> None:
    owed = Unanswered()
    owed.asked(job(1))
    owed.asked(job(2))

    assert [answer.job for answer in owed.lost(WHY, for_good=True)] == [1, 2]
    assert owed.jobs == ()
