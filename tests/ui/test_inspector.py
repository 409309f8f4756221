"""The inspector shows what is selected and edits it, each drag one step."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from studio.model.project import ClipId, TrackId
from studio.session.desk import Desk
from studio.ui.fields import ClockField, NumberField
from studio.ui.inspect_track import PanField
from studio.ui.inspector import Inspector
from studio.ui.theme import DARK
from tests.ui.conftest import RATE


@pytest.fixture
def inspector(desk: Desk, qtbot: QtBot) -> Inspector:
    made = Inspector(desk, DARK)
    qtbot.addWidget(made)
    made.resize(280, 800)
    made.show()
    return made


def test_without_a_selection_it_shows_the_project(inspector: Inspector, desk: Desk) -> None:
    assert inspector.project.isVisible()
    assert not inspector.clip.isVisible()
    assert inspector.project.name.text() == "Probe"


def test_a_clip_is_shown_with_its_track_and_its_note(inspector: Inspector, desk: Desk) -> None:
    desk.selection.set_clips([ClipId("a")], desk.document.project)
    assert inspector.clip.isVisible()
    assert inspector.track.isVisible()
    assert not inspector.project.isVisible()
    assert inspector.clip._pitch.text() == "A4 +0 ¢"


def test_turning_the_volume_is_one_step_to_undo(inspector: Inspector, desk: Desk) -> None:
    desk.selection.set_clips([ClipId("a")], desk.document.project)
    for _ in range(5):
        inspector.clip.gain.stepUp()
    inspector.clip.gain.ended.emit()

    assert desk.document.project.clip(ClipId("a")).gain_db == pytest.approx(2.5)
    assert len(desk.document.history_labels) == 1
    desk.document.undo()
    assert inspector.clip.gain.value() == 0.0


def test_the_volume_of_several_clips_is_set_together(inspector: Inspector, desk: Desk) -> None:
    desk.selection.set_clips([ClipId("a"), ClipId("b")], desk.document.project)
    inspector.clip.gain.setValue(-6.0)
    assert [desk.document.project.clip(ClipId(one)).gain_db for one in ("a", "b", "c")] == [-6.0, -6.0, 0.0]


def test_a_fade_is_typed_in_seconds(inspector: Inspector, desk: Desk) -> None:
    desk.selection.set_clips([ClipId("a")], desk.document.project)
    inspector.clip.fade_in.setValue(0.5)
    assert desk.document.project.clip(ClipId("a")).fade_in.length == RATE // 2


def test_a_name_is_changed_by_enter_and_kept_by_escape(inspector: Inspector, desk: Desk) -> None:
    desk.selection.set_tracks([TrackId("vox")])
    field = inspector.track.name
    field.setFocus()
    field.selectAll()
    field.insert("Größe 日本")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.document.project.track(TrackId("vox")).name == "Größe 日本"

    field.setText("nonsense")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "Größe 日本"


def test_the_selection_is_moved_by_typing_times(inspector: Inspector, desk: Desk) -> None:
    desk.selection.set_range(RATE, 3 * RATE)
    assert inspector.range.isVisible()
    field = inspector.range.length
    field.setText("0:04.5")
    field.editingFinished.emit()
    assert (desk.selection.start, desk.selection.stop) == (RATE, RATE + 4.5 * RATE)


def test_what_is_no_time_is_marked_and_changes_nothing(qtbot: QtBot) -> None:
    field = ClockField("Start", DARK)
    qtbot.addWidget(field)
    field.show_samples(RATE, RATE)
    field.setText("soon")
    with qtbot.assertNotEmitted(field.entered):
        field.editingFinished.emit()
    assert field.property("invalid") is True


@pytest.mark.parametrize(("typed", "value"), [("-3", -3.0), ("−3,5", -3.5), ("+2.5 dB", 2.5), ("2", 2.0)])
def test_numbers_are_read_as_people_write_them(qtbot: QtBot, typed: str, value: float) -> None:
    field = NumberField("Volume", DARK, -60, 24, unit="dB", signed=True)
    qtbot.addWidget(field)
    assert field.valueFromText(typed) == pytest.approx(value)


@pytest.mark.parametrize(("typed", "value"), [("C", 0), ("37 L", -37), ("100R", 100), ("-20", -20), ("x", 5)])
def test_a_place_between_left_and_right_is_read(qtbot: QtBot, typed: str, value: float) -> None:
    field = PanField("Pan", DARK, -100, 100, decimals=0)
    qtbot.addWidget(field)
    field.setValue(5)
    assert field.valueFromText(typed) == value


def test_nothing_is_wider_than_the_panel(inspector: Inspector, desk: Desk, qtbot: QtBot) -> None:
    shows: list[Callable[[], None]] = [
        lambda: desk.selection.set_clips([ClipId("a")], desk.document.project),
        lambda: desk.selection.set_range(0, RATE),
        desk.selection.reset,
    ]
    for show in shows:
        show()
        qtbot.wait(10)
        inner = inspector.widget()
        assert inner is not None
        assert inner.width() <= inspector.viewport().width()


def test_the_shape_of_a_fade_is_said_in_full(inspector: Inspector, desk: Desk) -> None:
    desk.selection.set_clips([ClipId("a")], desk.document.project)
    shape = inspector.clip.shape_in
    assert shape.currentText() == "Equal power"
    option = QStyleOptionComboBox()
    shape.initStyleOption(option)
    room = shape.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, shape
    )
    assert room.width() >= shape.fontMetrics().horizontalAdvance("Equal power")
    assert inspector.clip.fade_in.width() >= inspector.clip.fade_in.fontMetrics().horizontalAdvance("10.00 s") + 12
