"""What the Sing workspace counts: the log of points, notes as they are heard, the range as it grows."""

import math

import numpy as np
from numpy.typing import NDArray

from studio.session.singing import Trace
from studio.ui.sing.heard_notes import HeardNotes
from studio.ui.sing.range_so_far import RangeSoFar
from studio.ui.sing.sung import Stretch, Sung, to_midi, unbroken

Numbers = NDArray[np.float64]


def points(hz: Numbers, begin_s: float = 100.0) -> Stretch:
    """Frames of 5 ms, sure where there is a pitch."""
    time_s = begin_s + np.arange(len(hz), dtype=np.float64) * 0.005
    sure = np.where(np.isnan(hz), 0.0, 1.0)
    none = np.full(len(hz), math.nan)
    return Stretch(time_s, hz, sure, np.full(len(hz), -20.0), none, none)


def held(hz: float, seconds: float) -> Numbers:
    return np.full(round(seconds * 200), hz)


def rest(seconds: float) -> Numbers:
    return np.full(round(seconds * 200), math.nan)


def test_the_log_keeps_the_newest_points_in_their_order() -> None:
    log = Sung(capacity=100)
    for begin in range(0, 260, 20):
        log.append(points(np.arange(begin, begin + 20, dtype=np.float64) + 100, begin * 0.005))
    assert len(log) == 100
    assert log.counter == 260
    np.testing.assert_array_equal(log.last(3).hz, [357.0, 358.0, 359.0])
    np.testing.assert_array_equal(log.since(0).hz, np.arange(260, 360))
    assert log.after(250 * 0.005 - 1e-9).hz[0] == 350.0
    assert math.isclose(log.newest_s, 259 * 0.005)


def test_what_was_read_before_is_not_taken_in_twice() -> None:
    log = Sung(capacity=100)
    time_s = np.arange(12, dtype=np.float64) * 0.005
    columns = [np.full(10, value) for value in (220.0, 220.0, 1.0, -20.0, 5.5, 60.0)]
    assert log.take_in(Trace(time_s[:10], *columns)) == 10
    assert log.take_in(Trace(time_s[2:], *columns)) == 2
    swing = log.swing(now_s=0.06)
    assert swing == (5.5, 60.0)
    assert log.swing(now_s=2.0) is None


def test_nothing_goes_on_across_missing_sound() -> None:
    two = zip(points(held(220, 0.1)), points(held(330, 0.1), 101.0), strict=True)
    parts = unbroken(Stretch(*(np.concatenate(pair) for pair in two)))
    assert [set(part.hz) for part in parts] == [{220.0}, {330.0}]


def test_notes_end_where_the_voice_rests_or_goes_elsewhere() -> None:
    heard = HeardNotes()
    sung = (held(220, 0.6), held(246.94, 0.5), rest(0.2), held(330, 0.05), rest(0.2), held(220, 0.4), rest(0.1))
    melody = np.concatenate(sung)
    for begin in range(0, len(melody), 7):  # as it comes
        heard.add(points(melody[begin : begin + 7], 100 + begin * 0.005))
    assert [round(float(to_midi(np.array([note.hz]), 440.0)[0])) for note in heard.notes] == [57, 59, 57]
    np.testing.assert_allclose([note.length_s for note in heard.notes], [0.6, 0.5, 0.4], atol=0.12)


def test_a_vibrato_does_not_cut_a_note() -> None:
    heard = HeardNotes()
    time_s = np.arange(400, dtype=np.float64) * 0.005
    swung = 220 * np.exp2(100 / 1200 * np.sin(2 * np.pi * 5.0 * time_s))
    heard.add(points(np.concatenate([swung, rest(0.1)])))
    (note,) = heard.notes
    assert math.isclose(note.length_s, 2.0, abs_tol=0.02)
    assert math.isclose(note.hz, 220.0, rel_tol=0.005)


def test_the_range_grows_with_what_was_held() -> None:
    grown = RangeSoFar()
    melody = np.concatenate([held(130.81, 1.0), rest(0.1), held(261.63, 1.0), rest(0.1), held(880.0, 0.1)])
    for begin in range(0, len(melody), 100):
        grown.add(points(melody[begin : begin + 100], 100 + begin * 0.005), 440.0)
    ends = grown.ends(440.0)
    assert math.isclose(grown.sung_s, 2.1, abs_tol=0.01)
    assert math.isclose(ends.lowest, 48.0, abs_tol=0.01)
    assert math.isclose(ends.highest, 60.0, abs_tol=0.01)  # the A5 was not held
    assert (ends.usual_low, ends.usual_high) == (48.0, 60.0)
    grown.clear()
    assert math.isnan(grown.ends(440.0).lowest)


def test_a_doubtful_frame_does_not_count() -> None:
    grown = RangeSoFar()
    doubtful = points(held(220.0, 1.0))._replace(confidence=np.full(200, 0.3))
    grown.add(doubtful, 440.0)
    assert grown.sung_s == 0.0
