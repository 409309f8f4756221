"""How far off a voice is, moment by moment."""

import math

import numpy as np
import pytest

from studio.model.deviation import deviation
from studio.model.intonation import Just, Tempered
from studio.model.measures import NoteMeasures, measure_notes
from studio.model.notes import Note
from studio.model.pitch import PitchCurve

A4_HZ = 440.0


def sung(cents: np.ndarray) -> PitchCurve:
    hz = (A4_HZ * np.exp2(cents / 1200)).astype(np.float32)
    return PitchCurve(frames_per_s=200, hz=hz, confidence=np.ones_like(hz))


def measured(curve: PitchCurve, *ends_s: tuple[float, float], scale: Tempered | Just) -> tuple[NoteMeasures, ...]:
    notes = [Note(start_s=start, end_s=end, pitch_hz=A4_HZ, vibrato=None) for start, end in ends_s]
    return measure_notes(notes, curve, scale)


def test_a_swing_about_the_note_is_in_tune_and_a_slide_is_not() -> None:
    time_s = np.arange(400) / 200
    swung = 60 * np.sin(2 * np.pi * 5.0 * time_s)
    curve = sung(np.concatenate((swung, np.linspace(0, -40, 200))))
    found = deviation(curve, measured(curve, (0.0, 2.0), (2.0, 3.0), scale=Tempered()))
    assert np.abs(found[20:380]).max() < 3
    assert found[430] == pytest.approx(-6, abs=1)
    assert found[570] == pytest.approx(-34, abs=1)


def test_nothing_is_said_between_notes_and_where_nobody_sings() -> None:
    cents = np.zeros(400)
    cents[100:120] = math.nan
    curve = sung(cents)
    found = deviation(curve, measured(curve, (0.0, 1.0), (1.5, 9.0), scale=Just(tonic=5)))  # A is the third of F
    np.testing.assert_array_equal(np.isnan(found), np.isnan(cents) | ((np.arange(400) >= 200) & (np.arange(400) < 300)))
    np.testing.assert_allclose(found[~np.isnan(found)], 13.686, atol=0.01)
