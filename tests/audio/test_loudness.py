"""Loudness and true peak: as the recommendation, and other programs, have them."""

import av
import numpy as np
import pyloudnorm
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.audio.limit import Limiter
from studio.audio.loudness import LoudnessMeter, Measured
from studio.media.wav import Frames
from tests.helpers.sounds import buzz, noise


def measured(sound: Frames, rate_hz: int, blocks: int = 1) -> Measured:
    meter = LoudnessMeter(rate_hz, sound.shape[1])
    for block in np.array_split(sound, blocks):
        meter.add(block)
    return meter.measured()


def sine(hz: float, rate_hz: int, peak: float = 1.0, seconds: float = 5.0, phase: float = 0.0) -> Frames:
    samples = peak * np.sin(2 * np.pi * hz * np.arange(int(rate_hz * seconds)) / rate_hz + phase)
    return samples.astype(np.float32)[:, None]


def swelling(rate_hz: int, channels: int) -> Frames:
    """Ten seconds of noise from nothing to loud: the gates have something to do."""
    sound = noise(rate_hz * 10, channels, seed=3)
    return sound * np.geomspace(1e-4, 1, len(sound), dtype=np.float32)[:, None]


def by_ffmpeg(sound: Frames, rate_hz: int) -> tuple[float, float]:
    """Integrated loudness and true peak as FFmpeg's ebur128 filter has them."""
    layout = "stereo" if sound.shape[1] == 2 else "mono"
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate_hz, format="flt", layout=layout)
    meter = graph.add("ebur128", "metadata=1:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    found: dict[str, str] = {}
    step = rate_hz // 10
    for start in range(0, len(sound), step):
        block = np.ascontiguousarray(sound[start : start + step]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(block, "flt", layout)
        frame.sample_rate = rate_hz
        frame.pts = start
        graph.push(frame)
        while True:
            try:
                found.update(graph.pull().metadata)
            except (BlockingIOError, EOFError):
                break
    peaks = [float(value) for name, value in found.items() if "true_peaks_ch" in name]
    return float(found["lavfi.r128.I"]), 20 * float(np.log10(max(peaks)))


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_a_full_scale_sine_of_997_hz_on_one_channel_is_at_minus_3_01(rate_hz: int) -> None:
    assert measured(sine(997, rate_hz), rate_hz).integrated_lufs == pytest.approx(-3.01, abs=0.02)


def test_the_same_on_both_channels_is_3_db_louder() -> None:
    stereo = np.repeat(sine(997, 48000, 0.1), 2, axis=1)

    assert measured(stereo, 48000).integrated_lufs == pytest.approx(-20.0, abs=0.02)


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
@pytest.mark.parametrize("channels", [1, 2])
def test_it_agrees_with_pyloudnorm(rate_hz: int, channels: int) -> None:
    sound = swelling(rate_hz, channels)

    theirs = pyloudnorm.Meter(rate_hz).integrated_loudness(sound.astype(np.float64))

    assert measured(sound, rate_hz).integrated_lufs == pytest.approx(theirs, abs=0.06)


@pytest.mark.parametrize("channels", [1, 2])
def test_it_agrees_with_ffmpeg(channels: int) -> None:
    sound = swelling(48000, channels)
    sound = scipy.signal.sosfilt(scipy.signal.butter(8, 0.75, output="sos"), sound, axis=0).astype(np.float32)

    lufs, peak_dbtp = by_ffmpeg(sound, 48000)

    ours = measured(sound, 48000)
    assert ours.integrated_lufs == pytest.approx(lufs, abs=0.06)
    assert ours.true_peak_dbtp == pytest.approx(peak_dbtp, abs=0.1)


@settings(max_examples=20)
@given(blocks=st.integers(1, 400))
def test_it_does_not_matter_how_the_sound_arrives(blocks: int) -> None:
    sound = swelling(8000, 2)

    whole, cut = measured(sound, 8000), measured(sound, 8000, blocks)

    assert cut.integrated_lufs == pytest.approx(whole.integrated_lufs, abs=1e-6)
    assert cut.true_peak_dbtp == pytest.approx(whole.true_peak_dbtp, abs=1e-6)
    assert cut.sample_peak_dbfs == whole.sample_peak_dbfs


def test_a_peak_between_the_samples_is_found() -> None:
    between = sine(12000, 48000, phase=np.pi / 4) * np.hanning(48000 * 5)[:, None].astype(np.float32)

    found = measured(between, 48000)

    assert found.sample_peak_dbfs == pytest.approx(-3.01, abs=0.01)
    assert found.true_peak_dbtp == pytest.approx(0.0, abs=0.1)


def test_a_peak_in_the_last_sample_counts() -> None:
    sound = np.zeros((4800, 1), np.float32)
    sound[-1] = 0.5

    assert measured(sound, 48000).true_peak_dbtp == pytest.approx(-6.02, abs=0.1)


@pytest.mark.parametrize("sound", [np.zeros((96000, 2), np.float32), np.zeros((0, 1), np.float32)])
def test_silence_has_no_loudness(sound: Frames) -> None:
    assert measured(sound, 48000) == Measured(None, None, None)


def test_less_than_a_window_has_no_loudness_but_a_peak() -> None:
    found = measured(sine(997, 48000, 0.5, seconds=0.3), 48000)

    assert found.integrated_lufs is None
    assert found.sample_peak_dbfs == pytest.approx(-6.02, abs=0.01)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 1000),
    gain=st.floats(0.5, 30),
    cuts=st.lists(st.integers(0, 30_000), max_size=5),
    ceiling=st.floats(0.1, 1.0),
)
def test_what_is_limited_stays_below_the_ceiling_and_in_its_place(
    seed: int, gain: float, cuts: list[int], ceiling: float
) -> None:
    sound = noise(30_000, 2, seed=seed) * np.float32(gain)
    limiter = Limiter(48000, 2, ceiling)

    pieces = [limiter.feed(block) for block in np.split(sound, sorted(cuts))]
    pieces.append(limiter.feed(sound[:0], last=True))

    limited = np.concatenate(pieces)
    peak_db = measured(limited, 48000).true_peak_dbtp
    assert limited.shape == sound.shape
    assert peak_db is not None
    assert peak_db <= 20 * np.log10(ceiling) + 0.1
    assert np.all(limited * sound >= 0)
    assert np.all(np.abs(limited) <= np.abs(sound) + 1e-6)


def test_what_stays_below_the_ceiling_passes_untouched() -> None:
    sound = buzz(100_000)
    limiter = Limiter(48000, 1, 1.0)

    limited = np.concatenate([limiter.feed(sound[:70_001]), limiter.feed(sound[70_001:], last=True)])

    assert np.array_equal(limited, sound)


def test_one_loud_stretch_does_not_pull_down_the_rest() -> None:
    sound = 0.1 * buzz(96_000)
    sound[40_000:41_000] *= 30
    limiter = Limiter(48000, 1, 0.5)

    limited = limiter.feed(sound, last=True)

    assert np.array_equal(limited[:37_000], sound[:37_000])
    assert np.array_equal(limited[44_000:], sound[44_000:])
