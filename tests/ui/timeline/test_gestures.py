"""Drags on the tracks: each makes one edit, shows it before, and can be called off."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.model.project import ClipId, TrackId
from studio.session.desk import Desk
from studio.ui.timeline.hit import fade_handle_y, fade_handles_x, gain_y
from studio.ui.timeline.rows import CLIP_HEADER, Row
from studio.ui.timeline.view import TimelineView
from tests.ui.timeline.conftest import RATE

NO_KEYS = Qt.KeyboardModifier.NoModifier


class Mouse:
    """A hand on the tracks, in timeline seconds and track names."""

    def __init__(self, view: TimelineView) -> None:
        self._view = view
        self.canvas = view.canvas

    def row(self, track: str) -> Row:
        row = self._view.sight.rows.of(TrackId(track))
        assert row is not None
        return row

    def x(self, seconds: float) -> int:
        return round(self._view.sight.viewport.x_of(seconds * RATE))

    def header(self, track: str, seconds: float) -> QPoint:
        return QPoint(self.x(seconds), self.row(track).clip_top + CLIP_HEADER // 2)

    def body(self, track: str, seconds: float) -> QPoint:
        return QPoint(self.x(seconds), self.row(track).clip_bottom - 8)

    def drag(self, start: QPoint, *to: QPoint, keys: Qt.KeyboardModifier = NO_KEYS, release: bool = True) -> None:
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(self.canvas, left, keys, start)
        for place in to:
            self.move(place, keys)
        if release:
            QTest.mouseRelease(self.canvas, left, keys, to[-1] if to else start)

    def move(self, place: QPoint, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            self.canvas.mapToGlobal(QPointF(place)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton,
            keys,
        )
        QApplication.sendEvent(self.canvas, event)


@pytest.fixture
def mouse(view: TimelineView) -> Mouse:
    return Mouse(view)


def test_a_click_puts_the_cursor_there_and_chooses_the_track(desk: Desk, mouse: Mouse) -> None:
    mouse.drag(mouse.body("vox", 2.5))

    assert desk.selection.start == pytest.approx(2.5 * RATE, abs=RATE / 50)
    assert not desk.selection.is_range
    assert desk.selection.tracks == (TrackId("vox"),)
    assert desk.document.undo_label == ""


def test_a_drag_across_tracks_selects_time_on_all_of_them(desk: Desk, mouse: Mouse) -> None:
    mouse.drag(mouse.body("vox", 2.2), mouse.body("vox", 3), mouse.body("band", 3.5))

    assert desk.selection.tracks == (TrackId("vox"), TrackId("band"))
    assert desk.selection.start == pytest.approx(2.2 * RATE, abs=RATE / 50)
    assert desk.selection.stop == pytest.approx(3.5 * RATE, abs=RATE / 50)


def test_shift_and_a_click_extend_the_selection(desk: Desk, mouse: Mouse) -> None:
    desk.selection.set_range(2 * RATE, 3 * RATE, (TrackId("vox"),))

    mouse.drag(mouse.body("vox", 6.5), keys=Qt.KeyboardModifier.ShiftModifier)

    assert desk.selection.start == 2 * RATE
    assert desk.selection.stop == pytest.approx(6.5 * RATE, abs=RATE / 50)


def test_dragging_a_header_to_another_track_is_one_undo_step(desk: Desk, mouse: Mouse) -> None:
    before = desk.document.project
    path = [mouse.header("vox", 2.0), mouse.header("vox", 2.3), mouse.header("band", 3.21)]

    mouse.drag(path[0], *path[1:], keys=Qt.KeyboardModifier.AltModifier)

    moved = desk.document.project.clip(ClipId("a"))
    assert desk.document.project.track_of(moved.id).id == "band"
    assert moved.start == pytest.approx(2.21 * RATE, abs=RATE / 40)
    assert desk.document.undo_label == "Move clips"
    desk.document.undo()
    assert desk.document.project == before


def test_a_moved_clip_sticks_to_the_end_of_its_neighbour(desk: Desk, mouse: Mouse) -> None:
    near = mouse.header("vox", 6.0 - 1.0) - QPoint(4, 0)  # four pixels beside the end of clip a

    mouse.drag(mouse.header("vox", 6.0), mouse.header("vox", 5.5), near)

    assert desk.document.project.clip(ClipId("b")).start == desk.document.project.clip(ClipId("a")).end


def test_the_move_is_seen_before_the_button_is_let_go_and_esc_calls_it_off(desk: Desk, mouse: Mouse) -> None:
    before = desk.document.project
    mouse.drag(mouse.header("vox", 2.0), mouse.header("vox", 3.5), release=False)
    shown = mouse.canvas.scene.index(TrackId("vox"))
    assert shown is not None
    assert shown.track.clips[0].start > before.clip(ClipId("a")).start
    assert desk.document.project is before

    QTest.keyClick(mouse.canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(mouse.canvas, Qt.MouseButton.LeftButton, NO_KEYS, mouse.header("vox", 3.5))

    assert desk.document.project is before
    shown = mouse.canvas.scene.index(TrackId("vox"))
    assert shown is not None
    assert shown.track.clips == before.track(TrackId("vox")).clips


def test_dragging_an_edge_trims_the_clip(desk: Desk, mouse: Mouse) -> None:
    left = mouse.body("vox", 1.0) + QPoint(2, -20)

    mouse.drag(left, mouse.body("vox", 1.5), mouse.body("vox", 2.0), keys=Qt.KeyboardModifier.AltModifier)

    clip = desk.document.project.clip(ClipId("a"))
    assert clip.start == pytest.approx(2.0 * RATE, abs=RATE / 40)
    assert clip.end == 4 * RATE
    assert clip.source_start - clip.start == 0  # the sound itself did not move


def test_dragging_the_corner_handle_fades(desk: Desk, mouse: Mouse, view: TimelineView) -> None:
    clip = desk.document.project.clip(ClipId("a"))
    x, _ = fade_handles_x(clip, view.sight.viewport)
    handle = QPoint(round(x), round(fade_handle_y(mouse.row("vox"))))

    mouse.drag(handle, QPoint(mouse.x(1.6), handle.y()), QPoint(mouse.x(2.0), handle.y()))

    assert desk.document.project.clip(ClipId("a")).fade_in.length == pytest.approx(RATE, abs=RATE / 40)
    assert desk.document.undo_label == "Fade clip"


def test_dragging_the_line_changes_the_volume_and_passes_zero_with_a_stop(desk: Desk, mouse: Mouse) -> None:
    line = QPoint(mouse.x(3.0), round(gain_y(0.0, mouse.row("vox"))))

    mouse.drag(line, line + QPoint(0, 10), line + QPoint(0, 40))
    assert desk.document.project.clip(ClipId("a")).gain_db == pytest.approx(-6.0)

    line = QPoint(mouse.x(3.0), round(gain_y(-6.0, mouse.row("vox"))))
    mouse.drag(line, line - QPoint(0, 39))
    assert desk.document.project.clip(ClipId("a")).gain_db == 0.0


def test_a_header_is_selected_by_a_click_and_others_join_with_ctrl(desk: Desk, mouse: Mouse) -> None:
    mouse.drag(mouse.header("vox", 2.0))
    mouse.drag(mouse.header("vox", 6.0), keys=Qt.KeyboardModifier.ControlModifier)
    assert list(desk.selection.clips) == ["a", "b"]

    mouse.drag(mouse.header("vox", 6.0), keys=Qt.KeyboardModifier.ControlModifier)
    assert list(desk.selection.clips) == ["a"]


def test_selected_clips_move_together(desk: Desk, mouse: Mouse) -> None:
    desk.selection.set_clips((ClipId("a"), ClipId("b")), desk.document.project)

    mouse.drag(mouse.header("vox", 6.0), mouse.header("vox", 6.3), keys=Qt.KeyboardModifier.AltModifier)

    a, b = (desk.document.project.clip(ClipId(name)) for name in "ab")
    assert b.start - a.start == 4 * RATE
    assert a.start == pytest.approx(1.3 * RATE, abs=RATE / 40)


def test_a_double_click_selects_the_clip(desk: Desk, mouse: Mouse) -> None:
    QTest.mouseDClick(mouse.canvas, Qt.MouseButton.LeftButton, NO_KEYS, mouse.body("band", 4.0))

    assert desk.selection.clips == (ClipId("c"),)


@pytest.mark.parametrize(
    ("place", "shape"),
    [
        (lambda mouse: mouse.header("vox", 2.0), Qt.CursorShape.OpenHandCursor),
        (lambda mouse: mouse.body("vox", 1.0) + QPoint(2, -20), Qt.CursorShape.SizeHorCursor),
        (lambda mouse: mouse.body("vox", 2.5), Qt.CursorShape.IBeamCursor),
        (
            lambda mouse: QPoint(mouse.x(3.0), round(gain_y(0.0, mouse.row("vox")))),
            Qt.CursorShape.SizeVerCursor,
        ),
    ],
)
def test_the_cursor_says_what_a_drag_would_do(
    mouse: Mouse, place: Callable[[Mouse], QPoint], shape: Qt.CursorShape
) -> None:
    mouse.move(place(mouse))

    assert mouse.canvas.cursor().shape() == shape


def _turn(view: TimelineView, x: float, notches: int, keys: Qt.KeyboardModifier) -> None:
    place = QPointF(x, 40)
    QApplication.sendEvent(
        view.canvas,
        QWheelEvent(
            place,
            view.canvas.mapToGlobal(place),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_ctrl_and_the_wheel_zoom_about_the_mouse(view: TimelineView) -> None:
    before = view.sight.viewport
    under = before.sample_at(400)

    _turn(view, 400, 3, Qt.KeyboardModifier.ControlModifier)

    assert view.sight.viewport.samples_per_px < before.samples_per_px / 1.5
    assert view.sight.viewport.x_of(under) == pytest.approx(400, abs=0.01)


def test_shift_and_the_wheel_scroll_in_time(view: TimelineView) -> None:
    view.sight.zoom(4, 0)

    _turn(view, 400, -1, Qt.KeyboardModifier.ShiftModifier)

    assert view.sight.viewport.first_sample > 0


def test_the_selection_is_told_to_a_screen_reader(desk: Desk, view: TimelineView) -> None:
    desk.selection.set_range(RATE, 2 * RATE, (TrackId("vox"),))
    assert view.canvas.accessibleDescription() == "Selected from 00:01.000 to 00:02.000 on Vox"

    desk.selection.set_clips((ClipId("a"),), desk.document.project)
    assert view.canvas.accessibleDescription() == "Selected clips: a on Vox"
