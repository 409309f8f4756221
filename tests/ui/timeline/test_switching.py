"""Another project, other tracks, in the middle of anything: the picture follows, and nobody asks for what is gone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.media.store import ProjectStore
from studio.model.edits import AddTrack, RemoveTrack
from studio.model.project import Project, Track, TrackId
from studio.session.desk import Desk
from studio.ui.timeline.view import TimelineView
from tests.ui.timeline.conftest import RATE, clip, make_project


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A project none of whose tracks the first one has."""
    folder = tmp_path / "other"
    whole = make_project(folder)
    lead = Track(id=TrackId("lead"), name="Lead", clips=(clip("d", 0, 15),))
    ProjectStore.create(folder, Project(name="Other", rate_hz=RATE, media=whole.media, tracks=(lead,))).close()
    return folder


def test_projects_with_other_tracks_are_opened_in_turn_at_any_zoom(
    qtbot: QtBot, desk: Desk, view: TimelineView, other: Path
) -> None:
    first = desk.document.folder
    for folder, name in ((other, "Lead"), (first, "Vox"), (other, "Lead")):
        view.zoom_in()
        view.finish()
        desk.document.open(folder)
        view.canvas.repaint()
        view.zoom_fit()
        view.canvas.repaint()
        view.finish()

        assert desk.document.project.tracks[0].name == name
        assert {header.accessibleName() for header in view.heads.headers if not header.isHidden()} == {
            f"Track {track.name}" for track in desk.document.project.tracks
        }


def test_what_was_in_view_is_asked_about_before_the_new_rows_are_painted(
    desk: Desk, view: TimelineView, other: Path
) -> None:
    desk.document.open(other)
    assert list(view.canvas.scene.in_view(view.canvas.height())) == []
    QTest.mouseMove(view.canvas, QPoint(300, 40))


def test_undo_of_a_track_in_the_middle_of_a_drag_calls_the_drag_off(
    desk: Desk, view: TimelineView, middle_of: Callable[[str], QPoint]
) -> None:
    desk.document.do(AddTrack(track=Track(id=TrackId("new"), name="New", clips=(clip("n", 0, 10),))))
    view.finish()
    place = middle_of("new")
    QTest.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(view.canvas, place + QPoint(60, 0))

    desk.document.undo()
    view.canvas.repaint()
    QTest.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, pos=place + QPoint(60, 0))
    view.canvas.repaint()

    assert [track.name for track in desk.document.project.tracks] == ["Vox", "Band"]


def test_tracks_come_and_go_with_their_heads(desk: Desk, view: TimelineView) -> None:
    desk.document.do(RemoveTrack(track=TrackId("vox")))
    assert view.heads.header(TrackId("vox")) is None
    desk.document.undo()
    header = view.heads.header(TrackId("vox"))
    assert header is not None
    assert not header.isHidden()


@pytest.fixture
def middle_of(view: TimelineView) -> Callable[[str], QPoint]:
    """A place inside a track's clip header, in the canvas."""

    def _middle(track: str) -> QPoint:
        row = view.sight.rows.of(TrackId(track))
        assert row is not None
        return QPoint(200, round(row.clip_top - view.sight.top) + 6)

    return _middle
