"""Takes and SIGKILL: FAULTS 1 to 5. Every sample counts itself, so that one lost or doubled is seen."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import psutil
import pytest
from msgspec.structs import replace

from studio import paths
from studio.media.takes import RecoveredTake, TakeHeader, TakeWriter, mark_recovered, recover
from studio.protocol.live import OpenAudio, StopRecording, TakeFinished, TakeProgress, TakeStarted
from tests.helpers.live import LiveProcess, lost, read_take, record_into
from tests.helpers.pulse import Feed, Pulse, missing, until

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing())]
BOOTH = OpenAudio(output="stage", input="Monitor of booth")
ROOT = Path(__file__).parents[2]
ACKNOWLEDGED_LOST_AT_MOST = 960  # 20 ms
Count = Callable[[int], None]
Say = Callable[[str], None]


def seeded(name: str) -> random.Random:
    seed = int(os.environ.get("FAULT_SEED", "") or random.SystemRandom().randrange(1 << 30))
    print(f"\n{name}: FAULT_SEED={seed}", end=" ")  # noqa: T201
    return random.Random(seed)  # noqa: S311


def kept(folder: Path, take: str, acknowledged: int) -> RecoveredTake:
    """The take, which is offered, as long as was acknowledged, readable by another program, and whole."""
    sound = read_take(folder, take)
    (found,) = (found for found in recover(folder) if found.take == take)
    # The header follows the data: a kill between the two hides what was written last from programs that believe it.
    assert 0 <= found.length - len(sound) <= ACKNOWLEDGED_LOST_AT_MOST
    assert len(sound) >= acknowledged - ACKNOWLEDGED_LOST_AT_MOST
    assert np.abs(sound).max() > 0
    assert lost(sound) == 0
    return found


def kill_workers(pulse: Pulse, folder: Path, kills: int, injected: Count) -> None:
    chance = seeded("worker killed while recording")
    with LiveProcess(pulse.environment) as worker:
        for number in range(kills):
            loop = (0, 9600 * (number % 2))  # every other one goes round a loop
            order = replace(record_into(folder, f"k{number}"), loop_start=loop[0], loop_stop=loop[1])
            seen = worker.send(BOOTH, order)
            wanted = chance.randrange(1, 72000)
            progress = worker.wait(TakeProgress, lambda said, wanted=wanted: said.frames >= wanted, since=seen)  # type: ignore[misc]
            worker.kill()
            found = kept(folder, f"k{number}", progress.frames)
            assert (found.loop_start, found.loop_stop) == loop
            injected(1)
            worker.start()


def test_a_worker_killed_while_recording_loses_nothing_acknowledged(
    pulse: Pulse, counting: Feed, tmp_path: Path, injected: Count
) -> None:
    kill_workers(pulse, tmp_path, 5, injected)


@pytest.mark.full_faults
@pytest.mark.timeout(1800)
def test_a_hundred_workers_killed_while_recording(
    pulse: Pulse, counting: Feed, tmp_path: Path, injected: Count
) -> None:
    kill_workers(pulse, tmp_path, 100, injected)


def test_recording_goes_on_two_seconds_after_a_kill(
    pulse: Pulse, counting: Feed, tmp_path: Path, injected: Count, say: Say
) -> None:
    with LiveProcess(pulse.environment) as worker:
        seen = worker.send(BOOTH, record_into(tmp_path, "one"))
        worker.wait(TakeProgress, lambda said: said.frames > 24000, since=seen)
        worker.kill()
        killed_s = time.monotonic()
        worker.start()
        seen = worker.send(BOOTH, record_into(tmp_path, "two"))
        worker.wait(TakeStarted, since=seen)
        again_s = time.monotonic() - killed_s
        worker.wait(TakeProgress, lambda said: said.frames > 24000, since=seen)
        seen = worker.send(StopRecording())
        worker.wait(TakeFinished, since=seen)

    assert [take.take for take in recover(tmp_path)] == ["one"]
    assert lost(read_take(tmp_path, "two")) == 0
    say(f"recording again after {again_s:.2f} s")
    injected(1)
    assert again_s < 4.0  # 2 s is the goal; this machine may be shared by others


def kill_desktops(
    pulse: Pulse, folder: Path, kills: int, injected: Count, *, whole_group: bool, say: Say | None = None
) -> None:
    """Everything ends with its desktop; 2 s is the goal, which a machine that others use too cannot be held to.

    What is asking the sound server something ends with its answer, and what is just beginning, once it has begun.
    """
    chance = seeded("whole group killed" if whole_group else "desktop killed while recording")
    longest_s = 0.0
    for number in range(kills):
        desktop = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.recording_desktop", "Monitor of booth", str(folder), f"d{number}"],
            env=os.environ | pulse.environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert desktop.stdout is not None
        worker = int(desktop.stdout.readline())
        wanted = chance.randrange(1, 60000)
        acknowledged = 0
        while acknowledged < wanted:
            acknowledged = int(desktop.stdout.readline())
        processes = [worker, *(child.pid for child in psutil.Process(worker).children(recursive=True))]
        killed_s = time.monotonic()
        if whole_group:
            os.killpg(desktop.pid, signal.SIGKILL)
        else:
            desktop.kill()
        desktop.wait()
        desktop.stdout.close()
        until(lambda these=processes: not any(map(_alive, these)), 30.0, "every process dies with its desktop")  # type: ignore[misc]
        longest_s = max(longest_s, time.monotonic() - killed_s)
        for path in Path("/dev/shm").glob(f"melisma-{worker}-*"):  # noqa: S108
            path.unlink()
        kept(folder, f"d{number}", acknowledged)
        mark_recovered(folder, f"d{number}")
        assert recover(folder) == ()
        injected(1)
    if say is not None:
        say(f"every process had died {longest_s:.2f} s after its desktop at the latest")


def _alive(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


@pytest.mark.parametrize("whole_group", [False, True])
def test_a_killed_desktop_takes_its_worker_along_and_leaves_the_take(
    pulse: Pulse, counting: Feed, tmp_path: Path, whole_group: bool, injected: Count
) -> None:
    kill_desktops(pulse, tmp_path, 2, injected, whole_group=whole_group)


def test_a_take_of_a_project_that_was_never_saved_is_there(pulse: Pulse, counting: Feed, injected: Count) -> None:
    kill_desktops(pulse, paths.untitled() / "2026-11-21", 1, injected, whole_group=True)


@pytest.mark.full_faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("whole_group", [False, True])
def test_fifty_killed_desktops(
    pulse: Pulse, counting: Feed, tmp_path: Path, whole_group: bool, injected: Count, say: Say
) -> None:
    kill_desktops(pulse, tmp_path, 50, injected, whole_group=whole_group, say=say)


@pytest.mark.full_faults
@pytest.mark.timeout(1800)
def test_twenty_projects_that_were_never_saved(pulse: Pulse, counting: Feed, injected: Count) -> None:
    kill_desktops(pulse, paths.untitled() / "2026-11-21", 20, injected, whole_group=True)


RECOVERY = """
import sys
from pathlib import Path
from studio.media.takes import mark_recovered, recover
folder = Path(sys.argv[1])
print("ready", flush=True)
for take in recover(folder):
    print(take.take, take.length, flush=True)
    mark_recovered(folder, take.take)
"""


def kill_recoveries(folder: Path, kills: int, injected: Count) -> None:
    """Kill recovery at random moments, again and again; in the end every take was offered and none is gone."""
    chance = seeded("killed during recovery")
    for number in range(kills):
        writer = TakeWriter(folder / "takes" / f"r{number:03}", _header(f"r{number:03}"))
        writer.write(np.full((4800 + number, 1), 0.5, np.float32))
        writer.close("interrupted")
    before = {path: path.read_bytes() for path in folder.rglob("*.wav")}
    offered: set[str] = set()
    runs = 0
    while recover(folder):
        runs += 1
        run = subprocess.Popen(
            [sys.executable, "-c", RECOVERY, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert run.stdout is not None
        for line in itertools_take(run.stdout, 1 + chance.randrange(1, 4)):
            offered.add(line.split()[0])
        run.kill()
        run.stdout.close()
        run.wait()

    assert {path: path.read_bytes() for path in before} == before
    assert {f"r{number:03}" for number in range(kills)} <= offered | {
        take.name for take in (folder / "takes").iterdir() if _state(take) == "recovered"
    }
    injected(runs)


def itertools_take(lines: Iterator[str], count: int) -> Iterator[str]:
    for _ in range(count):
        line = next(lines, None)
        if line is None:
            return
        yield line


def _state(take: Path) -> str:
    return msgspec.json.decode((take / "take.json").read_bytes(), type=TakeHeader).state


def _header(take: str) -> TakeHeader:
    return TakeHeader(take=take, track="t", start=0, rate_hz=48000, channels=1)


def test_recovery_may_be_killed_at_any_moment(tmp_path: Path, injected: Count) -> None:
    kill_recoveries(tmp_path, 12, injected)


@pytest.mark.full_faults
@pytest.mark.timeout(1800)
def test_recovery_killed_fifty_times(tmp_path: Path, injected: Count) -> None:
    kill_recoveries(tmp_path, 100, injected)
