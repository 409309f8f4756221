"""What every test stands on: a display, folders of its own, and guards against what it might leave behind."""

import gc
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

os.environ.setdefault("TRITON_INTERPRET", "1")  # Triton kernels run on any machine, slowly; the GPU run sets 0
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The first call of a kernel compiles it, and two busy cores stall now and then.
hypothesis.settings.register_profile(
    "here", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("here")

_SHARED = Path("/dev/shm")  # noqa: S108
_HERE = Path(__file__).parent
_IN_REAL_TIME = (
    *("capture/", "cli/test_capture", "faults/test_capture", "faults/test_devices", "faults/test_leaving"),
    *("faults/test_playing", "faults/test_recording", "ui/test_live", "ui/test_reading", "ui/test_sing"),
    *("unit/test_transport", "workers/test_live", "workers/test_monitoring"),
)
_IN_NO_TIME = (  # nothing listens or looks there, for all their names
    *("capture/test_breaks", "capture/test_melody", "capture/test_overlays"),
    *("ui/test_live_spectrum", "ui/test_sing_numbers", "ui/test_sing_reference"),
    *("workers/test_live_alignment", "workers/test_live_gaps", "workers/test_live_loop"),
)
_LONG_FIRST = ("ui", "cli", "faults", "workers", "engines")  # or a long file at the end leaves the other core idle
_display: subprocess.Popen[bytes] | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Give Qt a real display where one can be started, before any test module imports it."""
    global _display
    # Kernels compile once a machine, not once a test.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir()) / "melisma-tests-numba"))
    if os.environ.get("QT_QPA_PLATFORM") or os.environ.get("DISPLAY"):
        return
    if config.getoption("numprocesses", None):  # each process that runs tests gets a display of its own
        return
    if shutil.which("Xvfb") is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return
    read, write = os.pipe()
    _display = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x900x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    os.environ["DISPLAY"] = f":{number}"
    os.environ["QT_QPA_PLATFORM"] = "xcb"


def pytest_unconfigure(config: pytest.Config) -> None:
    if _display is not None:
        _display.terminate()
        _display.wait()


def _in_real_time(module: Path) -> bool:
    name = module.relative_to(_HERE).as_posix()
    return name.startswith(_IN_REAL_TIME) and not name.startswith(_IN_NO_TIME)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A module that the marks leave out as a whole is not imported: all of them together take half a minute."""
    marks = config.getoption("markexpr")
    if collection_path.suffix != ".py" or "real_time" not in marks:
        return None
    return True if _in_real_time(collection_path) is ("not real_time" in marks) else None


def _turn(module: Path) -> int:
    folder = module.relative_to(_HERE).parts[0]
    return _LONG_FIRST.index(folder) if folder in _LONG_FIRST else len(_LONG_FIRST)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what listens, looks or plays in real time: no other test may take its processor away meanwhile.

    The rest is sorted: whole files are handed out in this order.
    """
    for item in items:
        if _in_real_time(item.path):
            item.add_marker(pytest.mark.real_time)
    items.sort(key=lambda item: _turn(item.path))


def pytest_collection_finish() -> None:
    """What is loaded by now stays loaded: no search for garbage goes over it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _garbage_is_found_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the program itself, no other thread looks for garbage: it would destroy widgets where it finds them."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def _leaves_no_widgets(request: pytest.FixtureRequest) -> Iterator[None]:
    """What one test leaves on the screen is dressed again with every window of the next."""
    yield
    if "qapp" not in request.fixturenames:
        return
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [widget for widget in QApplication.topLevelWidgets() if widget.parent() is None]
    assert not left, f"widgets that nobody closed: {left}"


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what a person has."""
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"STUDIO_{name}", str(tmp_path / name.lower()))
    monkeypatch.setenv("STUDIO_FAULTS", "1")


@pytest.fixture(autouse=True)
def _leaves_no_shared_memory() -> Iterator[None]:
    mine = f"melisma-{os.getpid()}-*"
    before = {path.name for path in _SHARED.glob(mine)}
    yield
    left = sorted({path.name for path in _SHARED.glob(mine)} - before)
    assert not left, f"shared memory that nobody unlinked: {left}"


@pytest.fixture(autouse=True)
def _logs_no_surprises(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    loud = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert not loud, f"logged without the test expecting it: {loud}"
