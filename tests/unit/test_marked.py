"""Of very many markers those are drawn that can be told apart."""

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
