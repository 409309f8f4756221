"""The figures of notes and ranges are those that the melodies were made with."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.model.intonation import Just, Reference, Tempered
from studio.model.measures import measure_note, summarise
from studio.model.notes import Note, Vibrato
from studio.model.pitch import PitchCurve, midi_to_hz
from studio.model.range_profile import range_profile, voice_field

FRAMES_PER_S = 200


def curve(cents: NDArray[np.float64], base_hz: float = 440.0) -> PitchCurve:
    hz = (base_hz * 2 ** (cents / 1200)).astype(np.float32)
    return PitchCurve(frames_per_s=FRAMES_PER_S, hz=hz, confidence=np.ones_like(hz))


def note(length_s: float, hz: float = 440.0, vibrato: Vibrato | None = None) -> Note:
    return Note(start_s=0.0, end_s=length_s, pitch_hz=hz, vibrato=vibrato)


def shaking(rate_hz: float, half_extent_cents: float) -> Vibrato:
    return Vibrato(
        rate_hz=rate_hz,
        half_extent_cents=half_extent_cents,
        onset_s=0.0,
        regularity=1.0,
        cycles=10.0,
        rate_error_hz=0.01,
        extent_error_cents=1.0,
    )


@given(slope=st.floats(-60, 60), rate_hz=st.floats(4.5, 7.5), extent=st.floats(20, 120))
def test_drift_is_what_is_left_beside_the_vibrato(slope: float, rate_hz: float, extent: float) -> None:
    time_s = np.arange(400) / FRAMES_PER_S
    swings = extent * np.sin(2 * np.pi * rate_hz * time_s)

    found = measure_note(note(2.0, vibrato=shaking(rate_hz, extent)), curve(slope * (time_s - 1) + swings))

    assert found.drift_cents_a_s == pytest.approx(slope, abs=8)
    assert found.sd_cents == pytest.approx(np.std(slope * (time_s - 1) + swings), abs=0.1)


def test_a_scooped_note_begins_below_and_says_when_it_has_arrived() -> None:
    time_s = np.arange(200) / FRAMES_PER_S
    scoop = np.where(time_s < 0.2, -200 * (1 - time_s / 0.2), 0.0)

    found = measure_note(note(1.0), curve(scoop))

    assert found.onset_cents == pytest.approx(-187, abs=5)
    assert found.settle_s == pytest.approx(0.175, abs=0.011)
    assert found.median_hz == pytest.approx(440, rel=1e-4)


def test_a_note_is_held_against_what_was_asked_for() -> None:
    third = midi_to_hz(64 - 0.1369)
    steady = curve(np.zeros(100), third)
    other = curve(np.full(100, -20.0), third * 2)

    tempered = measure_note(note(0.5, third), steady, Tempered())
    just = measure_note(note(0.5, third), steady, Just(tonic=0))
    beside = measure_note(note(0.5, third), steady, Reference(other))

    assert tempered.off_cents == pytest.approx(-13.69, abs=0.01)
    assert just.off_cents == pytest.approx(0, abs=0.01)
    assert beside.off_cents == pytest.approx(20, abs=0.1)


def test_where_the_reference_is_silent_nothing_is_said() -> None:
    silent = PitchCurve(
        frames_per_s=FRAMES_PER_S, hz=np.full(100, np.nan, np.float32), confidence=np.zeros(100, np.float32)
    )

    found = measure_note(note(0.5), curve(np.zeros(100)), Reference(silent))

    assert math.isnan(found.off_cents)
    assert math.isnan(found.target_hz)
    assert math.isnan(summarise([found]).off_cents)


@given(midi=st.floats(20, 110), tonic=st.integers(0, 11))
def test_a_just_degree_is_never_further_than_half_the_widest_step(midi: float, tonic: int) -> None:
    target = Just(tonic=tonic).target_midi(midi, 0, 1)

    assert abs(target - midi) <= 6 * math.log2(27 / 25) + 1e-9  # from 5/3 to 9/5
    assert Just(tonic=tonic).target_midi(target, 0, 1) == pytest.approx(target)


def test_a_note_without_a_pitch_in_the_melody_has_no_figures() -> None:
    silent = PitchCurve(
        frames_per_s=FRAMES_PER_S, hz=np.full(100, np.nan, np.float32), confidence=np.zeros(100, np.float32)
    )

    found = measure_note(note(0.5), silent)

    assert found.voiced == 0
    assert math.isnan(found.median_hz)
    assert math.isnan(found.sd_cents)
    assert math.isnan(found.settle_s)
    assert measure_note(note(0.5), silent.between(9, 9)).voiced == 0


def test_notes_count_by_how_long_they_last() -> None:
    long = measure_note(note(3.0, 440 * 2 ** (10 / 1200)), curve(np.zeros(600)))
    short = measure_note(note(1.0, 440 * 2 ** (-30 / 1200)), curve(np.zeros(200)))

    found = summarise([long, short])

    assert found.notes == 2
    assert found.off_cents == pytest.approx(0, abs=1e-6)
    assert found.off_spread_cents == pytest.approx(math.sqrt((3 * 100 + 900) / 4))
    assert found.within_25 == pytest.approx(0.75)
    assert math.isnan(found.vibrato_rate_hz)


def test_the_range_is_what_is_held_not_what_is_touched() -> None:
    hz = np.concatenate((np.full(200, 220.0), np.full(20, 110.0), np.full(300, 330.0), np.full(10, 900.0)))
    melody = PitchCurve(frames_per_s=FRAMES_PER_S, hz=hz.astype(np.float32), confidence=np.ones(530, np.float32))

    found = range_profile(melody)

    assert found.lowest_hz == pytest.approx(220, rel=1e-4)
    assert found.highest_hz == pytest.approx(330, rel=1e-4)
    assert found.first_midi == 45
    assert sum(found.seconds) == pytest.approx(530 / FRAMES_PER_S)
    assert found.seconds[12] == pytest.approx(1.0)


def test_silence_has_no_range() -> None:
    hz = np.full(50, np.nan, np.float32)
    silent = PitchCurve(frames_per_s=FRAMES_PER_S, hz=hz, confidence=np.zeros(50, np.float32))

    assert range_profile(silent).seconds == ()
    assert math.isnan(range_profile(silent).lowest_hz)
    assert voice_field(silent, np.zeros(50, np.float32)).seconds == ()


def test_the_voice_field_counts_each_frame_once() -> None:
    melody = curve(np.repeat((0.0, 700.0), 100))
    level_db = np.concatenate((np.full(100, -20.5), np.full(100, -10.5))).astype(np.float32)

    found = voice_field(melody, level_db)

    assert (found.first_midi, found.first_db) == (69, -21)
    assert found.seconds[0][0] == pytest.approx(0.5)
    assert found.seconds[7][10] == pytest.approx(0.5)
    assert np.sum(found.seconds) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="level"):
        voice_field(melody, level_db[:-1])
