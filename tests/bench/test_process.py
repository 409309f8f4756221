"""What was promised of messages and shared memory, beside others in the same run."""

import json

import pytest

from studio.cli.bench_process import bench_ipc, bench_shm

pytestmark = pytest.mark.benchmark_suite


def test_a_round_trip_takes_at_most_half_of_zeromqs() -> None:
    measured = bench_ipc()
    print(json.dumps(measured))
    assert measured["ok"]


def test_sound_gets_into_shared_memory_about_as_fast_as_anywhere() -> None:
    measured = bench_shm()
    print(json.dumps(measured))
    assert measured["ok"]
