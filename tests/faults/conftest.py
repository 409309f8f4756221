"""Counts what is broken on purpose, so that a run can say how many faults nothing was lost to."""

from collections import Counter
from collections.abc import Callable

import pytest

_injected: Counter[str] = Counter()


@pytest.fixture
def injected(request: pytest.FixtureRequest) -> Callable[[int], None]:
    """Call with the number of faults just injected, after seeing that nothing was lost to them."""

    def count(faults: int = 1) -> None:
        _injected[request.node.nodeid.rpartition("/")[2].partition("[")[0]] += faults

    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _injected:
        return
    terminalreporter.section("faults injected")
    for test, faults in sorted(_injected.items()):
        terminalreporter.write_line(f"{faults:7d}  {test}")
    terminalreporter.write_line(f"{sum(_injected.values()):7d}  in all, each survived")
