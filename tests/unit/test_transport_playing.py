"""Playing, against the real live worker on a sound server that belongs to the test."""

import itertools

from pytestqt.qtbot import QtBot

from studio.protocol.live import AudioState
from tests.helpers.session import RATE_HZ, WAIT_MS, Session, put_sound
from tests.helpers.states import audio_state


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


def test_only_the_answer_to_the_last_order_to_play_can_be_its_end(session: Session) -> None:
    transport = session.transport
    put_sound(session, 5.0)
    transport.play()
    session.live.said.emit(audio_state(playing=True, serial=1))
    transport.pause()
    transport.pause()

    session.live.said.emit(audio_state(playing=False, serial=1))
    assert transport.playing

    session.live.said.emit(audio_state(playing=True, serial=2))
    assert transport.playing

    session.live.said.emit(audio_state(playing=False, serial=2))
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

    qtbot.waitUntil(is_over, timeout=WAIT_MS)
    assert max(seen) <= 2.1 * RATE_HZ
