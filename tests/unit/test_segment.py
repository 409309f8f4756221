"""Shared memory that nobody else can take away, and that is swept up when its owner is dead."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.errors import StudioError
from studio.ipc.segment import Segment, sweep

SHARED = Path("/dev/shm")  # noqa: S108
OWNER = """
import os, sys
from studio.ipc.segment import Segment
segment = Segment.create(4096)
print(segment.name, flush=True)
sys.stdin.read()
os._exit(0)  # as a killed process does, it unlinks nothing
"""


def owner() -> "tuple[subprocess.Popen[str], str]":
    process = subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> None:
    process.communicate()


def test_both_sides_see_the_same_bytes() -> None:
    with Segment.create(100) as mine, Segment.attach(mine.name) as theirs:
        mine.memory[10:13] = b"abc"

        assert theirs.memory[10:13] == b"abc"
        assert mine.memory[:10] == bytes(10)
        assert mine.size_bytes == 100


def test_only_the_creator_takes_the_name_away() -> None:
    with Segment.create(100) as mine:
        Segment.attach(mine.name).close()
        assert (SHARED / mine.name).exists()
    assert not (SHARED / mine.name).exists()


def test_the_other_side_keeps_its_memory_when_the_creator_closes() -> None:
    mine = Segment.create(100)
    with Segment.attach(mine.name) as theirs:
        mine.memory[0:1] = b"x"
        mine.close()

        assert theirs.memory[0:1] == b"x"


def test_closing_under_a_view_in_use_is_no_crash() -> None:
    segment = Segment.create(100)
    view = memoryview(segment.memory)
    segment.close()
    view[0] = 1
    view.release()


def test_a_segment_that_is_gone_is_explained() -> None:
    with pytest.raises(StudioError) as failed:
        Segment.attach("melisma-1-1-1")
    assert failed.value.explanation.code == "memory.gone"


def test_a_segment_larger_than_the_machine_is_explained_and_leaves_nothing() -> None:
    before = set(SHARED.iterdir())
    with pytest.raises(StudioError) as failed:
        Segment.create(1 << 44)

    assert failed.value.explanation.code == "memory.shared"
    assert failed.value.explanation.remedy
    assert set(SHARED.glob("melisma-*")) <= before


def test_a_process_that_attached_and_ended_takes_nothing_with_it() -> None:
    with Segment.create(100) as mine:
        code = f"from studio.ipc.segment import Segment; Segment.attach({mine.name!r})"
        subprocess.run([sys.executable, "-c", code], check=True)

        assert (SHARED / mine.name).exists()


def test_the_janitor_takes_what_the_dead_left_and_nothing_of_the_living() -> None:
    (dead, left), (alive, used) = owner(), owner()
    with Segment.create(100) as mine:
        end(dead)
        assert (SHARED / left).exists()

        removed = sweep()

        assert left in removed
        assert {used, mine.name}.isdisjoint(removed)
        assert (SHARED / used).exists()
    end(alive)
    assert used in sweep()


def test_the_janitor_is_not_fooled_by_a_pid_that_was_given_away_again() -> None:
    stolen = SHARED / f"melisma-{os.getpid()}-12345-0"
    stolen.touch()

    assert stolen.name in sweep()


def test_the_janitor_leaves_what_it_does_not_know() -> None:
    stranger = SHARED / "melisma-of-somebody-else"
    stranger.touch()
    try:
        assert stranger.name not in sweep()
    finally:
        stranger.unlink()


def test_no_process_is_started_to_track_segments() -> None:
    code = (
        "import psutil, sys\n"
        "from studio.ipc.ring import Ring\n"
        "with Ring.create(2, 100) as ring: Ring.attach(ring.name).close()\n"
        "print(len(psutil.Process().children()), 'multiprocessing.resource_tracker' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False"]
