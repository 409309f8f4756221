"""The pitch trace of a recording: near enough to be looked at, silent where nobody sings."""

import numpy as np
import pytest

from studio.capture.melody import Melody
from tests.helpers import sounds


@pytest.mark.parametrize("f0_hz", [82.4, 220.0, 523.3, 987.8])
def test_a_tone_is_found_within_ten_cents(f0_hz: float) -> None:
    melody = Melody()
    tone = sounds.buzz(48000, f0_hz=f0_hz).astype(np.float32)
    for start in range(0, 48000, 700):
        melody.hear(np.repeat(tone[start : start + 700], 2, axis=1))

    newest = melody.hz[-80:]

    assert np.isfinite(newest).mean() > 0.9
    assert abs(1200 * np.log2(np.nanmedian(newest) / f0_hz)) < 10


@pytest.mark.parametrize("loud", [0.0, 0.3])
def test_silence_and_noise_have_no_pitch(loud: float) -> None:
    melody = Melody()
    noise = np.random.default_rng(4).uniform(-1, 1, (48000, 2)).astype(np.float32) * loud
    melody.hear(noise)
    assert np.isnan(melody.hz[-90:]).mean() > 0.9
