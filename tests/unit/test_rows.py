"""How high the rows of tracks are: few share the room, many keep their height, and what a person dragged stays."""

import pytest

from studio.model.project import Track, TrackId
from studio.ui.timeline.rows import DEFAULT_HEIGHT, ROOMY_HEIGHT, Rows


def tracks(count: int) -> tuple[Track, ...]:
    return tuple(Track(id=TrackId(f"t{n}"), name=f"Track {n}") for n in range(count))


@pytest.mark.parametrize(
    ("count", "room", "height"),
    [(1, 800, ROOMY_HEIGHT), (2, 320, 160), (3, 400, 133), (8, 500, DEFAULT_HEIGHT), (2, 0, DEFAULT_HEIGHT)],
)
def test_few_tracks_share_the_room_and_many_scroll(count: int, room: int, height: int) -> None:
    assert [row.height for row in Rows(tracks(count), room=room).all] == [height] * count


def test_a_height_that_a_person_dragged_stays() -> None:
    rows = Rows(tracks(2), {TrackId("t0"): 300}, room=460)
    assert [row.height for row in rows.all] == [300, 160]


def test_lanes_make_room_below_their_track_and_are_no_rows() -> None:
    rows = Rows(tracks(2), room=520, lanes={TrackId("t0"): 2})
    assert [(row.top, row.height) for row in rows.all] == [(0, 130), (390, 130)]
    assert [(lane.top, lane.height) for lane in rows.lanes(TrackId("t0"))] == [(130, 130), (260, 130)]
    assert rows.lanes(TrackId("t1")) == ()
    assert rows.height == 520
    assert rows.at(200) is None
    nearest = rows.nearest(200)
    assert nearest is not None
    assert nearest.track == "t0"
    assert [row.track for row in rows.visible(300, 200)] == ["t0", "t1"]
