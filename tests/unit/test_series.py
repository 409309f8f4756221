"""A series shows whole points only, however fast its writer laps its readers."""

import subprocess
import sys
from collections.abc import Iterator

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from studio.errors import StudioError
from studio.ipc.ring import Ring
from studio.ipc.series import Series

FIELDS = ("monotonic_s", "position", "playing")


@pytest.fixture
def series() -> Iterator[Series]:
    with Series.create(FIELDS, 16) as made:
        yield made


def test_an_empty_series_has_no_latest_point(series: Series) -> None:
    assert series.latest() is None
    counter, rows = series.since(0)
    assert counter == 0
    assert rows.shape == (0, 3)


def test_the_other_side_knows_the_fields_and_sees_the_points(series: Series) -> None:
    with Series.attach(series.name) as other:
        series.append(1.5, 480.0, 1.0)

        newest = other.latest()
        assert other.fields == FIELDS
        assert newest is not None
        assert newest.tolist() == [1.5, 480.0, 1.0]


@given(appended=st.integers(0, 60), asked_from=st.integers(-5, 70), capacity=st.integers(2, 20))
def test_a_reader_gets_what_is_new_to_it_and_still_there(appended: int, asked_from: int, capacity: int) -> None:
    with Series.create(("number",), capacity) as series:
        for number in range(appended):
            series.append(float(number))

        counter, rows = series.since(asked_from)

        assert counter == appended
        oldest_whole = max(0, appended - capacity + 1)  # the slot of the one before is the next to be written
        assert rows[:, 0].tolist() == list(range(max(asked_from, oldest_whole, 0), appended))


def test_asking_again_with_the_counter_gives_each_point_once(series: Series) -> None:
    seen: list[float] = []
    counter = 0
    for number in range(50):
        series.append(float(number), 0.0, 0.0)
        if number % 7 == 0:
            counter, rows = series.since(counter)
            seen += rows[:, 0].tolist()

    assert seen == list(range(50))


def test_what_a_reader_got_is_its_own(series: Series) -> None:
    series.append(1.0, 1.0, 1.0)
    newest = series.latest()
    for _ in range(40):
        series.append(2.0, 2.0, 2.0)

    assert newest is not None
    assert newest.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("capacity", [2, 3, 64])
def test_no_reader_ever_sees_a_torn_point(capacity: int) -> None:
    fields = tuple(f"f{number}" for number in range(32))
    with Series.create(fields, capacity) as series:
        writer = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.ring_writer", "series", series.name, "300000"], stdout=subprocess.PIPE
        )
        counter, points, last = 0, 0, -1.0
        while writer.poll() is None:
            counter, rows = series.since(counter)
            points += len(rows)
            assert (rows == rows[:, :1]).all(), "a torn point"
            assert (np.diff(rows[:, 0]) == 1).all()
            if len(rows):
                assert rows[0, 0] > last
                last = rows[-1, 0]
            newest = series.latest()
            assert newest is None or (newest == newest[0]).all()
        writer.communicate()
        final = series.latest()
        assert final is not None
        assert final[0] == 299999
        assert points > 0


def test_a_point_has_a_value_for_each_field(series: Series) -> None:
    with pytest.raises(Exception, match="pack_into expected 3 items"):
        series.append(1.0)
    assert series.latest() is None


def test_attaching_to_something_else_is_explained() -> None:
    with Ring.create(1, 10) as ring, pytest.raises(StudioError) as failed:
        Series.attach(ring.name)
    assert failed.value.explanation.code == "memory.kind"


@pytest.mark.parametrize(("fields", "capacity"), [((), 10), (("a",), 1), (("a" * 2000,), 10)])
def test_a_series_of_nothing_cannot_be_made(fields: tuple[str, ...], capacity: int) -> None:
    with pytest.raises(ValueError, match="not a series"):
        Series.create(fields, capacity)
