"""Takes, against the real live worker on a sound server that belongs to the test."""

import os
import signal

from pytestqt.qtbot import QtBot

from studio.media.wav import MappedWav
from studio.session.pictures import peaks_path
from studio.supervision.worker import State
from tests.helpers.session import RATE_HZ, WAIT_MS, Session


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


def test_a_take_whose_folder_was_away_is_heard_as_soon_as_the_folder_is_back(qtbot: QtBot, session: Session) -> None:
    session.start(qtbot, session.live, session.compute)
    transport, folder = session.transport, session.document.folder
    transport.record()
    qtbot.waitUntil(lambda: transport.take_frames > RATE_HZ // 2, timeout=WAIT_MS)
    away = folder.rename(folder.with_name("away"))
    qtbot.waitUntil(lambda: bool(transport.equipment.troubles), timeout=WAIT_MS)
    with qtbot.waitSignal(transport.take_finished, timeout=WAIT_MS):
        transport.stop()
    (media,) = session.document.project.media
    assert media.length
    qtbot.waitUntil(lambda: [one.kind for one in transport.equipment.troubles] == ["media_missing"], timeout=WAIT_MS)

    away.rename(folder)
    qtbot.waitUntil(lambda: not transport.equipment.troubles, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: [row.state for row in session.jobs.rows] == ["done"], timeout=WAIT_MS)
    assert peaks_path(media.id).is_file()
    assert MappedWav.open(folder / media.file).length == media.length
