"""The session's side of singing: what the worker is told, also a new one, and what is read of its points."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID, run
from studio.errors import Explanation
from studio.ipc.series import Series
from studio.protocol.common import Refused
from studio.protocol.live import LIVE_PITCH_FIELDS, AudioState, Drone, LivePitch, Metronome, Speed, Trouble
from studio.protocol.messages import Request
from tests.helpers.session import Session

WHY = Explanation(code="x", title="No.", cause="So.", remedy="Else.")
IDLE = AudioState(
    open_output="", open_input="", rate_hz=48000, device_rate_hz=48000, block=480, output_latency_s=0.0,
    input_latency_s=0.0, playing=False, recording=False, monitoring=False, playhead="", meters="",
)  # fmt: skip


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session()
    yield session
    session.desk.close_singing()
    session.close()


@pytest.fixture
def sent(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What the live worker is sent."""
    requests: list[Request] = []
    monkeypatch.setattr(session.transport.worker, "send", requests.append)
    return requests


def state(pitch: str) -> AudioState:
    return replace(IDLE, pitch=pitch)


def test_looking_at_the_commands_begins_nothing(session: Session) -> None:
    for command in BY_ID.values():
        if command.group == "Sing":
            command.unavailable(session.desk)
            if command.checked is not None:
                command.checked(session.desk)

    assert not session.desk.has_sung


def test_the_worker_is_told_of_every_switch_once_and_a_new_one_of_all_that_is_on(
    session: Session, sent: list[Request]
) -> None:
    for command in ("sing.pitch", "sing.drone", "sing.drone_up", "sing.metronome", "sing.slower"):
        run(BY_ID[command], session.desk)
    told = list(sent)
    sent.clear()
    session.transport.worker.ready.emit(None)

    range_of = session.settings.value.pitch
    a_sharp = Drone(hz=220.0 * 2 ** (1 / 12), gain_db=-18.0)
    assert told[0] == LivePitch(on=True, low_hz=range_of.low_hz, high_hz=range_of.high_hz)
    assert told[1:2] == [Drone(hz=220.0, gain_db=-18.0)]
    assert isinstance(told[2], Drone)
    assert told[2].hz == pytest.approx(a_sharp.hz)
    assert told[3:] == [Metronome(on=True), Speed(speed=0.9)]
    assert [one for one in sent if isinstance(one, (LivePitch, Drone, Metronome, Speed))] == [told[0], *told[2:]]


def test_a_drone_follows_the_tuning_of_the_project_and_undo(session: Session, sent: list[Request]) -> None:
    session.desk.singing.set_drone(69.0)
    session.desk.singing.set_a4(415.0)
    session.document.undo()

    assert [one.hz for one in sent if isinstance(one, Drone)] == [440.0, 415.0, 440.0]


def test_what_the_worker_refuses_is_off_again(session: Session, sent: list[Request], qtbot: QtBot) -> None:
    singing = session.desk.singing
    singing.start()
    singing.set_metronome(True, bpm=500.0)
    assert singing.accompaniment.bpm == 300.0
    with qtbot.waitSignals([singing.changed, singing.changed]):
        session.transport.worker.said.emit(Refused(request="LivePitch", why=WHY))
        session.transport.worker.said.emit(Refused(request="Metronome", why=WHY))

    assert not singing.running
    assert not singing.accompaniment.metronome


def test_the_last_seconds_are_read_as_arrays(session: Session) -> None:
    singing = session.desk.singing
    now_s = time.monotonic()
    points = Series.create(LIVE_PITCH_FIELDS, 1024)
    try:
        singing.start()
        loading = singing.preparing
        session.transport.worker.said.emit(state(points.name))
        assert (loading, singing.preparing) == (True, False)
        assert len(singing.trace(5.0).time_s) == 0
        for step in range(400):
            swing = (5.5, 60.0) if step > 390 else (np.nan, np.nan)
            points.append(now_s - 2.0 + 0.005 * step, 200.0 + step, 200.0 + step, 0.9, -20.0, *swing)

        trace = singing.trace(1.0)
        assert 150 < len(trace.time_s) <= 200
        np.testing.assert_array_equal(np.diff(trace.f0_hz), 1.0)
        assert trace.f0_hz[-1] == 599.0
        assert singing.vibrato() == (5.5, 60.0)
        assert singing.level_db() == -20.0
        session.transport.worker.died.emit(WHY)
        assert len(singing.trace(5.0).time_s) == 0
        assert singing.vibrato() is None
    finally:
        points.close()


def test_warnings_about_hearing_oneself_are_said_until_they_are_over(session: Session, qtbot: QtBot) -> None:
    singing = session.desk.singing
    howl = Trouble(kind="feedback", why=WHY)
    with qtbot.waitSignal(singing.warned):
        session.transport.worker.said.emit(howl)
    session.transport.worker.said.emit(Trouble(kind="clipping", why=WHY))
    assert list(singing.warnings) == [howl]
    with qtbot.waitSignal(singing.warned):
        session.transport.worker.said.emit(Trouble(kind="feedback", why=WHY, over=True))
    assert not singing.warnings


@pytest.mark.parametrize("on", [True, False])
def test_beats_are_heard_along_with_a_take_also_where_the_project_is_silent(session: Session, on: bool) -> None:
    session.desk.singing.set_metronome(on, bpm=120.0, beats=3, count_in_bars=2)
    session.transport.record()

    assert session.transport.recording
    assert session.transport.playing is on
