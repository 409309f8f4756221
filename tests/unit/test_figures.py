"""Time, levels and notes as people read and type them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import StudioError
from studio.model.levels import SILENCE_DB, db_to_gain, gain_text, gain_to_db, level_text, pan_text
from studio.model.pitch import (
    PitchCurve,
    cents_between,
    cents_off,
    hz_to_midi,
    midi_to_hz,
    note_name,
    note_text,
)
from studio.model.time import format_clock, parse_clock

rates_hz = st.sampled_from([44100, 48000, 96000])


@pytest.mark.parametrize(
    ("samples", "text"),
    [
        (0, "00:00.000"),
        (12 * 48000 + 23040, "00:12.480"),
        (59 * 48000 + 47999, "01:00.000"),
        (3723 * 48000 + 21888, "1:02:03.456"),
        (-48000, "−00:01.000"),
        (-1, "00:00.000"),
    ],
)
def test_a_position_reads_as_a_clock(samples: int, text: str) -> None:
    assert format_clock(samples, 48000) == text


@given(st.integers(0, 10 * 3600 * 96000), rates_hz)
def test_a_clock_typed_back_is_the_same_position_to_half_a_millisecond(samples: int, rate_hz: int) -> None:
    assert abs(parse_clock(format_clock(samples, rate_hz), rate_hz) - samples) <= rate_hz / 2000 + 1


@pytest.mark.parametrize(
    ("text", "seconds"), [("12", 12), ("12,48", 12.48), ("1:02.5", 62.5), (" 1:02:03.456 ", 3723.456), ("3.", 3)]
)
def test_times_are_understood_as_people_type_them(text: str, seconds: float) -> None:
    assert parse_clock(text, 48000) == round(seconds * 48000)


@pytest.mark.parametrize("text", ["", "abc", "1:2:3:4", "-3", "1..2", "1e3", "٣", ":", "1:.5", "9" * 40, "nan"])
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(StudioError) as caught:
        parse_clock(text, 48000)
    assert "1:02.5" in caught.value.explanation.remedy


@given(st.text(max_size=40))
def test_no_text_breaks_the_clock(text: str) -> None:
    try:
        assert parse_clock(text, 48000) >= 0
    except StudioError as refused:
        if refused.explanation.code != "time.unreadable":
            raise


@given(st.floats(-119, 40))
def test_decibels_survive_the_way_to_a_factor_and_back(db: float) -> None:
    assert gain_to_db(db_to_gain(db)) == pytest.approx(db, abs=1e-9)
    assert gain_to_db(-db_to_gain(db)) == pytest.approx(db, abs=1e-9)


def test_silence_is_a_factor_of_nothing() -> None:
    assert db_to_gain(SILENCE_DB) == 0.0
    assert gain_to_db(0.0) == SILENCE_DB
    assert db_to_gain(-6.0206) == pytest.approx(0.5, abs=1e-5)


def test_levels_and_places_read_as_on_a_mixer() -> None:
    assert [gain_text(db) for db in (3.04, -6, 0, -0.04, -200)] == ["+3.0 dB", "−6.0 dB", "0.0 dB", "0.0 dB", "−∞ dB"]
    assert [level_text(db) for db in (-12.34, -120)] == ["−12.3 dBFS", "−∞ dBFS"]
    assert [pan_text(pan) for pan in (0, -0.37, 1, 0.004)] == ["C", "37 L", "100 R", "C"]


@given(st.floats(20, 5000), st.floats(390, 470))
def test_a_frequency_survives_the_way_to_a_note_and_back(hz: float, a4_hz: float) -> None:
    assert midi_to_hz(hz_to_midi(hz, a4_hz), a4_hz) == pytest.approx(hz)
    assert hz_to_midi(hz, a4_hz) * 100 == pytest.approx(6900 + cents_between(hz, a4_hz))


@given(st.floats(0, 127))
def test_cents_stay_within_half_a_semitone_of_the_named_note(midi: float) -> None:
    assert -50 <= cents_off(midi) <= 50


def test_notes_are_named_as_singers_know_them() -> None:
    assert hz_to_midi(440.0) == 69
    assert [note_name(midi) for midi in (69, 60, 61, 0, 59.6)] == ["A4", "C4", "C♯4", "C-1", "C4"]
    assert note_name(61, flats=True) == "D♭4"
    assert [note_text(midi) for midi in (69.12, 68.8, 69, math.nan)] == ["A4 +12 ¢", "A4 −20 ¢", "A4 +0 ¢", "–"]
    assert math.isnan(hz_to_midi(0.0))


def curve() -> PitchCurve:
    hz = np.array([np.nan, 220, 440, 0, 440], np.float32)
    return PitchCurve(frames_per_s=200, hz=hz, confidence=np.ones(5, np.float32))


def test_a_melody_knows_its_voiced_frames() -> None:
    assert curve().voiced.tolist() == [False, True, True, False, True]
    assert curve().voiced_fraction == 0.6
    assert curve().median_hz == 440
    np.testing.assert_array_equal(curve().midi(), np.array([np.nan, 57, 69, np.nan, 69], np.float32))
    np.testing.assert_allclose(curve().times_s(), [0, 0.005, 0.01, 0.015, 0.02])


def test_a_stretch_of_a_melody_holds_the_frames_whose_centres_lie_in_it() -> None:
    assert curve().between(0.005, 0.015).hz.tolist() == [220, 440]
    assert curve().between(-1, 0.0001).hz.shape == (1,)
    assert curve().between(9, 10).median_hz == 0
    assert curve().between(0.02, 0.01).voiced_fraction == 0


def test_a_melody_of_two_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="not a melody"):
        PitchCurve(frames_per_s=200, hz=np.ones(3, np.float32), confidence=np.ones(4, np.float32))
