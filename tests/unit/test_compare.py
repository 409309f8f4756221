"""Source against result: both are measured at the first press, and heard equally loud."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.media.wav import WavWriter
from studio.model.edits import SetClipGain
from studio.model.project import Clip, Project
from tests.helpers.session import WAIT_MS, Session
from tests.helpers.sounds import buzz

RATE = 48000


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Iterator[Session]:
    """A buzz of three seconds on a track, then turned up by 6 dB: 6 dB lie between source and result."""
    path = tmp_path / "buzz.wav"
    with WavWriter(path, RATE, 1) as writer:
        writer.write(buzz(3 * RATE, RATE, gain=0.05))
    made = Session()
    made.start(qtbot, made.compute)
    made.import_file(qtbot, path)
    made.document.do(SetClipGain(clip=first_clip(made.document.project).id, gain_db=6.0))
    made.document.end_gesture()
    yield made
    made.close()


def first_clip(project: Project) -> Clip:
    return next(iter(project.clips))


def press_and_wait(session: Session, qtbot: QtBot) -> None:
    compare = session.desk.compare
    compare.toggle()
    qtbot.waitUntil(lambda: compare.comparing, timeout=WAIT_MS)


def test_the_first_press_measures_both_and_then_lets_the_source_be_heard(session: Session, qtbot: QtBot) -> None:
    compare = session.desk.compare
    compare.toggle()
    assert (compare.measuring, compare.comparing) == (True, False)
    assert compare.why_not() == "The loudness is being measured"

    qtbot.waitUntil(lambda: compare.comparing, timeout=WAIT_MS)
    assert compare.on_source
    assert compare.was_measured
    assert compare.offset_db == 0.0  # the source is the quieter one, and nothing is ever turned up
    heard = session.transport.auditioned
    assert heard is not None
    assert first_clip(heard).gain_db == 0.0


def test_the_louder_one_is_turned_down_to_the_quieter_one(session: Session, qtbot: QtBot) -> None:
    press_and_wait(session, qtbot)
    compare = session.desk.compare

    compare.toggle()
    assert compare.offset_db == pytest.approx(-6.0, abs=0.1)
    heard = session.transport.auditioned
    assert heard is not None
    assert first_clip(heard).gain_db == 6.0
    assert heard.tracks[0].gain_db == pytest.approx(-6.0, abs=0.1)


def test_the_end_of_comparing_gives_the_project_its_loudness_back(session: Session, qtbot: QtBot) -> None:
    press_and_wait(session, qtbot)
    compare = session.desk.compare
    compare.toggle()

    compare.stop()
    assert not compare.comparing
    assert session.transport.auditioned is None


def test_an_edit_ends_the_comparing(session: Session, qtbot: QtBot) -> None:
    press_and_wait(session, qtbot)
    session.document.do(SetClipGain(clip=first_clip(session.document.project).id, gain_db=3.0))
    assert not session.desk.compare.comparing
    assert session.transport.auditioned is None


def test_calling_the_measuring_off_leaves_nothing_half_done(session: Session, qtbot: QtBot) -> None:
    compare = session.desk.compare
    compare.toggle()
    session.jobs.cancel_all()
    qtbot.waitUntil(lambda: not session.jobs.busy, timeout=WAIT_MS)
    assert not compare.measuring
    assert not compare.comparing
    assert compare.why_not() == ""
