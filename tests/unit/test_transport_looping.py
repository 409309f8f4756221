"""Recording in a loop, with the real live worker on a sound server that belongs to the test."""

import pytest
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID, run
from studio.errors import StudioError
from studio.session.playing import Loop
from tests.helpers.session import RATE_HZ, WAIT_MS, Session


def test_each_pass_is_a_take_of_the_loop_and_stopping_keeps_the_last(qtbot: QtBot, session: Session) -> None:
    session.start(qtbot, session.live, session.compute)
    desk, transport, document = session.desk, session.transport, session.document
    assert BY_ID["sing.record_loop"].unavailable(desk)
    start, stop = RATE_HZ, RATE_HZ + RATE_HZ // 2
    desk.selection.set_range(start, stop)

    assert run(BY_ID["sing.record_loop"], desk)
    qtbot.waitUntil(lambda: desk.looping.passes >= 2, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: transport.take is not None and transport.take_frames > 0, timeout=WAIT_MS)
    with qtbot.waitSignal(transport.take_finished, timeout=WAIT_MS):
        assert run(BY_ID["sing.record_loop"], desk)

    assert not desk.looping.on
    assert not transport.recording
    tracks = document.project.tracks
    assert len(tracks) == desk.looping.passes + 1 >= 3
    assert [track.muted for track in tracks] == [True] * (len(tracks) - 1) + [False]
    for track in tracks[:-1]:
        (clip,) = track.clips
        assert clip.end == stop  # it went on a little longer, which is trimmed and still in the file
        assert document.project.medium(clip.media).length > clip.length
        assert abs(clip.start - start) < RATE_HZ // 10
    assert tracks[-1].clips
    assert document.undo_label == "Record take"


def test_stop_on_the_transport_ends_the_loop_too(qtbot: QtBot, session: Session) -> None:
    session.start(qtbot, session.live, session.compute)
    desk, transport = session.desk, session.transport
    desk.looping.start(Loop(0, 60 * RATE_HZ))
    with pytest.raises(StudioError, match="being recorded"):
        desk.looping.start(Loop(0, RATE_HZ))
    qtbot.waitUntil(lambda: transport.take_frames > 0, timeout=WAIT_MS)
    with qtbot.waitSignal(desk.looping.changed, timeout=WAIT_MS):
        transport.stop()
    assert (desk.looping.on, desk.looping.passes) == (False, 1)
    ((clip,),) = [track.clips for track in session.document.project.tracks]
    assert clip.length > 0


def test_nothing_is_recorded_in_a_loop_without_length(session: Session) -> None:
    with pytest.raises(StudioError, match="no length"):
        session.desk.looping.start(Loop(5, 5))
    assert not session.desk.looping.on
