"""FAULTS 7 to 11 and 37: workers that are killed, crash, hang, babble or eat all memory, under a living desktop."""

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from studio import paths
from studio.protocol.common import Failed, InjectFault, JobId, Progress, Refused, Stopped
from studio.protocol.jobs import PeaksBuilt
from studio.protocol.live import StopRecording
from studio.protocol.messages import Event
from studio.protocol.wire import BadFrame, Frames, decode_event
from studio.supervision.obituary import stderr_log
from studio.supervision.worker import State, Worker
from tests.helpers.problem_worker import BABBLED, mutated
from tests.helpers.processes import (
    WAIT_MS,
    Heard,
    MakeWorker,
    babbling,
    crashing,
    dies_within,
    endless,
    is_gone,
    make_worker,
    moody,
    quick,
)

__all__ = ["make_worker"]

Injected = Callable[..., None]
Parent = Callable[[str, str], tuple[int, int]]


def stands_at_62(event: Event) -> bool:
    return isinstance(event, Progress) and event.fraction == 0.62


def built(job: int) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, PeaksBuilt) and event.job == job


def killed(worker: Worker) -> None:
    os.kill(worker.pid, signal.SIGKILL)


def segfaulted(worker: Worker) -> None:
    worker.send(InjectFault(kind="segfault"))


def exited(worker: Worker) -> None:
    worker.send(InjectFault(kind="crash"))


def babbled(worker: Worker) -> None:
    worker.send(InjectFault(kind="garbage"))


class Stopwatch:
    """How long the desktop's event loop was away at most."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._last_s = time.monotonic()
        self._timer = QTimer(interval=2)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now_s = time.monotonic()
        self.longest_s, self._last_s = max(self.longest_s, now_s - self._last_s), now_s


def break_mid_job(qtbot: QtBot, worker: Worker, fault: Callable[[Worker], None]) -> tuple[Failed, float]:
    """Break the worker while job 1 stands at 62 % and job 2 waits; return the answer to job 1 once 2 is done."""
    heard, stopwatch = Heard(worker), Stopwatch()
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=stands_at_62):
        worker.send(endless(1))
        worker.send(quick(2))
    pid = worker.pid
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=built(2)):
        fault(worker)
    assert is_gone(pid)
    assert worker.state is State.READY
    assert len(heard.deaths) == 1
    answer = heard.of(1)[-1]
    assert isinstance(answer, Failed)
    assert answer.why.title == "The job stopped at 62 %."
    assert answer.why.cause
    assert answer.why.remedy
    worker._policy.forgive()  # the next fault is another day
    return answer, stopwatch.longest_s


FAULTS = (killed, segfaulted, exited, babbled)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_worker_that_dies_mid_job_says_where_it_stopped_and_the_other_jobs_go_on(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected, fault: Callable[[Worker], None]
) -> None:
    break_mid_job(qtbot, make_worker(mood="jobs"), fault)
    injected(1)


@pytest.mark.full_faults
def test_fifty_deaths_mid_job_cost_one_job_each_and_never_block_the_desktop(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    worker = make_worker(mood="jobs")
    away_s = []
    for number in range(52):
        away_s.append(break_mid_job(qtbot, worker, FAULTS[number % len(FAULTS)])[1])
        injected(1)
    # The median: a desktop that waits for its worker does so each time, a busy machine now and then.
    assert statistics.median(away_s) < 0.1


def test_a_crash_in_native_code_is_named_and_its_trace_kept(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    worker = make_worker(mood="jobs")
    with qtbot.waitSignal(worker.died, timeout=WAIT_MS) as died:
        worker.send(crashing(1))

    assert died.args is not None
    assert "SIGSEGV" in died.args[0].cause
    assert "problem_worker.py" in died.args[0].detail
    assert "Fatal Python error" in (paths.logs() / "compute.crash").read_text()
    injected(1)


def test_a_worker_that_somebody_killed_is_not_said_to_lack_memory(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    worker = make_worker(mood="jobs")
    answer, _ = break_mid_job(qtbot, worker, killed)

    assert answer.why.code == "worker.died"
    assert "memory" not in answer.why.sentence
    injected(1)


def test_memory_that_really_runs_out_costs_the_request_not_the_worker(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    worker = make_worker("capture")
    heard = Heard(worker)
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, Refused)) as no:
        worker.send(InjectFault(kind="exhaust_memory"))

    assert no.args is not None
    assert no.args[0].why.code == "memory.out"
    assert not heard.deaths
    injected(1)


def test_a_worker_that_always_dies_is_started_five_times_and_then_given_up(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    worker = make_worker(mood="exits", start=False)
    heard = Heard(worker)
    starts = []
    worker.state_changed.connect(lambda state: starts.append(state) if state == "starting" else None)
    worker.send(quick(1))
    with qtbot.waitSignal(worker.gave_up, timeout=WAIT_MS):
        worker.start()

    assert len(starts) == 5
    assert len(heard.deaths) == 5
    assert worker.state is State.GAVE_UP
    (given_up,) = heard.given_up
    assert given_up.code == "worker.gave_up"
    assert given_up.remedy
    (answer,) = heard.of(1)
    assert isinstance(answer, Failed)
    with qtbot.assertNotEmitted(worker.state_changed, wait=1500):
        pass  # no restart storm
    injected(5)


def test_a_worker_that_was_given_up_can_be_started_again(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="old", start=False)
    with qtbot.waitSignal(worker.gave_up, timeout=WAIT_MS):
        worker.start()
    worker._command = moody("jobs")  # the person has repaired the installation

    with qtbot.waitSignal(worker.ready, timeout=WAIT_MS):
        worker.start()


@pytest.mark.parametrize("mood", ["old", "stranger"])
def test_a_worker_of_another_version_is_not_started_again_and_again(
    qtbot: QtBot, make_worker: MakeWorker, mood: str
) -> None:
    worker = make_worker(mood=mood, start=False)
    heard = Heard(worker)
    with qtbot.waitSignal(worker.gave_up, timeout=WAIT_MS):
        worker.start()

    assert heard.given_up[0].code == "worker.version"
    assert len(heard.deaths) == 1


def test_a_program_that_is_not_there_is_explained(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="jobs", start=False)
    worker._command = ("/no/such/python",)
    with qtbot.waitSignal(worker.died, timeout=WAIT_MS) as died:
        worker.start()

    assert died.args is not None
    assert "could not be started" in died.args[0].cause
    worker.stop()
    assert worker.state is State.STOPPED


def stopped(worker: Worker) -> None:
    os.kill(worker.pid, signal.SIGSTOP)


def hanging(worker: Worker) -> None:
    worker.send(InjectFault(kind="hang"))


def holding_the_gil(worker: Worker) -> None:
    worker.send(InjectFault(kind="hold_gil"))


HANGS = (stopped, hanging, holding_the_gil)


def hang_and_come_back(qtbot: QtBot, workers: list[Worker], injected: Injected) -> None:
    """Hang every worker in one of the ways; each has to be killed within six seconds, and come back."""
    heard = [Heard(worker) for worker in workers]
    pids = [worker.pid for worker in workers]
    signals = [signal for worker in workers for signal in (worker.died, worker.ready)]
    began_s = time.monotonic()
    took_s: list[float] = []
    for worker in workers:
        worker.died.connect(lambda _: took_s.append(time.monotonic() - began_s))
    with qtbot.waitSignals(signals, timeout=WAIT_MS):
        for number, worker in enumerate(workers):
            HANGS[number % len(HANGS)](worker)

    assert all(is_gone(pid) for pid in pids)
    assert max(took_s) <= 6.0 + 0.1 * len(workers)  # they are all started and looked after by one thread
    for one in heard:
        (why,) = one.deaths
        assert "did not answer" in why.cause
    injected(len(workers))


def test_a_worker_that_hangs_is_noticed_and_killed_not_asked(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    hang_and_come_back(qtbot, [make_worker("capture") for _ in HANGS], injected)


@pytest.mark.full_faults
def test_twenty_hangs_are_noticed_and_killed(qtbot: QtBot, make_worker: MakeWorker, injected: Injected) -> None:
    for _ in range(7):
        hang_and_come_back(qtbot, [make_worker("capture") for _ in HANGS], injected)


@pytest.mark.full_faults
def test_a_library_that_takes_long_to_load_is_no_hang_but_what_hangs_afterwards_is(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    worker = make_worker(mood="jobs")
    heard = Heard(worker)
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=built(1)):
        worker.send(quick(1, "library"))
    assert not heard.deaths

    began_s = time.monotonic()
    with qtbot.waitSignal(worker.died, timeout=WAIT_MS):
        holding_the_gil(worker)
    assert time.monotonic() - began_s <= 6.1
    injected(1)


@pytest.mark.full_faults
def test_a_desktop_that_was_stopped_for_a_while_does_not_blame_its_worker(parent: Parent, injected: Injected) -> None:
    desktop, worker = parent("jobs", "idle")
    os.kill(desktop, signal.SIGSTOP)
    assert not dies_within(worker, 8.0)
    os.kill(desktop, signal.SIGCONT)

    assert not dies_within(worker, 3.0)
    injected(1)


def test_what_libraries_print_neither_breaks_nor_delays_ten_thousand_frames(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    worker = make_worker(mood="jobs")
    heard = Heard(worker)
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=built(1)):
        worker.send(babbling(1))

    assert [event.job for event in heard.events if isinstance(event, Stopped)] == [*map(JobId, range(BABBLED))]
    assert not heard.deaths
    printed = stderr_log("compute").read_bytes()
    assert printed.count(b"progress:") == printed.count(b"a warning") == BABBLED
    injected(1)


def test_a_flood_on_stderr_neither_grows_the_desktop_nor_fills_the_disk(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    worker = make_worker("capture")
    heard = Heard(worker)
    before = psutil.Process().memory_info().rss
    log = stderr_log("capture")
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, Refused)):
        worker.send(InjectFault(kind="flood_stderr"))
        worker.send(InjectFault(kind="print"))
        worker.send(StopRecording())  # what this worker answers, when it is through with the others

    assert psutil.Process().memory_info().rss - before < 10 * 2**20
    qtbot.waitUntil(lambda: log.stat().st_size <= 33 * 2**20, timeout=WAIT_MS)
    assert not heard.deaths
    assert worker.state is State.READY
    injected(2)


@pytest.mark.parametrize(
    "mood", ["garbage", "garbage_later", "huge", "over_cap", "truncated", "nested", "too_early", "unknown"]
)
def test_a_worker_that_does_not_speak_our_language_is_replaced(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected, mood: str
) -> None:
    worker = make_worker(mood=mood, start=False)
    before = psutil.Process().memory_info().rss
    with qtbot.waitSignal(worker.died, timeout=WAIT_MS) as died:
        worker.start()

    assert died.args is not None
    assert died.args[0].remedy
    assert psutil.Process().memory_info().rss - before < 16 * 2**20
    worker._command = moody("jobs")
    with qtbot.waitSignal(worker.ready, timeout=WAIT_MS):
        pass
    injected(1)


def survive_mutations(qtbot: QtBot, worker: Worker, seeds: range) -> None:
    heard = Heard(worker)
    before = psutil.Process().memory_info().rss
    for seed in seeds:
        worker._command = moody(f"mutated {seed}")
        with qtbot.waitSignal(worker.died, timeout=WAIT_MS):
            worker.restart()
        worker._policy.forgive()
    assert len(heard.deaths) == len(seeds)
    assert psutil.Process().memory_info().rss - before < 16 * 2**20


def test_mutated_frames_end_their_worker_and_nothing_else(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    survive_mutations(qtbot, make_worker(mood="mutated 0", start=False), range(5))
    injected(5)


@pytest.mark.full_faults
def test_two_hundred_streams_of_mutated_frames_end_their_worker_and_nothing_else(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    survive_mutations(qtbot, make_worker(mood="mutated 0", start=False), range(200))
    injected(200)


@pytest.mark.full_faults
def test_ten_thousand_mutated_frames_are_an_event_or_refused() -> None:
    refused = 0
    for seed in range(10_000):
        try:
            for body in Frames().feed(mutated(seed)):
                decode_event(body)
        except BadFrame:
            refused += 1
    assert 1000 < refused < 10_000


@pytest.fixture
def parent() -> Iterator[Parent]:
    """Start a small desktop whose worker is in some state; return both pids."""
    started: list[subprocess.Popen[str]] = []
    workers: list[int] = []

    def start(mood: str, state: str) -> tuple[int, int]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.parent", mood, state], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        workers.append(int(process.stdout.readline()))
        return process.pid, workers[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()
    for pid in workers:
        if not is_gone(pid):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("state", ["idle", "busy", "hold_gil"])
def test_no_worker_outlives_a_desktop_that_is_killed(parent: Parent, injected: Injected, state: str) -> None:
    desktop, worker = parent("jobs", state)
    assert not is_gone(worker)

    os.kill(desktop, signal.SIGKILL)

    assert dies_within(worker, 2.0)
    injected(1)


def test_a_worker_that_nobody_told_to_die_would_outlive_it(parent: Parent) -> None:
    """The negative control: without the kernel's help a worker that holds the GIL stays."""
    desktop, worker = parent("unguarded", "hold_gil")

    os.kill(desktop, signal.SIGKILL)

    assert not dies_within(worker, 2.5)


@pytest.mark.full_faults
def test_no_worker_outlives_fifty_desktops(parent: Parent, injected: Injected) -> None:
    for number in range(51):
        desktop, worker = parent("jobs", ("idle", "busy", "hold_gil")[number % 3])
        os.kill(desktop, signal.SIGKILL)
        assert dies_within(worker, 2.0)
        injected(1)
