"""Of very many markers those are drawn that can be told apart."""

import math

from hypothesis import given
from hypothesis import strategies as st

from studio.model.project import Marker, MarkerId
from studio.ui.timeline.marked import Marked
from studio.ui.timeline.viewport import Viewport

VIEW = Viewport(first_sample=0.0, samples_per_px=100.0, width_px=1000)


def markers(count: int, apart: int, length: int = 0) -> tuple[Marker, ...]:
    return tuple(Marker(id=MarkerId(f"m{at}"), start=at * apart, length=length) for at in range(count))


def test_those_in_view_are_drawn_and_those_whose_words_reach_into_it() -> None:
    many = Marked(markers(1000, 48000))
    view = Viewport(first_sample=480_000.0, samples_per_px=480.0, width_px=1000)

    seen = many.seen(view, 150.0)

    assert [marker.start // 48000 for marker in seen] == list(range(9, 20))


def test_of_those_on_one_pixel_the_longest_is_drawn() -> None:
    crowd = (*markers(50_000, 2), Marker(id=MarkerId("long"), start=50_050, length=9000))

    seen = Marked(tuple(sorted(crowd, key=lambda marker: (marker.start, marker.id)))).seen(VIEW, 0.0)

    assert len(seen) == 1000
    assert any(marker.id == "long" for marker in seen)
    assert [marker.start for marker in seen] == sorted(marker.start for marker in seen)


def test_a_region_that_covers_the_view_is_drawn() -> None:
    view = Viewport(first_sample=1e6, samples_per_px=1.0, width_px=100)

    assert len(Marked(markers(1, 1, length=10_000_000)).seen(view, 0.0)) == 1


@given(
    spans=st.lists(st.tuples(st.integers(-3000, 120_000), st.integers(0, 4000)), min_size=201, max_size=400),
    samples_per_px=st.floats(1, 400),
)
def test_a_crowd_shows_the_longest_that_begins_on_each_pixel(
    spans: list[tuple[int, int]], samples_per_px: float
) -> None:
    many = [
        Marker(id=MarkerId(f"m{at}"), start=max(start, 0), length=length) for at, (start, length) in enumerate(spans)
    ]
    view = Viewport(first_sample=500.0, samples_per_px=samples_per_px, width_px=300)

    seen = Marked(tuple(many)).seen(view, 20.0)

    there = [m for m in many if m.end >= 500 - 20 * samples_per_px and m.start < 500 + 300 * samples_per_px]
    if len(there) <= 200:
        assert seen == there
        return
    longest: dict[int, Marker] = {}
    for marker in sorted(there, key=lambda marker: (marker.start, many.index(marker))):
        column = math.floor((marker.start - 500.0) / samples_per_px)
        if column not in longest or marker.length > longest[column].length:
            longest[column] = marker
    assert {marker.id for marker in seen} == {marker.id for marker in longest.values()}
