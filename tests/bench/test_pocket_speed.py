"""What was promised of Pocket TTS, beside the package's own way in the same run."""

import json

import pytest

from studio.cli.bench_pocket import bench_pocket

pytestmark = pytest.mark.benchmark_suite


@pytest.mark.timeout(3600)
def test_pocket_tts_is_as_quick_as_the_package_and_stops_at_once() -> None:
    measured = bench_pocket()
    print(json.dumps(measured))
    assert measured["ok"]
