"""Looking again for a pitch that an engine took for another, with the real compute worker."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID, run
from studio.media.curve import read_curve
from studio.model.edits import AddPitch
from studio.session.repair import Picked
from tests.helpers.session import RATE_HZ, WAIT_MS, Session, put_sound
from tests.helpers.sessions import put_melody


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """Two seconds of a voice at 220 Hz, whose melody was found an octave too high."""
    made = Session()
    put_sound(made, 2.0)
    media = made.document.project.media[0]
    wrong = put_melody(made.document.folder, media, np.full(2 * 200, 440.0, np.float32))
    made.document.do(AddPitch(pitch=wrong))
    made.start(qtbot, made.compute)
    yield made
    made.close()


def test_the_next_pitch_down_is_what_was_sung(qtbot: QtBot, session: Session) -> None:
    document = session.document
    before = document.project
    inside = np.zeros(100, np.bool_)
    inside[10:90] = True
    session.desk.repair.pick([Picked(pitch=before.pitches[0], first=150, inside=inside)])
    with qtbot.waitSignal(document.changed, timeout=WAIT_MS):
        assert run(BY_ID["pitch.candidate_down"], session.desk)

    (piece,) = [one for one in document.project.melody_of(before.media[0].id) if one.start <= RATE_HZ < one.stop]
    curve = read_curve(document.folder, piece.pitch)
    np.testing.assert_allclose(curve.hz[10:90], 220.0, rtol=0.01)
    np.testing.assert_array_equal(curve.hz[:10], 440.0)
    assert document.undo_label == "Next pitch down"
    document.undo()
    assert document.project == before


def test_beyond_the_limits_there_is_nothing_to_look_for(session: Session) -> None:
    session.settings.change("pitch", high_hz=450.0)
    session.desk.repair.pick([Picked(pitch=session.document.project.pitches[0], first=0, inside=np.ones(50, np.bool_))])
    assert not run(BY_ID["pitch.candidate_up"], session.desk)
    assert session.person.shown[-1].code == "pitch.no_candidate"


def test_a_lasso_around_several_melodies_says_that_only_one_is_searched(session: Session) -> None:
    pitch = session.document.project.pitches[0]
    session.desk.repair.pick([Picked(pitch=pitch, first=at, inside=np.ones(20, np.bool_)) for at in (0, 100)])
    assert not run(BY_ID["pitch.candidate_up"], session.desk)
    assert session.person.shown[-1].code == "pitch.several"
    assert "2 melodies" in session.person.shown[-1].cause
