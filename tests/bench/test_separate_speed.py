"""What was promised of Demucs, beside the package's own way in the same run."""

import json

import pytest

from studio.cli.bench_separate import bench_separate

pytestmark = pytest.mark.benchmark_suite


@pytest.mark.timeout(5400)
def test_demucs_needs_less_time_or_less_memory_than_the_package() -> None:
    measured = bench_separate()
    print(json.dumps(measured))
    assert measured["ok"]
