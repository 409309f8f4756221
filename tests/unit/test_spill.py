"""The file that takes a worker's stderr neither grows without end nor loses its last words."""

from pathlib import Path

import pytest

from studio.supervision.spill import Spill

MIB = 2**20


@pytest.fixture
def spill(tmp_path: Path) -> Spill:
    return Spill(tmp_path / "compute.stderr")


def test_a_long_file_is_put_aside_before_the_next_start(spill: Spill) -> None:
    spill.path.write_bytes(b"x" * 5 * MIB)
    spill.rotate()

    assert not spill.path.exists()
    assert spill.path.with_name("compute.stderr.1").stat().st_size == 5 * MIB


def test_a_short_file_goes_on(spill: Spill) -> None:
    spill.rotate()
    spill.path.write_bytes(b"said before")
    spill.rotate()

    assert spill.path.read_bytes() == b"said before"


def test_a_flood_is_cut_while_it_is_written_and_its_end_kept(spill: Spill) -> None:
    with spill.path.open("ab", buffering=0) as writer:  # as the worker has it open
        writer.write(b"x" * 33 * MIB + b"last words")
        spill.look()
        writer.write(b"and more")

    assert spill.path.read_bytes() == b"and more"
    assert spill.path.with_name("compute.stderr.1").read_bytes().endswith(b"last words")


def test_what_is_no_flood_is_left_alone(spill: Spill) -> None:
    spill.look()
    spill.path.write_bytes(b"x" * MIB)
    spill.look()

    assert spill.path.stat().st_size == MIB
