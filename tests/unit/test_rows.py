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
