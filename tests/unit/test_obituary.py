"""What a person is told of a worker that was killed, and when memory is named as the reason."""

import signal
from pathlib import Path

from studio.supervision.memory import kernel_kills
from studio.supervision.obituary import Death, explain_death


def test_a_worker_that_was_killed_is_not_said_to_have_lacked_memory() -> None:
    why = explain_death(Death(role="compute", signal_number=signal.SIGKILL))

    assert why.code == "worker.died"
    assert why.cause == "It was ended from outside."
    assert "memory" not in why.sentence


def test_memory_is_a_guess_where_the_kernel_had_to_free_some() -> None:
    why = explain_death(Death(role="compute", signal_number=signal.SIGKILL, memory_ran_short=True))

    assert why.code == "worker.memory"
    assert "It may have run out of memory." in why.cause
    assert "smaller" in why.remedy


def test_the_kernels_count_is_read_wherever_it_is_kept(tmp_path: Path) -> None:
    machine, container = tmp_path / "vmstat", tmp_path / "memory.events"
    machine.write_text("pgfault 12\noom_kill 3\n")
    assert kernel_kills((machine, container)) == 3

    container.write_text("low 0\noom 1\noom_kill 2\noom_group_kill 9\n")
    assert kernel_kills((machine, container)) == 5


def test_a_system_that_keeps_no_count_has_none(tmp_path: Path) -> None:
    assert kernel_kills((tmp_path / "vmstat",)) is None
