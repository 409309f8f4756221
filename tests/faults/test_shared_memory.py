"""FAULTS 45 and 46: shared memory whose owner was killed, and a machine that has hardly any."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.ipc.ring import Ring
from studio.ipc.segment import sweep
from tests.helpers.processes import WAIT_MS, Heard, MakeWorker, make_worker

__all__ = ["make_worker"]

SHARED = Path("/dev/shm")  # noqa: S108
Injected = Callable[..., None]


def group_that_owns(count: int) -> tuple["subprocess.Popen[str]", list[str]]:
    """A process with a child that reads from it, both in a group of their own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.segment_owner", str(count)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, process.stdout.readline().split()


def kill_group_and_start_again(injected: Injected) -> None:
    """What the out-of-memory killer, a logout and systemd do: everything at once, nobody cleans up."""
    process, names = group_that_owns(3)
    with Ring.create(1, 100) as ours:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert all((SHARED / name).exists() for name in names), "nothing but the janitor may be what cleans up"

        removed = sweep()

        assert set(names) <= set(removed)
        assert not any((SHARED / name).exists() for name in names)
        assert (SHARED / ours.name).exists()
    injected(1)


def test_what_a_killed_group_left_is_swept_at_the_next_start(injected: Injected) -> None:
    kill_group_and_start_again(injected)


@pytest.mark.full_faults
def test_thirty_killed_groups_leave_nothing(injected: Injected) -> None:
    for _ in range(30):
        kill_group_and_start_again(injected)


def test_a_killed_reader_takes_nothing_from_the_living(injected: Injected) -> None:
    with Ring.create(2, 1000) as ring:
        code = (
            f"import sys\nfrom studio.ipc.ring import Ring\nr = Ring.attach({ring.name!r})\nprint('in', flush=True)\n"
        )
        reader = subprocess.Popen(
            [sys.executable, "-c", f"{code}sys.stdin.read()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert reader.stdout is not None
        reader.stdout.readline()
        reader.kill()
        reader.communicate()

        Ring.attach(ring.name).close()
        assert ring.name not in sweep()
        injected(1)


def test_the_desktop_sweeps_up_after_a_worker_that_died(
    qtbot: QtBot, make_worker: MakeWorker, injected: Injected
) -> None:
    worker = make_worker("capture")
    heard = Heard(worker)
    process, (name,) = group_that_owns(1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    with qtbot.waitSignal(worker.ready, timeout=WAIT_MS):
        os.kill(worker.pid, signal.SIGKILL)

    assert len(heard.deaths) == 1
    assert not (SHARED / name).exists()
    injected(1)


def in_a_small_machine(code: str) -> "subprocess.CompletedProcess[str]":
    """Run Python where /dev/shm holds 4 MiB, as in a container."""
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    mount = "mount -t tmpfs -o size=4m tmpfs /dev/shm"
    if shutil.which("unshare") is None or subprocess.run([*unshare, "sh", "-c", mount], check=False).returncode != 0:
        pytest.skip("this machine lets nobody make a mount namespace of his own")
    return subprocess.run(
        [*unshare, "sh", "-c", f'{mount} && exec "$0" -c "$1"', sys.executable, code],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_machine_with_hardly_any_shared_memory_gives_a_reason_not_a_crash(injected: Injected) -> None:
    done = in_a_small_machine(
        "from studio.ipc.ring import Ring\n"
        "from studio.errors import StudioError\n"
        "import numpy as np, os\n"
        "try:\n"
        "    Ring.create(2, 2_000_000)\n"
        "except StudioError as error:\n"
        "    print(error.explanation.sentence)\n"
        "print(os.listdir('/dev/shm'))\n"
    )

    assert done.returncode == 0, done.stderr
    assert "4.0 MiB free" in done.stdout
    assert done.stdout.endswith("[]\n")
    injected(1)


def test_every_ring_that_was_granted_can_be_filled_to_its_last_frame(injected: Injected) -> None:
    done = in_a_small_machine(
        "from studio.ipc.ring import Ring\n"
        "from studio.errors import StudioError\n"
        "import numpy as np\n"
        "rings = []\n"
        "try:\n"
        "    while True:\n"
        "        rings.append(Ring.create(2, 100_000))\n"
        "except StudioError:\n"
        "    pass\n"
        "block = np.ones((100_000, 2), np.float32)\n"
        "print([ring.write(block) for ring in rings])\n"
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str([100_000] * 5)
    injected(1)


def test_the_machine_of_these_tests_kills_who_does_not_ask_first() -> None:
    """The negative control: Python's own shared memory is granted, and its first use is SIGBUS."""
    done = in_a_small_machine(
        "from multiprocessing.shared_memory import SharedMemory\n"
        "memory = SharedMemory(create=True, size=16 << 20)\n"
        "memory.buf[:] = bytes(16 << 20)\n"
    )

    assert done.returncode == -signal.SIGBUS
