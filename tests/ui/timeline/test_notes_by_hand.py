"""Notes written by hand in the pitch lane: drawn, cut, joined, trimmed, put on pitch, and all of it undone."""

import math
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID, run
from studio.model.edits import FindNotes
from studio.model.project import MediaId
from studio.model.sheet import SungNote
from studio.session.desk import Desk
from studio.session.noting import InHand
from studio.ui.timeline.note_scale import ScaleButton
from studio.ui.timeline.pitch_canvas import PitchCanvas
from studio.ui.timeline.view import TimelineView
from tests.ui.timeline.conftest import RATE

LEFT, NONE, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
TONE = MediaId("tone")
A4 = 69


def spans(desk: Desk) -> list[tuple[float, float, float | None]]:
    """The notes of the sound, in its seconds."""
    sheet = desk.document.project.sheet_of(TONE)
    assert sheet is not None
    return [(round(note.start / RATE, 1), round(note.stop / RATE, 1), note.midi) for note in sheet.notes]


@pytest.fixture
def canvas(desk: Desk, show: Callable[[Desk], TimelineView]) -> Iterator[PitchCanvas]:
    """The lane of clip a, which shows the sound's seconds 1 to 4 at the same place on the timeline, with two notes."""
    notes = (SungNote(start=RATE, stop=2 * RATE), SungNote(start=3 * RATE, stop=round(3.8 * RATE)))
    desk.document.do(FindNotes(TONE, notes))
    desk.selection.set_clips([desk.document.project.tracks[0].clips[0].id], desk.document.project)
    view = show(desk)
    view.pitch.canvas.wait()
    view.finish()
    yield view.pitch.canvas
    desk.background.close()


def at(canvas: PitchCanvas, seconds: float, midi: float) -> QPoint:
    return QPoint(round(canvas.x_of(seconds * RATE)), round(canvas.axis.y_of(midi)))


def drag(canvas: PitchCanvas, begin: QPoint, end: QPoint) -> None:
    QTest.mousePress(canvas, LEFT, NONE, begin)
    QTest.mouseMove(canvas, (begin + end) / 2)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, LEFT, NONE, end)


def test_a_note_lies_where_it_is_sung_and_is_taken_in_hand(desk: Desk, canvas: PitchCanvas) -> None:
    clip = desk.document.project.tracks[0].clips[0]
    assert not run(BY_ID["pitch.note_split"], desk)  # nothing is in hand
    shown = [(canvas.hand.midi(where, note), where.id) for where, note in canvas.hand.notes()]
    assert shown == [(A4, clip.id), (A4, clip.id)]

    QTest.mouseClick(canvas, LEFT, NONE, at(canvas, 1.5, A4))
    assert [one.start for one in desk.noting.in_hand] == [RATE]
    assert canvas.accessibleDescription() == "Note A4 +0 ¢, as sung, 1.00 seconds"
    QTest.mouseClick(canvas, LEFT, SHIFT, at(canvas, 3.5, A4))
    assert [one.start for one in desk.noting.in_hand] == [RATE, 3 * RATE]
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert [one.start for one in desk.noting.in_hand] == [RATE]
    QTest.mouseClick(canvas, LEFT, NONE, at(canvas, 2.5, A4 + 3))
    assert not desk.has_note


def test_notes_are_split_joined_and_deleted_and_each_is_one_undo_step(desk: Desk, canvas: PitchCanvas) -> None:
    before = desk.document.project
    QTest.mouseClick(canvas, LEFT, NONE, at(canvas, 1.4, A4))
    assert run(BY_ID["pitch.note_split"], desk)  # where was clicked
    assert spans(desk) == [(1.0, 1.4, None), (1.4, 2.0, None), (3.0, 3.8, None)]
    assert run(BY_ID["pitch.note_join"], desk)  # the second half, with what follows
    assert spans(desk) == [(1.0, 1.4, None), (1.4, 3.8, None)]
    assert not run(BY_ID["pitch.note_join"], desk)  # the last has no note after it
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert spans(desk) == [(1.0, 1.4, None)]
    assert not desk.has_note

    undone = []
    while desk.document.project != before:
        undone.append(desk.document.undo_label)
        desk.document.undo()
    assert undone == ["Delete notes", "Join notes", "Split note"]


def test_an_end_is_dragged_as_far_as_its_neighbour_and_no_shorter_than_a_note(desk: Desk, canvas: PitchCanvas) -> None:
    before = desk.document.project
    drag(canvas, at(canvas, 2.0, A4) - QPoint(3, 0), at(canvas, 3.5, A4))
    assert spans(desk)[0] == (1.0, 3.0, None)
    drag(canvas, at(canvas, 3.0, A4) + QPoint(3, 0), at(canvas, 3.4, A4))
    assert spans(desk)[1][0] == pytest.approx(3.4, abs=0.1)
    drag(canvas, at(canvas, 3.8, A4) - QPoint(3, 0), at(canvas, 1.0, A4))
    sheet = desk.document.project.sheet_of(TONE)
    assert sheet is not None
    assert sheet.notes[1].length == pytest.approx(0.03 * RATE, abs=1)
    for _ in range(3):
        desk.document.undo()
    assert desk.document.project == before


def test_a_note_is_drawn_on_its_row_and_others_give_way(desk: Desk, canvas: PitchCanvas) -> None:
    assert run(BY_ID["pitch.draw_notes"], desk)
    drag(canvas, at(canvas, 1.7, A4 + 2.2), at(canvas, 3.3, A4 - 1))
    assert spans(desk) == [(1.0, 1.7, None), (1.7, 3.3, A4 + 2), (3.3, 3.8, None)]
    drag(canvas, at(canvas, 4.2, A4 + 2), at(canvas, 4.8, A4 + 2))  # between two clips
    assert len(spans(desk)) == 3
    desk.noting.set_draws(False)
    drag(canvas, at(canvas, 2.2, A4 + 3), at(canvas, 3.0, A4 + 3))  # a lasso again
    assert len(spans(desk)) == 3


def test_a_pitch_is_given_snapped_and_let_go(qtbot: QtBot, desk: Desk, canvas: PitchCanvas) -> None:
    desk.document.do(
        FindNotes(TONE, (SungNote(start=RATE, stop=2 * RATE, midi=64.3), SungNote(start=RATE * 3, stop=RATE * 4)))
    )
    desk.noting.pick(*(InHand(clip.id, note.start) for clip, note in canvas.hand.notes()))
    assert run(BY_ID["pitch.note_snap"], desk)
    assert [midi for _, _, midi in spans(desk)] == [64.0, 69.0]
    assert run(BY_ID["pitch.note_up"], desk)
    assert [midi for _, _, midi in spans(desk)] == [65.0, 70.0]
    assert run(BY_ID["pitch.note_follow"], desk)
    assert [midi for _, _, midi in spans(desk)] == [None, None]
    with qtbot.waitSignal(canvas.menu_command):
        QTest.mouseDClick(canvas, LEFT, NONE, at(canvas, 1.5, A4))


def test_notes_snap_to_the_scale_that_the_button_names_and_the_choice_stays(desk: Desk, canvas: PitchCanvas) -> None:
    button = ScaleButton(desk.settings, canvas)
    assert button.named == "Semitones"
    menu = button.menu_of_scales()
    next(action for action in menu.actions() if action.text() == "Minor pentatonic").trigger()
    next(action for action in menu.findChildren(QAction) if action.text() == "A").trigger()
    assert button.named == "A minor pentatonic"
    desk.document.do(FindNotes(TONE, (SungNote(start=RATE, stop=2 * RATE, midi=65.2),)))
    ((clip, note),) = canvas.hand.notes()
    desk.noting.pick(InHand(clip.id, note.start))
    assert run(BY_ID["pitch.note_snap"], desk)
    assert [midi for _, _, midi in spans(desk)] == [64.0]
    assert ScaleButton(desk.settings, canvas).named == "A minor pentatonic"


def test_where_nobody_sings_there_is_no_pitch_to_snap(desk: Desk, canvas: PitchCanvas) -> None:
    silent = SungNote(start=round(2.1 * RATE), stop=round(2.9 * RATE))
    desk.document.do(FindNotes(TONE, (silent,)))
    (found,) = canvas.hand.notes()
    assert math.isnan(canvas.hand.midi(*found))
    desk.noting.pick(InHand(found[0].id, silent.start))
    label = desk.document.undo_label
    run(BY_ID["pitch.note_snap"], desk)
    assert desk.document.undo_label == label


def test_the_selected_stretch_becomes_a_note_with_the_pitch_that_is_sung(desk: Desk, canvas: PitchCanvas) -> None:
    desk.selection.set_range(round(2.2 * RATE), round(2.6 * RATE), [desk.document.project.tracks[0].id])
    assert run(BY_ID["pitch.note_from_selection"], desk)
    assert (2.2, 2.6, None) in spans(desk)
    canvas.grab()  # with a note in which nobody sings


def test_a_deleted_clip_takes_its_notes_out_of_the_hand(desk: Desk, canvas: PitchCanvas) -> None:
    QTest.mouseClick(canvas, LEFT, NONE, at(canvas, 1.5, A4))
    assert desk.has_note
    desk.selection.set_clips([desk.document.project.tracks[0].clips[0].id], desk.document.project)
    assert run(BY_ID["edit.delete"], desk)
    assert not desk.has_note
