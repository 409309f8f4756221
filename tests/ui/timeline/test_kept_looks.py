"""Heights and looks of tracks are remembered for every project, outside its history."""

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from studio import paths
from studio.model.project import TrackId
from studio.session.desk import Desk
from studio.ui.timeline.scene import TrackLook
from studio.ui.timeline.view import TimelineView

VOX, BAND = TrackId("vox"), TrackId("band")


def test_a_project_is_shown_again_as_it_was_left(
    desk: Desk, view: TimelineView, show: Callable[[Desk], TimelineView]
) -> None:
    view.sight.set_track_height(VOX, 240)
    view.sight.show_texture(BAND, "log")
    view.sight.zoom_track(BAND, 2.0)
    view.kept_looks.keep()

    again = show(desk)
    row = again.sight.rows.of(VOX)
    assert row is not None
    assert row.height == 240
    assert again.sight.looks == {BAND: TrackLook(zoom=2.0, texture="log")}
    assert desk.document.undo_label == ""


def test_a_change_is_written_by_itself_shortly_after(desk: Desk, view: TimelineView, qtbot: QtBot) -> None:
    file = paths.looks(desk.document.folder)
    assert not file.exists()
    view.sight.set_track_height(VOX, 200)
    qtbot.waitUntil(file.exists, timeout=10_000)


def test_another_project_has_its_own_looks_and_the_first_gets_its_own_back(desk: Desk, view: TimelineView) -> None:
    first = desk.document.folder
    view.sight.set_track_height(VOX, 240)
    desk.document.close()
    desk.document.new_untitled()
    assert view.sight.heights == {}

    desk.document.close()
    desk.document.open(first)
    assert view.sight.heights == {VOX: 240}


def test_a_project_that_is_saved_elsewhere_keeps_its_looks(desk: Desk, view: TimelineView, tmp_path: Path) -> None:
    view.sight.set_track_height(VOX, 240)
    desk.document.save_as(tmp_path / "other")
    assert view.sight.heights == {VOX: 240}
    assert paths.looks(tmp_path / "other").is_file()


def test_a_file_that_makes_no_sense_costs_nothing_but_the_looks(
    desk: Desk, show: Callable[[Desk], TimelineView]
) -> None:
    file = paths.looks(desk.document.folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{"heights_px": {"vox": "high"}}')
    assert show(desk).sight.heights == {}

    file.write_text('{"heights_px": {"vox": 99999}}')
    assert show(desk).sight.heights == {VOX: 480}
