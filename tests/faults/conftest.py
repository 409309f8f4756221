"""What is broken, and a count of how often: a run says how many faults nothing was lost to, and what it measured.

Both travel with the reports of the tests, which also come from other processes.
"""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.helpers.pulse import Feed, Pulse, counter
from tests.helpers.session import Session

Start = Callable[[], Session]
_INJECTED = "faults injected"
_SAID = "said"


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a session, as often as needed; those that were not closed are closed at the end."""
    sessions: list[Session] = []

    def _start() -> Session:
        sessions.append(Session())
        return sessions[-1]

    yield _start
    for session in sessions:
        session.close()


@pytest.fixture(scope="module")
def pulse() -> Iterator[Pulse]:
    with Pulse() as daemon:
        yield daemon


@pytest.fixture
def counting(pulse: Pulse) -> Iterator[Feed]:
    """A microphone that hears the counting signal."""
    feed = pulse.feed("booth", counter())
    yield feed
    feed.stop()


@pytest.fixture
def injected(record_property: Callable[[str, object], None]) -> Callable[[int], None]:
    """Call with the number of faults just injected, after seeing that nothing was lost to them."""

    def count(faults: int = 1) -> None:
        record_property(_INJECTED, int(faults))

    return count


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Put a line into the report of the run."""

    def write(text: str) -> None:
        record_property(_SAID, text)

    return write


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counted: Counter[str] = Counter()
    said: list[str] = []
    for reports in terminalreporter.stats.values():
        for report in reports:
            if not isinstance(report, pytest.TestReport) or report.when != "call":
                continue
            test = report.nodeid.rpartition("/")[2].partition("[")[0].partition("@")[0]
            counted[test] += sum(int(str(value)) for name, value in report.user_properties if name == _INJECTED)
            said += [f"{test}: {value}" for name, value in report.user_properties if name == _SAID]
    counted = +counted
    if not counted:
        return
    terminalreporter.section("faults injected")
    for line in sorted(said):
        terminalreporter.write_line(line)
    for test, faults in sorted(counted.items()):
        terminalreporter.write_line(f"{faults:7d}  {test}")
    terminalreporter.write_line(f"{counted.total():7d}  in all, each survived")
