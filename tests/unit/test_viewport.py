"""The window in time: zooming, scrolling and the lines on the ruler."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.timeline.viewport import CLOSEST_SAMPLES_PER_PX, Viewport, ticks, time_label

TEN_HOURS = 10 * 3600 * 48000

viewports = st.builds(
    Viewport,
    first_sample=st.floats(0, TEN_HOURS),
    samples_per_px=st.floats(CLOSEST_SAMPLES_PER_PX, 1e6),
    width_px=st.integers(1, 8000),
    rate_hz=st.sampled_from([44100, 48000, 96000]),
)


@given(viewport=viewports, x=st.floats(0, 8000), factors=st.lists(st.floats(0.2, 5), min_size=1, max_size=30))
def test_zooming_keeps_the_point_under_the_mouse_to_the_pixel(
    viewport: Viewport, x: float, factors: list[float]
) -> None:
    under_the_mouse = viewport.sample_at(x)

    for factor in factors:
        viewport = viewport.zoomed(factor, x)

    assert viewport.x_of(under_the_mouse) == pytest.approx(x, abs=0.01)


@given(viewport=viewports, length=st.integers(0, TEN_HOURS))
def test_a_clamped_view_starts_in_the_project_and_stays_clamped(viewport: Viewport, length: int) -> None:
    once = viewport.clamped(length)

    assert 0 <= once.first_sample <= length
    assert once.samples_per_px >= CLOSEST_SAMPLES_PER_PX
    assert once.clamped(length) == once


@given(viewport=viewports, by_px=st.floats(-1e4, 1e4))
def test_panning_there_and_back_is_no_move(viewport: Viewport, by_px: float) -> None:
    back = viewport.panned(by_px).panned(-by_px)

    assert back.x_of(viewport.first_sample) == pytest.approx(0, abs=0.01)


@given(viewport=viewports, start=st.integers(0, TEN_HOURS), length=st.integers(1, TEN_HOURS))
def test_fitting_a_range_shows_all_of_it(viewport: Viewport, start: int, length: int) -> None:
    fitted = viewport.fitted(start, start + length)

    assert fitted.first_sample <= start
    assert fitted.x_of(start + length) <= viewport.width_px + 0.01
    assert fitted.span <= max(length * 1.03, viewport.width_px * CLOSEST_SAMPLES_PER_PX * 1.03)


@given(viewport=viewports)
def test_ruler_labels_never_touch_and_lie_in_order(viewport: Viewport) -> None:
    lines = ticks(viewport)

    xs = [viewport.x_of(tick.sample) for tick in lines if tick.label]
    assert all(right - left >= 83.9 for left, right in pairwise(xs))
    assert [tick.sample for tick in lines] == sorted({tick.sample for tick in lines})
    assert len(lines) <= viewport.width_px / 6.9 + 3


@given(viewport=viewports.filter(lambda view: view.samples_per_px > 1))
def test_no_two_ruler_labels_read_the_same(viewport: Viewport) -> None:
    labels = [tick.label for tick in ticks(viewport) if tick.label]

    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("time_us", "step", "text"),
    [
        (0, 1_000_000, "0:00"),
        (62_000_000, 1_000_000, "1:02"),
        (3_723_000_000, 60_000_000, "1:02:03"),
        (12_480_000, 20_000, "0:12.48"),
        (12_480_000, 1_000, "0:12.480"),
        (500_000, 500_000, "0:00.5"),
    ],
)
def test_a_time_reads_as_on_a_clock(time_us: int, step: int, text: str) -> None:
    assert time_label(time_us, step) == text


def test_the_view_turns_like_a_page_only_when_the_playhead_leaves_it() -> None:
    viewport = Viewport(first_sample=0, samples_per_px=100, width_px=1000)

    assert viewport.revealing(99_000) is viewport
    turned = viewport.revealing(100_000)
    assert turned.x_of(100_000) == pytest.approx(100)
