"""Recording in a loop, with the real live worker on a sound server that belongs to the test."""

import itertools
import os
import signal

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID, run
from studio.errors import StudioError
from studio.media.takes import TakeHeader, TakeWriter
from studio.model.edits import SetTrackGain
from studio.model.project import Clip, Project, TrackId
from studio.session.looping import Loop
from tests.helpers.session import RATE_HZ, WAIT_MS, Session, put_sound

HALF = Loop(RATE_HZ, RATE_HZ + RATE_HZ // 2)


def loops(session: Session) -> bool:
    """Whether the button is pressed."""
    checked = BY_ID["sing.record_loop"].checked
    return checked is not None and checked(session.desk)


def passes_of(project: Project) -> list[Clip]:
    """The one clip of every track, of one recording whose passes follow each other to the sample."""
    assert len({media.file.split("/")[1] for media in project.media if media.file.startswith("takes/")}) == 1
    clips = [clip for track in project.tracks for clip in track.clips]
    assert len(clips) == len(project.tracks)
    for clip, later in itertools.pairwise(clips):
        assert later.source_start == clip.source_end
    return clips


def test_one_take_goes_round_the_loop_and_each_pass_lands_on_a_track(qtbot: QtBot, session: Session) -> None:
    session.start(qtbot, session.live, session.compute)
    desk, transport, document = session.desk, session.transport, session.document
    assert BY_ID["sing.record_loop"].unavailable(desk)
    desk.selection.set_range(HALF.start, HALF.stop)

    assert run(BY_ID["sing.record_loop"], desk)
    assert loops(session)
    qtbot.waitUntil(lambda: transport.take_frames > 2.5 * HALF.length, timeout=WAIT_MS)
    assert transport.take is not None
    assert transport.take.loop == HALF
    assert transport.position() in HALF
    with qtbot.waitSignal(transport.take_finished, timeout=WAIT_MS):
        assert run(BY_ID["sing.record_loop"], desk)

    assert not loops(session)
    assert not transport.recording
    tracks, clips = document.project.tracks, passes_of(document.project)
    assert len(clips) >= 3
    assert [track.name for track in tracks] == [f"Take {number + 1}" for number in range(len(tracks))]
    assert [track.muted for track in tracks] == [True] * (len(tracks) - 1) + [False]
    assert {(clip.start, clip.end) for clip in clips[:-1]} == {(HALF.start, HALF.stop)}
    assert clips[-1].start == HALF.start
    document.undo()
    assert document.project.tracks == ()


def test_what_plays_along_goes_round_and_the_passes_are_counted(qtbot: QtBot, session: Session) -> None:
    put_sound(session, 4.0)
    session.start(qtbot, session.live, session.compute)
    transport, seen = session.transport, list[tuple[int, float]]()
    transport.record_loop(HALF)

    def in_pass(number: int) -> bool:
        seen.append((transport.pass_number, transport.position()))
        return transport.pass_number >= number

    qtbot.waitUntil(lambda: in_pass(3), timeout=WAIT_MS)
    session.document.do(SetTrackGain(TrackId("a"), -6.0))  # what is changed meanwhile is heard in the next moment
    qtbot.waitUntil(lambda: in_pass(5) and transport.take_frames > 4 * HALF.length, timeout=WAIT_MS)
    with qtbot.waitSignal(transport.take_finished, timeout=WAIT_MS):
        transport.stop()

    assert all(HALF.start <= place < HALF.stop for _number, place in seen)
    assert seen[0][0] == 1
    takes = [track for track in session.document.project.tracks if track.name.startswith("Take")]
    assert len(takes) >= 4
    assert session.document.project.tracks[0].gain_db == -6.0
    assert {track.clips[0].end for track in takes[:-1]} == {HALF.stop}


def test_the_first_pass_may_be_stopped_as_well(qtbot: QtBot, session: Session) -> None:
    session.start(qtbot, session.live, session.compute)
    transport = session.transport
    transport.record_loop(Loop(0, 60 * RATE_HZ))
    with pytest.raises(StudioError, match="being recorded"):
        transport.record_loop(HALF)
    qtbot.waitUntil(lambda: transport.take_frames > 0, timeout=WAIT_MS)
    with qtbot.waitSignal(transport.take_finished, timeout=WAIT_MS):
        transport.stop()
    (clip,) = passes_of(session.document.project)
    assert (clip.start, clip.source_start) == (0, 0)
    assert not session.document.project.tracks[0].muted


def test_nothing_is_recorded_in_a_loop_without_length(session: Session) -> None:
    with pytest.raises(StudioError, match="too short"):
        session.transport.record_loop(Loop(5, 5))
    assert not session.transport.loops_takes


def test_a_worker_killed_in_a_loop_loses_no_pass_and_the_loop_begins_anew(qtbot: QtBot, session: Session) -> None:
    session.start(qtbot, session.live, session.compute)
    transport = session.transport
    transport.record_loop(HALF)
    qtbot.waitUntil(lambda: transport.take_frames > 1.5 * HALF.length, timeout=WAIT_MS)

    with qtbot.waitSignal(session.takes.notice, timeout=WAIT_MS) as told:
        os.kill(session.live.pid, signal.SIGKILL)
    assert told.args is not None
    assert "passes were kept" in told.args[0].cause
    assert "beginning of the loop" in told.args[0].remedy
    assert transport.loops_takes
    broken = session.document.project.tracks
    assert len(passes_of(session.document.project)) >= 2
    assert all(track.muted for track in broken)

    qtbot.waitUntil(lambda: transport.take is not None and transport.take_frames > HALF.length // 2, timeout=WAIT_MS)
    with qtbot.waitSignal(transport.take_finished, timeout=WAIT_MS):
        transport.stop()
    later = session.document.project.tracks[len(broken) :]
    assert [track.muted for track in later] == [True] * (len(later) - 1) + [False]
    assert later[0].name == f"Take {len(broken) + 1}"
    assert abs(later[0].clips[0].start - HALF.start) < RATE_HZ // 10


def test_a_loop_whose_desktop_died_is_found_and_kept_as_its_passes(qtbot: QtBot, session: Session) -> None:
    header = TakeHeader(
        take="left",
        track="t",
        start=HALF.start,
        rate_hz=RATE_HZ,
        channels=1,
        loop_start=HALF.start,
        loop_stop=HALF.stop,
    )
    writer = TakeWriter(session.document.folder / "takes" / "left", header)
    writer.write(np.full((2 * HALF.length + RATE_HZ // 4, 1), 0.25, np.float32))
    writer.close("interrupted")

    with qtbot.waitSignal(session.takes.found, timeout=WAIT_MS) as found:
        session.takes.look()
    assert found.args is not None
    (left,) = found.args[0]
    assert session.takes.keep(left.take)

    clips = passes_of(session.document.project)
    assert [(clip.start, clip.length) for clip in clips] == [
        (HALF.start, HALF.length),
        (HALF.start, HALF.length),
        (HALF.start, RATE_HZ // 4),
    ]
    assert [track.muted for track in session.document.project.tracks] == [True, True, False]
    session.document.flush()
