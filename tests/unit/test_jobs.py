"""Jobs against real worker processes that obey, dawdle, crash and do not answer."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from studio.errors import StudioError
from studio.protocol.common import JobId
from studio.protocol.messages import Job, Result
from studio.session.jobs import JobRow, Jobs
from studio.session.time_left import TimeLeft
from tests.helpers.processes import WAIT_MS, MakeWorker, crashing, deaf, endless, make_worker, quick

__all__ = ["make_worker"]


def states(jobs: Jobs) -> list[str]:
    return [row.state for row in jobs.rows]


def start(jobs: Jobs, job: Job, then: Callable[[Result], None] | None = None) -> JobId:
    return jobs.start(lambda number: replace(job, job=number), type(job).__name__, then)


def is_at_62(jobs: Jobs, job: JobId) -> None:
    row = jobs.row(job)
    assert row is not None
    assert row.fraction == 0.62


def test_a_job_runs_and_its_result_is_handed_on(qtbot: QtBot, make_worker: MakeWorker) -> None:
    jobs = Jobs(make_worker(mood="jobs"))
    given: list[Result] = []

    with qtbot.waitSignal(jobs.finished, timeout=WAIT_MS) as done:
        job = start(jobs, quick(0, "a.wav"), given.append)

    assert done.args is not None
    row, result = done.args
    assert (row.id, row.state, row.fraction) == (job, "done", 1.0)
    assert given == [result]
    assert not jobs.busy


def test_jobs_asked_for_before_the_worker_is_up_are_done_in_order(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="jobs", start=False)
    jobs = Jobs(worker)
    order: list[JobId] = []
    wanted = [start(jobs, quick(0), lambda result: order.append(result.job)) for _ in range(3)]
    assert states(jobs) == ["waiting"] * 3

    worker.start()
    qtbot.waitUntil(lambda: states(jobs) == ["done"] * 3, timeout=WAIT_MS)

    assert order == wanted


def test_a_running_job_stops_when_it_is_called_off_and_the_next_begins(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="jobs")
    jobs = Jobs(worker)
    process = worker.pid
    first = start(jobs, endless(0))
    second = start(jobs, quick(0))
    qtbot.waitUntil(lambda: is_at_62(jobs, first), timeout=WAIT_MS)

    with qtbot.waitSignal(jobs.finished, timeout=WAIT_MS) as done:
        jobs.cancel(first)

    assert done.args is not None
    assert done.args[0].id == second
    assert states(jobs) == ["stopped", "done"]
    assert worker.pid == process


def test_a_job_that_does_not_answer_loses_its_process_and_the_others_go_on(
    qtbot: QtBot, make_worker: MakeWorker
) -> None:
    worker = make_worker(mood="jobs")
    jobs = Jobs(worker)
    process = worker.pid
    stuck = start(jobs, deaf(0))
    start(jobs, quick(0))
    start(jobs, quick(0))
    qtbot.waitUntil(lambda: is_at_62(jobs, stuck), timeout=WAIT_MS)

    jobs.cancel(stuck)
    qtbot.waitUntil(lambda: states(jobs) == ["stopped", "done", "done"], timeout=WAIT_MS)

    assert worker.pid not in (0, process)


def test_a_waiting_job_is_called_off_without_the_worker_hearing_of_it(qtbot: QtBot, make_worker: MakeWorker) -> None:
    jobs = Jobs(make_worker(mood="jobs", start=False))
    job = start(jobs, quick(0))

    with qtbot.waitSignal(jobs.changed):
        jobs.cancel(job)

    assert states(jobs) == ["stopped"]


def test_the_death_of_the_worker_costs_only_the_running_job_and_says_how_far_it_was(
    qtbot: QtBot, make_worker: MakeWorker
) -> None:
    jobs = Jobs(make_worker(mood="jobs"))

    with qtbot.waitSignal(jobs.failed, timeout=WAIT_MS) as failed:
        start(jobs, crashing(0))
        start(jobs, quick(0))
    qtbot.waitUntil(lambda: states(jobs) == ["failed", "done"], timeout=WAIT_MS)

    assert failed.args is not None
    row: JobRow = failed.args[0]
    assert row.why is not None
    assert row.why.title == f"{row.title} stopped at 62 %."
    assert row.why.remedy


def test_a_failed_job_can_be_tried_again(qtbot: QtBot, make_worker: MakeWorker) -> None:
    jobs = Jobs(make_worker(mood="jobs"))
    attempts: list[JobId] = []

    def make(number: JobId) -> Job:
        attempts.append(number)
        return replace(quick(0, "surprise" if len(attempts) == 1 else "a.wav"), job=number)

    with qtbot.waitSignal(jobs.failed, timeout=WAIT_MS):
        job = jobs.start(make, "Twice")
    with qtbot.waitSignal(jobs.finished, timeout=WAIT_MS):
        jobs.retry(job)

    assert states(jobs) == ["done"]


def test_a_worker_that_keeps_dying_fails_what_waits_and_a_retry_starts_it_again(
    qtbot: QtBot, make_worker: MakeWorker
) -> None:
    worker = make_worker(mood="exits", start=False)
    jobs = Jobs(worker)
    job = start(jobs, quick(0))

    with qtbot.waitSignal(jobs.failed, timeout=WAIT_MS) as failed:
        worker.start()

    assert failed.args is not None
    assert failed.args[0].why.remedy
    jobs.retry(job)
    assert worker.pid != 0
    assert states(jobs) == ["waiting"]


def test_a_result_that_cannot_be_used_makes_the_job_fail_in_words(qtbot: QtBot, make_worker: MakeWorker) -> None:
    jobs = Jobs(make_worker(mood="jobs"))

    def refuse(_result: Result) -> None:
        raise StudioError("test", "Not added.", cause="Another project is open.", remedy="Open the other.")

    with qtbot.waitSignal(jobs.failed, timeout=WAIT_MS) as failed:
        start(jobs, quick(0), refuse)

    assert failed.args is not None
    assert failed.args[0].why.code == "test"


def test_a_job_that_is_over_can_be_dismissed_and_one_that_is_not_cannot(make_worker: MakeWorker) -> None:
    jobs = Jobs(make_worker(mood="jobs", start=False))
    first, second = start(jobs, quick(0)), start(jobs, quick(0))
    jobs.cancel(first)

    jobs.dismiss(first)
    jobs.dismiss(second)

    assert [row.id for row in jobs.rows] == [second]


def test_time_left_is_the_median_speed_so_one_slow_second_does_not_frighten_anybody() -> None:
    left = TimeLeft()
    now_s = 0.0
    seen = None
    for percent in range(0, 51, 5):
        seen = left.add(percent / 100, now_s)
        now_s += 5.0 if percent == 45 else 1.0

    assert seen == pytest.approx(10.0)


def test_nothing_is_said_about_time_before_there_is_something_to_say() -> None:
    left = TimeLeft()

    assert left.add(0.0, 0.0) is None
    assert left.add(0.01, 0.1) is None


def test_a_stage_that_counts_from_the_beginning_again_is_estimated_anew() -> None:
    left = TimeLeft()
    for second in range(9):
        left.add(second / 10, float(second))

    assert left.add(0.0, 10.0) is None
