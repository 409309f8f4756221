"""Playing and recording, against the real live worker on a sound server that belongs to the test."""

import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from studio.model.edits import AddMedia, AddTrack, SetTrackGain
from studio.model.project import Clip, ClipId, Track, TrackId
from studio.protocol.live import AudioState, LoadProject
from studio.protocol.messages import Request
from studio.session.playhead import carried_on
from studio.supervision.worker import State, Worker
from tests.helpers import pulse, sounds
from tests.helpers.pulse import Pulse
from tests.helpers.session import WAIT_MS, Session

RATE_HZ = 48000


@pytest.fixture(scope="module")
def server() -> Iterator[Pulse]:
    if pulse.missing():
        pytest.fail(pulse.missing())
    with Pulse() as daemon:
        daemon.feed("booth", pulse.tone(330.0))
        yield daemon


@pytest.fixture
def session(server: Pulse, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[Session]:
    for name, value in server.environment.items():
        if name != "HOME":
            monkeypatch.setenv(name, value)
    session = Session()
    session.settings.change("recording", device="Monitor of booth")
    yield session
    session.close()


def put_sound(session: Session, seconds: float) -> None:
    """A sound on a track, without an import."""
    length = round(seconds * RATE_HZ)
    media = sounds.write_medium(session.document.folder, "m1", sounds.buzz(length))
    session.document.do(AddMedia(media=media))
    clip = Clip(id=ClipId("c1"), media=media.id, source_start=0, start=0, length=length)
    session.document.do(AddTrack(track=Track(id=TrackId("a"), name="A", clips=(clip,))))


def test_the_playhead_moves_while_sound_is_heard_and_stays_when_it_is_not(qtbot: QtBot, session: Session) -> None:
    put_sound(session, 20.0)
    session.start(qtbot, session.live)
    transport = session.transport
    session.selection.set_cursor(RATE_HZ)

    transport.play()
    qtbot.waitUntil(lambda: transport.position() > 1.5 * RATE_HZ, timeout=WAIT_MS)
    transport.stop()

    assert not transport.playing
    assert transport.position() == RATE_HZ


def test_playing_ends_by_itself_at_the_end(qtbot: QtBot, session: Session) -> None:
    put_sound(session, 0.6)
    session.start(qtbot, session.live)

    session.transport.play()
    qtbot.waitUntil(lambda: session.transport.state is not None and session.transport.state.playing, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not session.transport.playing, timeout=WAIT_MS)

    assert session.transport.position() == 0


def test_pausing_stays_and_goes_on_from_there(qtbot: QtBot, session: Session) -> None:
    put_sound(session, 20.0)
    session.start(qtbot, session.live)
    transport = session.transport
    transport.play()
    qtbot.waitUntil(lambda: transport.position() > RATE_HZ / 2, timeout=WAIT_MS)

    transport.pause()
    here = transport.position()
    assert here > RATE_HZ / 2
    transport.pause()

    assert transport.playing
    assert transport.position() >= here


def test_going_on_at_once_after_a_pause_is_never_taken_for_the_end(qtbot: QtBot, session: Session) -> None:
    put_sound(session, 60.0)
    session.start(qtbot, session.live)
    transport = session.transport
    transport.play()
    qtbot.waitUntil(lambda: transport.state is not None and transport.state.playing, timeout=WAIT_MS)

    for _ in range(20):
        with qtbot.waitSignal(
            session.live.said, check_params_cb=lambda said: isinstance(said, AudioState) and said.playing
        ):
            transport.pause()  # the worker's answer to this arrives when the next has been asked
            transport.pause()
        assert transport.playing


def said(*, playing: bool, serial: int) -> AudioState:
    """What the worker says of itself."""
    return AudioState(
        open_output="Speakers",
        open_input="",
        rate_hz=RATE_HZ,
        device_rate_hz=RATE_HZ,
        block=512,
        output_latency_s=0.02,
        input_latency_s=0.02,
        playing=playing,
        recording=False,
        monitoring=False,
        playhead="",
        meters="",
        serial=serial,
    )


def test_only_the_answer_to_the_last_order_to_play_can_be_its_end(session: Session) -> None:
    transport = session.transport
    put_sound(session, 5.0)
    transport.play()
    session.live.said.emit(said(playing=True, serial=1))
    transport.pause()
    transport.pause()

    session.live.said.emit(said(playing=False, serial=1))
    assert transport.playing

    session.live.said.emit(said(playing=True, serial=2))
    assert transport.playing

    session.live.said.emit(said(playing=False, serial=2))
    assert not transport.playing


def test_a_loop_never_leaves_its_stretch(qtbot: QtBot, session: Session) -> None:
    put_sound(session, 20.0)
    session.start(qtbot, session.live)
    transport = session.transport
    transport.set_loop(RATE_HZ, 2 * RATE_HZ)
    transport.set_loop_on(True)
    seen: list[float] = []

    transport.play()

    def went_round() -> bool:
        seen.append(transport.position())
        return any(later < earlier - RATE_HZ / 2 for earlier, later in itertools.pairwise(seen))

    qtbot.waitUntil(went_round, timeout=WAIT_MS)
    assert min(seen) >= RATE_HZ
    assert max(seen) < 2 * RATE_HZ


def test_looping_while_a_selection_plays_repeats_the_selection(qtbot: QtBot, session: Session) -> None:
    put_sound(session, 20.0)
    session.start(qtbot, session.live)
    transport = session.transport
    session.selection.set_range(RATE_HZ, 2 * RATE_HZ)
    seen: list[float] = []

    transport.play()
    qtbot.waitUntil(lambda: transport.position() > 1.2 * RATE_HZ, timeout=WAIT_MS)
    transport.set_loop_on(True)

    def went_round() -> bool:
        seen.append(transport.position())
        return any(later < earlier - RATE_HZ / 2 for earlier, later in itertools.pairwise(seen))

    qtbot.waitUntil(went_round, timeout=WAIT_MS)
    assert min(seen) >= RATE_HZ
    assert max(seen) < 2 * RATE_HZ


def test_a_selection_still_ends_where_it_ends_after_looping_or_pausing(qtbot: QtBot, session: Session) -> None:
    put_sound(session, 20.0)
    session.start(qtbot, session.live)
    transport = session.transport
    session.selection.set_range(RATE_HZ, 2 * RATE_HZ)
    seen: list[float] = []

    transport.play()
    qtbot.waitUntil(lambda: transport.position() > 1.1 * RATE_HZ, timeout=WAIT_MS)
    transport.set_loop_on(True)
    transport.set_loop_on(False)
    transport.pause()
    qtbot.waitUntil(lambda: transport.state is not None and not transport.state.playing, timeout=WAIT_MS)
    transport.pause()
    assert transport.playing

    def is_over() -> bool:
        if transport.playing:
            seen.append(transport.position())
        return not transport.playing

    qtbot.waitUntil(is_over, timeout=5000)
    assert max(seen) <= 2.1 * RATE_HZ


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


def test_a_take_lands_on_a_new_track_as_one_step_with_its_picture(qtbot: QtBot, session: Session) -> None:
    session.start(qtbot, session.live, session.compute)
    transport = session.transport

    transport.record()
    qtbot.waitUntil(lambda: transport.take_frames > RATE_HZ // 2, timeout=WAIT_MS)
    with qtbot.waitSignal(transport.take_finished, timeout=WAIT_MS):
        transport.stop()
    qtbot.waitUntil(lambda: not session.jobs.busy, timeout=WAIT_MS)

    project = session.document.project
    (track,) = project.tracks
    (clip,) = track.clips
    assert clip.length == project.medium(clip.media).length > RATE_HZ // 2
    assert session.document.undo_label == "Record take"
    assert [(row.title, row.state) for row in session.jobs.rows] == [("Drawing Take 1", "done")]
    session.document.undo()
    assert session.document.project.tracks == ()


def test_a_worker_killed_while_recording_loses_no_take_and_recording_goes_on(qtbot: QtBot, session: Session) -> None:
    session.start(qtbot, session.live, session.compute)
    transport = session.transport
    transport.record()
    qtbot.waitUntil(lambda: transport.take_frames > RATE_HZ, timeout=WAIT_MS)
    acknowledged = transport.take_frames

    with qtbot.waitSignal(session.takes.notice, timeout=WAIT_MS) as told:
        os.kill(session.live.pid, signal.SIGKILL)
    assert told.args is not None
    assert told.args[0].code == "take.interrupted"
    assert "kept up to" in told.args[0].cause
    assert transport.recording

    qtbot.waitUntil(lambda: transport.take is not None and transport.take_frames > RATE_HZ // 4, timeout=WAIT_MS)
    with qtbot.waitSignal(transport.take_finished, timeout=WAIT_MS):
        transport.stop()

    (track,) = session.document.project.tracks
    first, second = track.clips
    (gap,) = session.document.project.markers
    assert first.length >= acknowledged
    assert (gap.start, gap.end) == (first.end, second.start)


def test_an_interrupted_take_is_found_at_the_next_start_and_kept_when_asked(qtbot: QtBot, session: Session) -> None:
    session.start(qtbot, session.live)
    transport = session.transport
    transport.record()
    qtbot.waitUntil(lambda: transport.take_frames > RATE_HZ // 2, timeout=WAIT_MS)
    transport.stop_recording()
    session.live.said.disconnect()  # the desktop dies here, as far as the take is concerned
    qtbot.waitUntil(lambda: session.live.state is State.READY, timeout=WAIT_MS)
    session.live.finish()

    with qtbot.waitSignal(session.takes.found, timeout=WAIT_MS) as found:
        session.takes._transport._recorder.taking = None
        session.takes.look()

    assert found.args is not None
    (left,) = found.args[0]
    assert left.length_s > 0.5
    assert session.takes.keep(left.take)
    assert len(list(session.document.project.clips)) == 1
    session.document.flush()


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


@given(
    position=st.floats(0, 1e9),
    late_s=st.floats(-1.0, 10.0),
    start=st.integers(0, 10**8),
    length=st.integers(1, 10**8),
)
def test_a_playhead_in_a_loop_stays_in_it_and_never_runs_away(
    position: float, late_s: float, start: int, length: int
) -> None:
    now = carried_on(100.0, position, 100.0 + late_s, RATE_HZ, (start, start + length))

    if start <= position < start + length:
        assert start <= now <= start + length
    else:
        assert now <= position + RATE_HZ
