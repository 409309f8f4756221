"""The screen that is captured and the worker that does it, for tests that share them."""

from collections.abc import Iterator

import pytest

from tests.helpers.capture import CaptureProcess
from tests.helpers.screen import VirtualScreen

WIDTH, HEIGHT = 480, 270


@pytest.fixture(scope="module")
def screen() -> Iterator[VirtualScreen]:
    """Pictures that count, so that a test can tell which it sees."""
    with VirtualScreen(WIDTH, HEIGHT) as screen:
        screen.show("counting")
        yield screen


@pytest.fixture(scope="module")
def capture(screen: VirtualScreen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaptureProcess]:
    data = tmp_path_factory.mktemp("data")
    with CaptureProcess(screen, {"STUDIO_DATA": str(data), "STUDIO_CACHE": str(data)}) as process:
        yield process
