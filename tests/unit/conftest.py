"""The session without a window, on a sound server that belongs to the tests."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers import pulse
from tests.helpers.pulse import Pulse
from tests.helpers.session import Session


@pytest.fixture(scope="module")
def sound_server() -> Iterator[Pulse]:
    if pulse.missing():
        pytest.fail(pulse.missing())
    with Pulse() as daemon:
        daemon.feed("booth", pulse.tone(330.0))
        yield daemon


@pytest.fixture
def session(sound_server: Pulse, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Session]:
    for name, value in sound_server.environment.items():
        if name != "HOME":
            monkeypatch.setenv(name, value)
    session = Session()
    session.settings.change("recording", device="Monitor of booth")
    yield session
    session.close()
