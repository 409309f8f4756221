"""What is selected, as the person sees it."""

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from studio.model.edits import DeleteClips
from studio.model.project import ClipId, Marker, MarkerId, TrackId
from studio.session.selection import Selection
from tests.helpers.projects import two_tracks


@pytest.fixture
def selection() -> Selection:
    return Selection()


def test_a_stretch_may_be_drawn_from_either_end(selection: Selection) -> None:
    selection.set_range(300, 100)

    assert (selection.start, selection.stop) == (100, 300)
    assert selection.is_range


def test_nothing_lies_before_the_beginning(selection: Selection) -> None:
    selection.set_range(-50, 100)
    assert selection.start == 0

    selection.set_cursor(-1)
    assert selection.start == 0


def test_selecting_clips_selects_their_time_and_tracks(selection: Selection) -> None:
    selection.set_clips([ClipId("c1"), ClipId("c3")], two_tracks())

    assert (selection.start, selection.stop) == (0, 1500)
    assert selection.tracks == (TrackId("a"), TrackId("b"))


def test_a_new_stretch_lets_the_clips_go(selection: Selection) -> None:
    selection.set_clips([ClipId("c1")], two_tracks())

    selection.set_range(5, 10)

    assert selection.clips == ()
    assert selection.tracks == (TrackId("a"),)


def test_what_an_edit_removed_is_no_longer_selected(selection: Selection) -> None:
    project = two_tracks()
    selection.set_clips([ClipId("c1"), ClipId("c2")], project)

    selection.keep_to(DeleteClips(clips=(ClipId("c1"),)).apply(project))

    assert selection.clips == (ClipId("c2"),)


def test_all_is_everything(selection: Selection) -> None:
    selection.select_all(two_tracks())

    assert (selection.start, selection.stop) == (0, 3000)
    assert len(selection.clips) == 3


def test_a_region_selects_its_time(selection: Selection) -> None:
    project = replace(two_tracks(), markers=(Marker(id=MarkerId("k"), start=10, length=20),))

    selection.set_marker(MarkerId("k"), project)

    assert (selection.start, selection.stop, selection.marker) == (10, 30, "k")


def test_nobody_is_told_when_nothing_changed(qtbot: QtBot, selection: Selection) -> None:
    selection.set_cursor(7)

    with qtbot.assertNotEmitted(selection.changed):
        selection.set_cursor(7)


def test_letting_go_leaves_the_cursor_where_the_stretch_began(selection: Selection) -> None:
    selection.set_range(100, 300)

    selection.clear()

    assert (selection.start, selection.stop) == (100, 100)
