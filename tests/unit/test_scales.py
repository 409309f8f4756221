"""The notes of a scale, and the nearest of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.settings.scales import STEPS, ScaleName, nearest, title


@given(midi=st.floats(0, 127), key=st.integers(0, 11), scale=st.sampled_from(list(STEPS)))
def test_the_nearest_note_is_in_the_scale_and_no_other_is_nearer(midi: float, key: int, scale: ScaleName) -> None:
    found = nearest(midi, key, scale)

    in_scale = [note for note in range(-12, 140) if (note - key) % 12 in STEPS[scale]]
    assert found in in_scale
    assert abs(found - midi) == min(abs(note - midi) for note in in_scale)


@pytest.mark.parametrize(
    ("midi", "key", "scale", "snapped"),
    [
        (60.5, 0, "chromatic", 61.0),
        (61.4, 0, "major", 62.0),
        (60.4, 2, "minor", 60.0),
        (61.0, 2, "minor", 62.0),  # as far from C as from D
        (65.4, 9, "minor_pentatonic", 64.0),
        (70.6, 9, "major", 71.0),
    ],
)
def test_a_pitch_goes_to_the_scale(midi: float, key: int, scale: ScaleName, snapped: float) -> None:
    assert nearest(midi, key, scale) == snapped


def test_a_scale_is_called_by_its_keynote() -> None:
    assert title(2, "minor_pentatonic") == "D minor pentatonic"
    assert title(2, "chromatic") == "Semitones"
