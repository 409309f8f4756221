"""What the live worker is told of the project."""

import pytest
from pytestqt.qtbot import QtBot

from studio.model.edits import SetTrackGain
from studio.model.project import TrackId
from studio.protocol.live import LoadProject
from studio.protocol.messages import Request
from studio.supervision.worker import Worker
from tests.helpers.session import WAIT_MS, Session, put_sound


def test_many_quick_changes_reach_the_worker_as_few(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_sound(session, 5.0)
    session.start(qtbot, session.live)
    sent: list[LoadProject] = []
    send = Worker.send

    def count(worker: Worker, request: Request) -> None:
        if isinstance(request, LoadProject):
            sent.append(request)
        send(worker, request)

    monkeypatch.setattr(Worker, "send", count)
    for step in range(100):
        session.document.do(SetTrackGain(track=TrackId("a"), gain_db=-step / 10))
    qtbot.waitUntil(lambda: bool(sent) and sent[-1].project == session.document.project, timeout=WAIT_MS)

    assert len(sent) < 10
