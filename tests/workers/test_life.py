"""Workers start, say who they are, show that they live, obey, and end when they should."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio import paths
from studio.protocol.common import (
    Cancel,
    Failed,
    Heartbeat,
    InjectFault,
    JobId,
    Progress,
    Ready,
    Refused,
    Role,
    Stopped,
)
from studio.protocol.jobs import PeaksBuilt
from studio.protocol.live import Record
from studio.protocol.messages import PROTOCOL, Event
from studio.protocol.wire import Frames, decode_event, frame
from studio.supervision.worker import State, Worker
from tests.helpers.processes import (
    WAIT_MS,
    Heard,
    MakeWorker,
    deaf,
    dies_within,
    endless,
    is_gone,
    quick,
)


def is_progress_of(job: int) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, Progress) and event.job == job and event.fraction > 0


@pytest.mark.parametrize("role", ["live", "compute", "capture"])
def test_every_worker_says_who_it_is_and_ends_when_told(qtbot: QtBot, make_worker: MakeWorker, role: Role) -> None:
    worker = make_worker(role)
    ready = worker.last_ready
    assert ready is not None
    assert (ready.protocol, ready.role, ready.pid) == (PROTOCOL, role, worker.pid)
    assert worker.state is State.READY

    pid = worker.pid
    with qtbot.waitSignal(worker.state_changed, timeout=WAIT_MS, check_params_cb=lambda state: state == "stopped"):
        worker.stop()
    assert is_gone(pid)
    assert worker.pid == 0


def test_the_compute_worker_names_its_device_with_the_reason_and_its_engines(make_worker: MakeWorker) -> None:
    ready = make_worker("compute").last_ready

    assert ready is not None
    assert ready.device in ("CPU", "CUDA")
    assert ready.device_reason
    assert "praat" in {card.id for card in ready.engines}


def test_a_worker_shows_that_it_is_alive(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker("capture")
    with qtbot.waitSignal(
        worker.said, timeout=WAIT_MS, check_params_cb=lambda event: isinstance(event, Heartbeat)
    ) as heard:
        pass
    assert heard.args is not None
    assert 1e6 < heard.args[0].rss_bytes < 1e9


def test_what_is_asked_before_it_is_ready_is_done_then(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="jobs", start=False)
    worker.send(quick(1))
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, PeaksBuilt)):
        worker.start()


def test_jobs_are_done_one_after_another_in_order(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="jobs")
    heard = Heard(worker)
    with qtbot.waitSignal(
        worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, PeaksBuilt) and e.job == 5
    ):
        for number in range(1, 6):
            worker.send(quick(number))

    assert [event.job for event in heard.events if isinstance(event, PeaksBuilt)] == [1, 2, 3, 4, 5]
    assert [type(event) for event in heard.of(1)] == [Progress, Progress, PeaksBuilt]


def test_a_running_job_can_be_called_off(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="jobs")
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=is_progress_of(1)):
        worker.send(endless(1))

    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: e == Stopped(job=JobId(1))):
        worker.send(Cancel(job=JobId(1)))
    assert worker.state is State.READY


def test_a_waiting_job_can_be_called_off_while_another_runs_on(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="jobs")
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=is_progress_of(1)):
        worker.send(endless(1))
        worker.send(quick(2))

    heard = Heard(worker)
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: e == Stopped(job=JobId(2))):
        worker.send(Cancel(job=JobId(2)))
    assert not [event for event in heard.of(1) if not isinstance(event, Progress)]


def test_a_cancel_that_comes_too_late_is_nothing(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="jobs")
    heard = Heard(worker)
    with qtbot.waitSignal(
        worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, PeaksBuilt) and e.job == 2
    ):
        worker.send(quick(1))
        worker.send(Cancel(job=JobId(99)))
        worker.send(quick(2))
    assert not [event for event in heard.events if isinstance(event, Stopped)]


def test_a_job_that_hears_no_cancel_is_stopped_by_replacing_its_process(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="jobs")
    heard = Heard(worker)
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=is_progress_of(1)):
        worker.send(deaf(1))
        worker.send(quick(2))
    worker.send(Cancel(job=JobId(1)))
    pid = worker.pid

    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, PeaksBuilt)):
        worker.restart()

    assert is_gone(pid)
    assert heard.of(1)[-1] == Stopped(job=JobId(1))
    assert isinstance(heard.of(2)[-1], PeaksBuilt)
    assert not heard.deaths, "who is replaced on purpose did not die"


@pytest.mark.parametrize("error", ["MemoryError", "torch", "allocator"])
def test_every_kind_of_exhausted_memory_is_told_in_the_same_words(
    qtbot: QtBot, make_worker: MakeWorker, error: str
) -> None:
    worker = make_worker(mood="jobs")
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, Failed)) as failed:
        worker.send(quick(1, error))

    assert failed.args is not None
    assert failed.args[0].why.code == "memory.out"
    assert "smaller" in failed.args[0].why.remedy


def test_a_surprise_in_a_job_is_called_our_mistake_and_the_worker_lives(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker(mood="jobs")
    heard = Heard(worker)
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, PeaksBuilt)):
        worker.send(quick(1, "surprise"))
        worker.send(quick(2))

    (failed,) = [event for event in heard.events if isinstance(event, Failed)]
    assert failed.why.code == "bug"
    assert "ZeroDivisionError" in failed.why.detail
    assert not heard.deaths


def test_a_request_that_is_no_job_is_refused_with_a_reason(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker("capture")
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, Refused)) as heard:
        worker.send(Record(take="t", folder="/nowhere", start=0, track="a"))

    assert heard.args is not None
    assert heard.args[0].request == "Record"
    assert heard.args[0].why.remedy


def test_nothing_is_broken_on_purpose_unless_the_studio_was_started_for_that(
    qtbot: QtBot, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STUDIO_FAULTS")
    worker = make_worker("capture")
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, Refused)) as heard:
        worker.send(InjectFault(kind="crash"))

    assert heard.args is not None
    assert heard.args[0].why.code == "faults.off"


def test_the_desktop_decides_when_somebody_presses_ctrl_c(qtbot: QtBot, make_worker: MakeWorker) -> None:
    worker = make_worker("capture")
    os.kill(worker.pid, signal.SIGINT)
    with qtbot.waitSignal(worker.said, timeout=WAIT_MS, check_params_cb=lambda e: isinstance(e, Heartbeat)):
        pass
    assert worker.state is State.READY


class Bare:
    """A worker without a `Worker`: its pipes in our hands."""

    def __init__(self, role: str, module: str = "studio.workers", **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, role],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | environment,
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout

    def first(self) -> Event:
        frames = Frames()
        while data := os.read(self.stdout.fileno(), 4096):
            for body in frames.feed(data):
                return decode_event(body)
        raise AssertionError("it ended without a word")

    def end(self) -> int:
        self.stdin.close()
        self.stdout.close()
        return self.process.wait(10)


def test_the_end_of_its_input_ends_a_worker() -> None:
    worker = Bare("capture")
    assert isinstance(worker.first(), Ready)

    worker.stdin.close()

    assert dies_within(worker.process.pid, 2.0)
    assert worker.end() == 0


def test_being_told_to_terminate_ends_a_worker_in_order() -> None:
    worker = Bare("capture")
    assert isinstance(worker.first(), Ready)

    worker.process.terminate()

    assert dies_within(worker.process.pid, 2.0)
    assert worker.end() == 0


def test_a_worker_that_hangs_notices_by_itself_that_nobody_is_there() -> None:
    """Without the kernel's help, as on a system that has none: the heartbeat looks whether anybody still listens."""
    worker = Bare("unguarded", module="tests.helpers.problem_worker")
    assert isinstance(worker.first(), Ready)
    worker.stdin.write(frame(InjectFault(kind="hang")))
    worker.stdin.flush()
    assert not dies_within(worker.process.pid, 0.5)

    worker.stdin.close()

    assert dies_within(worker.process.pid, 5.0)
    assert worker.end() == 1


@pytest.mark.parametrize("noise", [b"\xff" * 64, (5).to_bytes(4, "little") + b"xxxxx", frame(Heartbeat(rss_bytes=1))])
def test_a_desktop_that_sends_what_is_no_request_ends_the_worker(noise: bytes) -> None:
    worker = Bare("capture")
    assert isinstance(worker.first(), Ready)

    worker.stdin.write(noise)
    worker.stdin.flush()

    assert dies_within(worker.process.pid, 2.0)
    assert worker.end() == 65


def test_a_worker_whose_parent_died_before_it_could_ask_ends_at_once() -> None:
    worker = Bare("capture", STUDIO_PARENT="1")

    assert dies_within(worker.process.pid, WAIT_MS / 1000)
    assert worker.end() == 1


def test_an_unknown_role_is_a_wrong_call() -> None:
    done = subprocess.run([sys.executable, "-m", "studio.workers", "cook"], capture_output=True, check=False)

    assert done.returncode == 2
    assert b"live|compute|capture" in done.stderr
    assert done.stdout == b""


def test_a_worker_cannot_be_told_to_load_pickles() -> None:
    code = (
        "import os; from studio.workers import runtime; runtime.prepare('compute');"
        "print([name for name in os.environ if name.startswith('TORCH_FORCE')], os.environ['NUMBA_CACHE_DIR'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | {"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["[]", str(paths.cache() / "numba")]


def test_the_children_get_their_environment_from_one_place(
    make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    worker = make_worker("capture")
    pairs = Path(f"/proc/{worker.pid}/environ").read_bytes().decode().split("\0")
    given = dict(pair.split("=", 1) for pair in pairs if pair)

    assert given["STUDIO_PARENT"] == str(os.getpid())
    assert given["OMP_NUM_THREADS"] == given["NUMBA_NUM_THREADS"] == "1"
    assert "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD" not in given


def test_the_kernel_would_end_a_job_before_it_ends_the_window(make_worker: MakeWorker) -> None:
    worker = make_worker("compute")
    theirs = int(Path(f"/proc/{worker.pid}/oom_score").read_text())
    ours = int(Path("/proc/self/oom_score").read_text())
    assert theirs > ours


def test_a_child_inherits_no_files_of_the_desktop(make_worker: MakeWorker, tmp_path: Path) -> None:
    secret = (tmp_path / "secret").open("w")
    os.set_inheritable(secret.fileno(), True)
    try:
        worker = make_worker("capture")
        held = _open_files(worker.pid)
    finally:
        secret.close()
    assert str(tmp_path / "secret") not in held


def _open_files(pid: int) -> set[str]:
    held = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since we looked
            held.add(os.readlink(entry))
    return held


def test_a_worker_is_started_by_name_only_once(make_worker: MakeWorker) -> None:
    worker: Worker = make_worker("capture")
    pid = worker.pid
    worker.start()
    assert worker.pid == pid
