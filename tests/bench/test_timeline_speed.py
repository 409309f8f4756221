"""What was promised of the window's drawing, in CPU time and beside pyqtgraph in the same run."""

import json
from collections.abc import Callable

import pytest

from studio.cli.bench_gui import gui

pytestmark = [pytest.mark.benchmark_suite, pytest.mark.timeout(900)]


def test_the_window_draws_as_quickly_as_promised(record_property: Callable[[str, object], None]) -> None:
    measured = gui()
    print(json.dumps(measured, indent=1))
    record_property("gui", measured)

    goals = measured["goals"]
    assert isinstance(goals, dict)
    missed = [goal for goal, met in goals.items() if not met]
    assert not missed
