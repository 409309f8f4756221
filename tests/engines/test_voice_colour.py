"""The colour of consonants and breaths, moved from one voice towards another."""

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.engines.voice.colouring import coloured, colouring, unvoiced_mean
from studio.engines.voice.frames import enveloped, frame_count


def test_a_filter_gives_noise_another_colour_at_the_same_power_and_place() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 22050)
    dull, bright = (analysed_noise(noise, tilt) for tilt in (-0.9, 0.9))

    gains = colouring(dull[1], bright[1], 22050, 1.0)
    made = coloured(dull[0], gains)

    def high(sound: NDArray[np.float64]) -> float:
        power = np.abs(np.fft.rfft(sound)) ** 2
        return float(power[len(power) // 2 :].sum() / power.sum())

    assert high(dull[0]) < 0.1
    assert high(made) > 0.4
    assert len(made) == len(noise)
    assert np.sqrt((made**2).mean()) == pytest.approx(np.sqrt((dull[0] ** 2).mean()), rel=0.25)
    as_it_was = coloured(dull[0], colouring(dull[1], bright[1], 22050, 0.0))
    np.testing.assert_allclose(as_it_was, dull[0], atol=1e-9)


def analysed_noise(noise: NDArray[np.float64], tilt: float) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Noise through a filter of one pole or zero, and the mean colour of its frames."""
    sound = noise.copy()
    if tilt < 0:
        for at in range(1, len(sound)):
            sound[at] -= tilt * sound[at - 1]
    else:
        sound[1:] -= tilt * noise[:-1]
    frames = np.zeros(frame_count(len(sound), 22050), np.float32)
    mean = unvoiced_mean(enveloped(sound.astype(np.float32), 22050, frames), frames)
    assert mean is not None
    return sound, mean


def test_where_hardly_anything_has_no_voice_no_colour_is_known() -> None:
    assert unvoiced_mean(np.zeros((100, 50), np.float32), np.full(100, 200.0, np.float32)) is None
