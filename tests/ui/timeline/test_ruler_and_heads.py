"""The ruler's drags, and the controls of a track's head."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from studio.model.edits import AddMarkers
from studio.model.project import Marker, MarkerId, TrackId
from studio.session.desk import Desk
from studio.ui.timeline.head_controls import GainSlider, LetterButton
from studio.ui.timeline.playhead import follow
from studio.ui.timeline.track_header import TrackHeader
from studio.ui.timeline.view import TimelineView
from studio.ui.timeline.viewport import Viewport
from tests.ui.timeline.conftest import RATE

LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier
MARKERS_Y, LOOP_Y, TICKS_Y = 10, 24, 40


def drag(widget: QWidget, start: QPoint, *to: QPoint) -> None:
    QTest.mousePress(widget, LEFT, NO_KEYS, start)
    for place in to:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            widget.mapToGlobal(QPointF(place)),
            Qt.MouseButton.NoButton,
            LEFT,
            NO_KEYS,
        )
        QApplication.sendEvent(widget, event)
    QTest.mouseRelease(widget, LEFT, NO_KEYS, to[-1] if to else start)


def x(view: TimelineView, seconds: float) -> int:
    return round(view.sight.viewport.x_of(seconds * RATE))


def test_a_press_on_the_ruler_moves_the_cursor(desk: Desk, view: TimelineView) -> None:
    drag(view.ruler, QPoint(x(view, 6.4), TICKS_Y), QPoint(x(view, 6.6), TICKS_Y))

    assert desk.selection.start == pytest.approx(6.6 * RATE, abs=RATE / 40)


def test_a_marker_is_dragged_as_one_undo_step(desk: Desk, view: TimelineView) -> None:
    drag(
        view.ruler, QPoint(x(view, 9) + 4, MARKERS_Y), QPoint(x(view, 9.1), MARKERS_Y), QPoint(x(view, 8.6), MARKERS_Y)
    )

    assert desk.document.project.marker(MarkerId("m")).start == pytest.approx(8.6 * RATE, abs=RATE / 20)
    assert desk.document.undo_label == "Move marker"
    assert desk.selection.marker == "m"


def test_in_a_crowd_of_markers_each_is_a_line_without_words(desk: Desk, view: TimelineView) -> None:
    (alone,) = view.ruler.flags()
    assert alone.box.width() > 20  # with its words
    last = round(12 * RATE)
    crowd = tuple(Marker(id=MarkerId(f"m{at}"), start=last * at // 100_000, text=f"{at}") for at in range(100_000))
    desk.document.do(AddMarkers(crowd))

    flags = view.ruler.flags()

    assert len(flags) > 100
    assert max(flag.box.width() for flag in flags) <= 3
    view.ruler.grab()


def test_the_loop_is_drawn_above_the_ticks_and_a_click_switches_it(desk: Desk, view: TimelineView) -> None:
    drag(view.ruler, QPoint(x(view, 2.2), LOOP_Y), QPoint(x(view, 3), LOOP_Y), QPoint(x(view, 6.5), LOOP_Y))

    loop = desk.transport.loop
    assert loop.start == pytest.approx(2.2 * RATE, abs=RATE / 40)
    assert loop.stop == pytest.approx(6.5 * RATE, abs=RATE / 40)
    was_on = desk.transport.loop_on

    drag(view.ruler, QPoint(x(view, 4.5), LOOP_Y))
    assert (was_on, desk.transport.loop_on) == (True, False)
    assert desk.transport.loop == loop


def test_the_playhead_stays_at_its_time_everywhere_when_the_view_changes(desk: Desk, view: TimelineView) -> None:
    desk.selection.set_cursor(3 * RATE)

    view.sight.zoom(2.5, 100)

    expected = round(view.sight.viewport.x_of(3 * RATE))
    assert [part._playhead_x for part in (view.ruler, view.canvas, view.pitch.canvas)] == [expected] * 3


def head(view: TimelineView, track: str = "vox") -> TrackHeader:
    header = view.heads.header(TrackId(track))
    assert header is not None
    return header


def test_mute_and_solo_are_edits(desk: Desk, view: TimelineView) -> None:
    mute, solo = head(view).findChildren(LetterButton)

    QTest.mouseClick(mute, LEFT)
    QTest.mouseClick(solo, LEFT)

    track = desk.document.project.track(TrackId("vox"))
    assert track.muted
    assert track.soloed
    desk.document.undo()
    assert not solo.isChecked()


def test_a_gain_drag_is_one_undo_step(desk: Desk, view: TimelineView) -> None:
    slider = head(view).findChild(GainSlider)
    assert isinstance(slider, GainSlider)

    drag(slider, QPoint(slider.width() // 2, 12), QPoint(slider.width() // 3, 12), QPoint(20, 12))

    assert desk.document.project.track(TrackId("vox")).gain_db < -40
    desk.document.undo()
    assert desk.document.project.track(TrackId("vox")).gain_db == 0
    assert slider.value() == 0


def test_a_double_click_on_the_volume_is_0_db_and_one_step(desk: Desk, view: TimelineView) -> None:
    slider = head(view).findChild(GainSlider)
    assert isinstance(slider, GainSlider)
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert desk.document.project.track(TrackId("vox")).gain_db == -0.5
    steps = desk.document.position

    QTest.mouseDClick(slider, LEFT, NO_KEYS, QPoint(slider.width() // 3, 12))

    assert desk.document.project.track(TrackId("vox")).gain_db == 0
    assert desk.document.position > steps
    assert slider.accessibleDescription() == "0.0 dB"


def test_a_track_is_renamed_in_place(desk: Desk, view: TimelineView) -> None:
    header = head(view)
    QTest.mouseDClick(header, LEFT, NO_KEYS, QPoint(30, 14))
    field = header.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)

    field.setText("Lead vocals")
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert desk.document.project.track(TrackId("vox")).name == "Lead vocals"
    assert header.accessibleName() == "Track Lead vocals"


def test_the_lower_edge_of_a_head_makes_its_row_higher(view: TimelineView) -> None:
    header = head(view)
    before = header.height()
    bottom = QPoint(60, before - 2)

    drag(header, bottom, bottom + QPoint(0, 40))

    row = view.sight.rows.of(TrackId("vox"))
    assert row is not None
    assert row.height == header.height() == before + 40


def test_everything_that_takes_keys_has_a_name(view: TimelineView) -> None:
    nameless = [
        widget
        for widget in view.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.accessibleName()
        and not widget.isHidden()
        # a push button is called what it says
        and not getattr(widget, "text", str)()
    ]

    assert [f"{type(widget).__name__} {widget.objectName()}" for widget in nameless] == []


@pytest.mark.parametrize(("how", "moved"), [("page", False), ("scroll", True), ("off", False)])
def test_the_view_follows_the_playhead_as_chosen(how: str, moved: bool) -> None:
    viewport = Viewport(first_sample=0, samples_per_px=100, width_px=1000)

    assert (follow(viewport, 70_000, how) != viewport) == moved  # type: ignore[arg-type]  # the three words of Follow
    beyond = follow(viewport, 120_000, how)  # type: ignore[arg-type]  # the three words of Follow
    assert (beyond.first_sample <= 120_000 < beyond.last_sample) == (how != "off")
