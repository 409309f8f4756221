"""The batches of voice quality equal their reference frame by frame, and pulses are where Praat puts them."""

import os

import numpy as np
import parselmouth
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from parselmouth.praat import call

os.environ.setdefault("TRITON_INTERPRET", "1")

from tests.helpers.voices import Mono, buzz, noise
from voicekernels.cpu import quality as cpu
from voicekernels.reference import pulses, quality

RATE_HZ = 16000


def frames_of(seed: int, count: int, width: int) -> NDArray[np.float32]:
    """Frames of voices of any pitch and clearness, and some of silence."""
    draw = np.random.default_rng(seed)
    rows = [
        buzz(float(draw.uniform(80, 600)), RATE_HZ, width) + noise(width, float(draw.uniform(0.001, 0.2)), seed + n)
        for n in range(count)
    ]
    found = np.stack(rows) if rows else np.zeros((0, width))
    found[::7] = 0
    return found.astype(np.float32)


@settings(max_examples=15)
@given(seed=st.integers(0, 999), count=st.integers(0, 9), width=st.integers(16, 900))
def test_a_batch_on_the_cpu_equals_the_reference(seed: int, count: int, width: int) -> None:
    frames = frames_of(seed, count, width)

    np.testing.assert_allclose(
        cpu.harmonicities(frames, RATE_HZ), quality.harmonicities(frames, RATE_HZ), atol=1e-3, rtol=1e-5
    )
    np.testing.assert_allclose(
        cpu.cepstral_peaks(frames, RATE_HZ), quality.cepstral_peaks(frames, RATE_HZ), atol=1e-3, rtol=1e-5
    )


@pytest.mark.parametrize(("count", "width"), [(0, 640), (1, 640), (8, 720), (3, 33)])
def test_a_batch_on_the_gpu_equals_the_reference(count: int, width: int) -> None:
    torch = pytest.importorskip("torch", reason="torch comes with the engines")
    pytest.importorskip("triton", reason="Triton has no build for this system")
    from voicekernels.gpu import quality as gpu

    frames = frames_of(5, count, width)
    there = torch.from_numpy(frames).to("cuda" if torch.cuda.is_available() else "cpu")

    harmonics = gpu.harmonicities(there, RATE_HZ).cpu().numpy()
    peaks = gpu.cepstral_peaks(there, RATE_HZ).cpu().numpy()

    np.testing.assert_allclose(harmonics, quality.harmonicities(frames, RATE_HZ), atol=0.1)
    np.testing.assert_allclose(peaks, quality.cepstral_peaks(frames, RATE_HZ), atol=0.05)


@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 2, 2)])
def test_what_are_no_frames_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="frames"):
        cpu.harmonicities(np.zeros(shape, np.float32), RATE_HZ)
    with pytest.raises(ValueError, match="frames"):
        quality.cepstral_peaks(np.zeros(shape, np.float32), RATE_HZ)


def trembling(seed: int, jitter: float, shimmer: float) -> tuple[Mono, NDArray[np.float32]]:
    """A voice of 150 Hz whose periods and loudness differ, and its contour at 200 frames a second."""
    draw, length = np.random.default_rng(seed), RATE_HZ
    steps = np.arange(0, length, 107)
    wander, swell = (np.interp(np.arange(length), steps, draw.normal(0, 1, len(steps))) for _ in range(2))
    sound = buzz(150 * (1 + jitter * wander), RATE_HZ, length) * (1 + shimmer * swell) + noise(length, 0.002, seed)
    return sound.astype(np.float32), np.full(200, 150, np.float32)


@pytest.mark.parametrize(("seed", "jitter", "shimmer"), [(1, 0.01, 0.05), (2, 0.003, 0.02), (3, 0.02, 0.1)])
def test_jitter_and_shimmer_from_the_sound_are_praats(seed: int, jitter: float, shimmer: float) -> None:
    sound, contour = trembling(seed, jitter, shimmer)
    theirs = parselmouth.Sound(sound.astype(np.float64), RATE_HZ)
    points = call(theirs, "To PointProcess (periodic, cc)", 75, 600)

    mine = pulses.pulses(sound, RATE_HZ, contour, 200)
    found = quality.steadiness(mine.time_s, mine.amplitude)

    assert len(mine.time_s) == pytest.approx(call(points, "Get number of points"), abs=3)
    for value, name in ((found.jitter_local, "local"), (found.jitter_rap, "rap"), (found.jitter_ppq5, "ppq5")):
        assert value == pytest.approx(call(points, f"Get jitter ({name})", 0, 0, 0.0001, 0.02, 1.3), rel=0.03)
    wanted = call([theirs, points], "Get shimmer (local)", 0, 0, 0.0001, 0.02, 1.3, 1.6)
    assert found.shimmer_local == pytest.approx(wanted, rel=0.03)


def test_where_nobody_sings_there_are_no_pulses() -> None:
    silent = np.full(200, np.nan, np.float32)

    assert len(pulses.pulses(noise(RATE_HZ), RATE_HZ, silent, 200).time_s) == 0
    assert len(pulses.pulses(np.zeros(0, np.float32), RATE_HZ, np.zeros(0, np.float32), 200).time_s) == 0
    with pytest.raises(ValueError, match="one sound"):
        pulses.pulses(np.zeros((2, 2), np.float32), RATE_HZ, silent, 200)


def test_pulses_rise_and_stay_inside_the_voiced_stretches() -> None:
    sound, contour = trembling(4, 0.01, 0.05)
    contour[80:120] = np.nan

    found = pulses.pulses(sound, RATE_HZ, contour, 200).time_s

    assert (np.diff(found) > 0).all()
    assert not ((found > 0.41) & (found < 0.59)).any()
