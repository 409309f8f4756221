"""The lasso of the pitch lane: what an engine took for another octave is picked, moved and undone."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID, run
from studio.media.curve import read_curve
from studio.model.pitch import hz_to_midi
from studio.session.desk import Desk
from studio.ui.timeline.pitch_canvas import PitchCanvas
from studio.ui.timeline.view import TimelineView
from tests.ui.timeline.conftest import RATE


@pytest.fixture
def canvas(desk: Desk, show: Callable[[Desk], TimelineView]) -> Iterator[PitchCanvas]:
    """The pitch lane under the track with clips a (1 to 4 s of the sound) and b (from its 8th second), all at A4."""
    desk.selection.set_clips([desk.document.project.tracks[0].clips[0].id], desk.document.project)
    view = show(desk)
    view.pitch.canvas.wait()
    view.finish()
    yield view.pitch.canvas
    desk.background.close()


def draw_around(
    canvas: PitchCanvas,
    start_s: float,
    stop_s: float,
    midi: float,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Drag a box around a stretch of the timeline and a semitone to either side of a note."""
    left, right = (round(canvas.x_of(at_s * RATE)) for at_s in (start_s, stop_s))
    top, bottom = (round(canvas.axis.y_of(note)) for note in (midi + 1, midi - 1))
    button = Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, button, keys, QPoint(left, top))
    for corner in (QPoint(right, top), QPoint(right, bottom), QPoint(left, bottom)):
        QTest.mouseMove(canvas, corner)
    QTest.mouseRelease(canvas, button, keys, QPoint(left, bottom))


def heard(desk: Desk, at_s: float) -> float:
    """The pitch that the project knows of for a moment of the sound."""
    project = desk.document.project
    piece = next(one for one in project.melody_of(project.media[0].id) if one.start <= at_s * RATE < one.stop)
    curve = read_curve(desk.document.folder, piece.pitch)
    return float(curve.hz[round((at_s * RATE - piece.pitch.start) / RATE * 200)])


def test_frames_in_the_lasso_move_by_an_octave_and_back(qtbot: QtBot, desk: Desk, canvas: PitchCanvas) -> None:
    assert not run(BY_ID["pitch.octave_up"], desk)  # nothing is picked
    draw_around(canvas, 1.2, 1.8, hz_to_midi(440.0))
    (picked,) = desk.repair.picked
    assert np.isclose(picked.inside.sum(), 0.6 * 200, atol=6)

    with qtbot.waitSignal(desk.document.changed):
        assert run(BY_ID["pitch.octave_up"], desk)
    assert [heard(desk, at_s) for at_s in (1.1, 1.5, 1.9)] == [440.0, 880.0, 440.0]
    assert desk.document.undo_label == "Move pitch up an octave"
    with qtbot.waitSignal(desk.document.changed):  # what was picked is still in hand
        assert run(BY_ID["pitch.octave_down"], desk)
    assert heard(desk, 1.5) == 440.0

    desk.document.undo()
    assert heard(desk, 1.5) == 880.0
    desk.document.undo()
    assert heard(desk, 1.5) == 440.0
    assert desk.repair.picked == ()


def test_a_lasso_with_shift_adds_to_what_was_picked(qtbot: QtBot, desk: Desk, canvas: PitchCanvas) -> None:
    draw_around(canvas, 1.2, 1.5, hz_to_midi(440.0))
    draw_around(canvas, 3.2, 3.5, hz_to_midi(440.0), Qt.KeyboardModifier.ShiftModifier)
    (picked,) = desk.repair.picked
    assert np.isclose(picked.inside.sum(), 0.6 * 200, atol=12)

    with qtbot.waitSignal(desk.document.changed):
        assert run(BY_ID["pitch.octave_up"], desk)
    assert [heard(desk, at_s) for at_s in (1.35, 1.7, 3.35)] == [880.0, 440.0, 880.0]
    desk.document.undo()
    assert heard(desk, 3.35) == 440.0


def test_what_nobody_sang_is_removed(qtbot: QtBot, desk: Desk, canvas: PitchCanvas) -> None:
    draw_around(canvas, 5.5, 6.0, hz_to_midi(440.0))  # the eighth second of the sound and a half
    with qtbot.waitSignal(desk.document.changed):
        assert run(BY_ID["pitch.remove"], desk)
    assert np.isnan(heard(desk, 8.75))
    assert heard(desk, 8.3) == 440.0
    assert desk.repair.picked == ()


def test_around_nothing_nothing_is_picked_and_a_click_lets_go(desk: Desk, canvas: PitchCanvas) -> None:
    draw_around(canvas, 1.2, 1.8, hz_to_midi(440.0) + 4)
    picks = [desk.picks_pitch]
    draw_around(canvas, 1.2, 1.8, hz_to_midi(440.0))
    picks.append(desk.picks_pitch)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(canvas.x_of(2 * RATE)), 5))
    picks.append(desk.picks_pitch)
    assert picks == [False, True, False]
    assert abs(desk.selection.start - 2 * RATE) < 0.05 * RATE
