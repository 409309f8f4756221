"""The session ends while a take is being recorded: FAULTS 32. No question is asked, nothing is lost, nothing stays."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from studio.media.store import ProjectStore
from studio.media.takes import read_header, recover
from studio.model.project import Project
from tests.helpers.live import lost, read_take
from tests.helpers.pulse import Feed, Pulse, missing, until

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing())]
ROOT = Path(__file__).parents[2]
RATE_HZ = 48000
LEAVES_WITHIN_S = 4.0  # 2 s is the goal; this machine may be shared by others


def end_while_recording(pulse: Pulse, home: Path, kind: signal.Signals, wanted: int) -> float:
    """Start the studio, have it record so many frames, end it, look at what it left; return the seconds it took."""
    folders = {f"STUDIO_{name}": str(home / name.lower()) for name in ("DATA", "CONFIG", "CACHE")}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.recording_studio", "Monitor of booth"],
        env=os.environ | pulse.environment | folders,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as studio:
        assert studio.stdout is not None
        lines = iter(studio.stdout)
        folder = next(Path(line.strip()) for line in lines if line.startswith("/"))
        acknowledged = next(frames for frames in map(int, lines) if frames >= wanted)
        children = psutil.Process(studio.pid).children(recursive=True)
        studio.send_signal(kind)
        ended_s = time.monotonic()
        for line in lines:
            acknowledged = max(acknowledged, int(line))
        status = studio.wait(LEAVES_WITHIN_S)
        took_s = time.monotonic() - ended_s

    assert status == 0
    assert took_s < LEAVES_WITHIN_S
    until(lambda: not any(map(_lives, children)), 1.0, "no process is left")
    assert not [path for child in children for path in Path("/dev/shm").glob(f"melisma-{child.pid}-*")]  # noqa: S108
    assert not (folder / ".lock").exists()
    (take,) = (path.name for path in (folder / "takes").iterdir())
    sound = read_take(folder, take)
    assert len(sound) >= acknowledged
    assert lost(sound) == 0
    assert placed(folder) == len(sound) or [found.take for found in recover(folder, also_complete=True)] == [take]
    header = read_header(folder / "takes" / take)
    assert header is not None
    assert header.state != "recording"
    return took_s


def placed(folder: Path) -> int:
    """The samples of clips in the project as the next start finds it."""
    opened = ProjectStore.open(folder)
    project: Project = opened.history.project
    opened.store.close()
    return sum(clip.length for clip in project.clips)


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGHUP])
def test_a_session_that_ends_while_recording_keeps_the_take(
    pulse: Pulse,
    counting: Feed,
    tmp_path: Path,
    kind: signal.Signals,
    injected: Callable[[int], None],
    say: Callable[[str], None],
) -> None:
    took_s = end_while_recording(pulse, tmp_path, kind, RATE_HZ // 2)
    injected(1)
    say(f"gone {took_s:.2f} s after {kind.name}")


@pytest.mark.full_faults
@pytest.mark.timeout(900)
def test_twenty_sessions_that_end_while_recording(
    pulse: Pulse, counting: Feed, tmp_path: Path, injected: Callable[[int], None], say: Callable[[str], None]
) -> None:
    chance = random.Random(32)  # noqa: S311
    took_s = []
    for number in range(20):
        kind = (signal.SIGTERM, signal.SIGHUP)[number % 2]
        took_s.append(end_while_recording(pulse, tmp_path / str(number), kind, chance.randrange(1, RATE_HZ)))
        injected(1)
    say(f"gone after {max(took_s):.2f} s at most")
