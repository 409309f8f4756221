"""The live worker as the session sees it: it dies, comes back, or finds no device. On a real sound server."""

import os
import signal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.session import RATE_HZ, WAIT_MS, Session, put_sound


def test_levels_are_read_while_sound_comes_out(qtbot: QtBot, session: Session) -> None:
    put_sound(session, 20.0)
    session.start(qtbot, session.live)

    session.transport.play()

    def is_loud() -> bool:
        levels = session.transport.levels()
        return levels is not None and levels.out_peak_db_l > -40

    qtbot.waitUntil(is_loud, timeout=WAIT_MS)


def test_a_worker_that_was_killed_comes_back_knowing_everything(qtbot: QtBot, session: Session) -> None:
    put_sound(session, 20.0)
    session.start(qtbot, session.live)
    transport = session.transport
    transport.play()
    qtbot.waitUntil(lambda: transport.position() > 0, timeout=WAIT_MS)

    with qtbot.waitSignal(transport.notice, timeout=WAIT_MS), qtbot.waitSignal(session.live.ready, timeout=WAIT_MS):
        os.kill(session.live.pid, signal.SIGKILL)
    assert not transport.playing

    transport.play()
    qtbot.waitUntil(lambda: transport.position() > RATE_HZ / 4, timeout=WAIT_MS)


def test_without_a_device_the_person_is_told_and_nothing_pretends_to_play(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    session = Session()
    put_sound(session, 5.0)
    session.start(qtbot, session.live)

    with qtbot.waitSignal(session.transport.notice, timeout=WAIT_MS) as told:
        session.transport.play()

    assert told.args is not None
    assert told.args[0].remedy
    assert not session.transport.playing
    session.close()
