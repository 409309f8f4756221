"""The vibrato of what is being sung: measured within a second, and none where there is none."""

import numpy as np
import pytest

from studio.engines.melody.swing import WINDOW, Numbers, Swing
from tests.helpers.voices import noise

TIMES_S = np.arange(2 * WINDOW) / 200


def measured(cents: Numbers) -> tuple[float, float]:
    swing = Swing()
    for hz in 220 * 2 ** (cents / 1200):
        swing.push(float(hz))
    return swing.measure()


@pytest.mark.parametrize("rate_hz", [4.5, 6.0, 7.5])
@pytest.mark.parametrize("half_extent", [15.0, 60.0, 123.0, 190.0])
def test_a_vibrato_on_a_note_that_drifts_is_measured(rate_hz: float, half_extent: float) -> None:
    cents = half_extent * np.sin(2 * np.pi * rate_hz * TIMES_S) + 20 * TIMES_S + noise(len(TIMES_S), 2.0)

    found_hz, found_cents = measured(cents)

    assert found_hz == pytest.approx(rate_hz, abs=0.1)
    assert found_cents == pytest.approx(half_extent, rel=0.05)


@pytest.mark.parametrize(
    "cents",
    [
        240 * np.sin(2 * np.pi * 5.5 * TIMES_S),
        4 * np.sin(2 * np.pi * 5.5 * TIMES_S),
        np.zeros(len(TIMES_S)),
        noise(len(TIMES_S), 10.0).astype(np.float64),
        100 * np.sign(np.sin(2 * np.pi * 1.0 * TIMES_S)),
        np.where(TIMES_S < 1.2, np.nan, 0.0),
        np.where(TIMES_S < 1.9, 50 * np.sin(2 * np.pi * 5.5 * TIMES_S), np.nan),
    ],
    ids=["two notes in turn", "hardly any", "a held note", "a rough voice", "steps", "too short", "silence since"],
)
def test_what_is_no_vibrato_is_not_called_one(cents: Numbers) -> None:
    assert np.isnan(measured(cents)).all()
