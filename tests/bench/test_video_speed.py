"""What was promised of pictures: fifty milliseconds to the right one where it was prepared, and never a wrong one."""

import json

import pytest

from studio.cli.bench_video import bench_video

pytestmark = pytest.mark.benchmark_suite


@pytest.mark.timeout(1800)
def test_a_jump_in_a_video_shows_the_right_picture_in_time() -> None:
    measured = bench_video()
    print(json.dumps(measured))
    assert measured["ok"]
