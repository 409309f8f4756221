"""Measures of a voice are those that Praat gives for the same sound, and what they have to be for a sound made so."""

import numpy as np
import parselmouth
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from parselmouth.praat import call

from tests.helpers.voices import Mono, buzz, noise
from voicekernels.reference import quality

RATE_HZ = 16000


def voice(seed: int) -> Mono:
    """A buzz of 140 Hz whose pitch and loudness tremble a little."""
    draw = np.random.default_rng(seed)
    wander = np.interp(np.arange(RATE_HZ), np.arange(0, RATE_HZ, 110), draw.normal(0, 1, RATE_HZ // 110 + 1))
    shaped = buzz(140 * (1 + 0.01 * wander), RATE_HZ, RATE_HZ) * (1 + 0.05 * np.roll(wander, 500))
    return (shaped + noise(RATE_HZ, 0.002, seed)).astype(np.float32)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_jitter_is_praats(seed: int) -> None:
    sound = parselmouth.Sound(voice(seed).astype(np.float64), RATE_HZ)
    pulses = call(sound, "To PointProcess (periodic, cc)", 75, 600)
    times = np.array([call(pulses, "Get time from index", i + 1) for i in range(call(pulses, "Get number of points"))])

    found = quality.steadiness(times, np.ones(len(times)))

    for mine, name in ((found.jitter_local, "local"), (found.jitter_rap, "rap"), (found.jitter_ppq5, "ppq5")):
        assert mine == pytest.approx(call(pulses, f"Get jitter ({name})", 0, 0, 0.0001, 0.02, 1.3), rel=1e-3)


@settings(deadline=None, max_examples=30)
@given(swing=st.floats(0, 0.2), count=st.integers(8, 60))
def test_shimmer_of_pulses_that_take_turns_is_their_difference(swing: float, count: int) -> None:
    amplitudes = np.asarray(1 + swing / 2 * (-1.0) ** np.arange(count), np.float64)

    found = quality.steadiness(np.linspace(0, 0.005 * (count - 1), count), amplitudes)

    assert found.shimmer_local == pytest.approx(swing / amplitudes[:-1].mean(), abs=1e-9)
    assert found.jitter_rap == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("level", [0.01, 0.03, 0.1])
def test_harmonicity_is_praats(level: float) -> None:
    sound = buzz(150.0, RATE_HZ, RATE_HZ) + noise(RATE_HZ, level)
    theirs = parselmouth.Sound(sound.astype(np.float64), RATE_HZ).to_harmonicity_ac(0.01, 75, 0.1, 3.0)

    mine = [quality.harmonicity(sound[at - 320 : at + 320], RATE_HZ) for at in range(4000, 12000, 160)]

    wanted = np.array(theirs.values)[0, 25:75]
    assert np.median(mine) == pytest.approx(np.median(wanted), abs=1.0)


def test_formants_are_those_of_the_throat_it_was_made_with() -> None:
    rate_hz = 10000
    sound = np.zeros(2000)
    sound[::80] = 1.0
    for hz, width_hz in ((700, 80), (1200, 90), (2600, 120)):
        size, angle = np.exp(-np.pi * width_hz / rate_hz), 2 * np.pi * hz / rate_hz
        for t in range(len(sound)):
            sound[t] += 2 * size * np.cos(angle) * sound[t - 1] - size * size * sound[t - 2] if t > 1 else 0.0

    found = quality.formants((sound[1000:1500] * np.hanning(500)).astype(np.float32), rate_hz, 3)

    np.testing.assert_allclose(found, [700, 1200, 2600], rtol=0.04)


def test_centroid_and_average_are_praats() -> None:
    sound = voice(4)
    theirs = parselmouth.Sound(sound.astype(np.float64), RATE_HZ).to_spectrum().get_center_of_gravity(2.0)

    assert quality.centroid(*quality.spectrum(sound, RATE_HZ)) == pytest.approx(theirs, rel=0.02)


@pytest.mark.parametrize("slope", [-12.0, -6.0, 0.0])
def test_tilt_is_the_slope_it_was_made_with(slope: float) -> None:
    hz = np.linspace(0, 8000, 2049)

    assert quality.tilt(hz, 10 ** (slope / 10 * np.log2(np.maximum(hz, 1.0)))) == pytest.approx(slope, abs=1e-6)


def test_a_clear_voice_has_a_higher_cepstral_peak_than_a_hoarse_one() -> None:
    clear, hoarse = (
        np.median([quality.cepstral_peak(sound[at : at + 1024], RATE_HZ) for at in range(0, 14000, 500)])
        for sound in (buzz(150.0, RATE_HZ, RATE_HZ), buzz(150.0, RATE_HZ, RATE_HZ) + noise(RATE_HZ, 0.15))
    )

    assert clear > hoarse + 3


def test_the_ring_of_a_singer_lifts_the_power_ratio() -> None:
    def with_ring(level: float) -> NDArray[np.float32]:
        time_s = np.arange(RATE_HZ) / RATE_HZ
        tone = np.sin(2 * np.pi * 500 * time_s) + level * np.sin(2 * np.pi * 3000 * time_s)
        return tone.astype(np.float32)

    found = quality.singing_power_ratio(*quality.spectrum(with_ring(0.1), RATE_HZ))

    assert found == pytest.approx(-20, abs=0.5)


def test_silence_has_no_measure() -> None:
    silence = np.zeros(2000, np.float32)
    hz, power = quality.spectrum(silence, RATE_HZ)

    assert np.isnan(quality.harmonicity(silence, RATE_HZ))
    assert np.isnan(quality.cepstral_peak(silence, RATE_HZ))
    assert np.isnan(quality.centroid(hz, power))
    assert np.isnan(quality.singing_power_ratio(hz, power))
    assert all(np.isnan(quality.steadiness(np.zeros(0), np.zeros(0))))
    with pytest.raises(ValueError, match="amplitude"):
        quality.steadiness(np.zeros(3), np.zeros(2))
