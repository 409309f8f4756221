"""Peak pyramids: at any zoom a view sees what is in the sound, no more and no less."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.audio.peaks import PeakBuilder, build_peaks
from studio.errors import StudioError
from studio.media.peaks import BASE, FACTOR, HEADER_BYTES, Columns, Peaks, columns_of
from studio.media.wav import Frames
from tests.helpers.sounds import noise, write_medium

lengths = st.one_of(st.integers(0, 3000), st.integers(0, 60_000), st.sampled_from([BASE, BASE * 4, BASE * 64 + 1]))


def pyramid(path: Path, sound: Frames, cuts: tuple[int, ...] = ()) -> Peaks:
    builder = PeakBuilder(sound.shape[1])
    for block in np.split(sound, sorted(cuts)):
        builder.add(block)
    builder.write(path, 48000)
    return Peaks.open(path)


def by_hand(sound: Frames, start: float, step: float, count: int, channel: int | None, grain: int) -> Columns:
    """Each column on its own, from the samples, `grain` of which are taken together or not at all."""
    chosen = sound if channel is None else sound[:, channel : channel + 1]
    out = np.zeros((count, 3))
    for index in range(count):
        first = int(np.floor(start + index * step))
        last = max(int(np.floor(start + (index + 1) * step)), first + 1)
        first, last = max(first, 0), min(last, len(sound))
        if first < last:
            stretch = chosen[first // grain * grain : -(-last // grain) * grain].astype(np.float64)
            out[index] = stretch.min(), stretch.max(), np.sqrt(np.mean(stretch**2))
    return out.astype(np.float32)


@given(
    length=lengths,
    channels=st.integers(1, 2),
    channel=st.sampled_from([None, 0, -1]),
    start=st.floats(-5000, 60_000),
    step=st.one_of(st.floats(1, 1000), st.floats(256, 40_000)),
    seed=st.integers(0, 100),
)
def test_a_column_is_the_extremes_of_the_bins_that_it_touches(
    length: int,
    channels: int,
    channel: int | None,
    start: float,
    step: float,
    seed: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    sound = noise(length, channels, seed)
    if channel == -1:
        channel = channels - 1
    peaks = pyramid(tmp_path_factory.mktemp("peaks") / "m.peaks", sound)

    found = peaks.columns(start, step, 20, channel)
    expected = by_hand(sound, start, step, 20, channel, BASE)

    assert np.array_equal(found[:, :2], expected[:, :2])
    assert np.allclose(found[:, 2], expected[:, 2], rtol=1e-4)


@given(
    length=lengths,
    channel=st.sampled_from([None, 0, 1]),
    start=st.floats(-300, 60_000),
    step=st.one_of(st.floats(0.01, 3), st.floats(1, 700)),
)
def test_columns_of_the_sound_itself_are_exact_to_the_sample(
    length: int, channel: int | None, start: float, step: float
) -> None:
    sound = noise(length, 2)

    found = columns_of(sound, start, step, 30, channel)
    expected = by_hand(sound, start, step, 30, channel, 1)

    assert np.array_equal(found[:, :2], expected[:, :2])
    assert np.allclose(found[:, 2], expected[:, 2], rtol=1e-4)


@given(length=lengths, cuts=st.lists(st.integers(0, 60_000), max_size=6))
def test_the_pyramid_does_not_depend_on_how_the_sound_arrived(
    length: int, cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("peaks")
    sound = noise(length, 2)
    pyramid(folder / "whole.peaks", sound)
    pyramid(folder / "cut.peaks", sound, tuple(min(cut, length) for cut in cuts))

    assert (folder / "whole.peaks").read_bytes() == (folder / "cut.peaks").read_bytes()


def test_the_whole_of_a_sound_is_one_column(tmp_path: Path) -> None:
    sound = noise(BASE * FACTOR**5 + 17, 1)
    sound[-1] = 0.9

    low, high, rms = pyramid(tmp_path / "m.peaks", sound).columns(0, len(sound), 1, None)[0]

    assert (low, high) == (sound.min(), np.float32(0.9))
    assert rms == pytest.approx(np.sqrt(np.mean(sound.astype(np.float64) ** 2)), rel=1e-5)


def test_peaks_of_a_wav_that_is_there_are_those_made_while_importing(tmp_path: Path) -> None:
    sound = noise(300_001, 2)
    medium = write_medium(tmp_path, "m", sound)
    told: list[float] = []

    build_peaks(tmp_path / medium.file, tmp_path / "later.peaks", lambda fraction, _stage: told.append(fraction))
    pyramid(tmp_path / "at once.peaks", sound)

    assert (tmp_path / "later.peaks").read_bytes() == (tmp_path / "at once.peaks").read_bytes()
    assert told == sorted(told)


def test_what_is_not_a_number_is_drawn_as_silence(tmp_path: Path) -> None:
    sound = noise(1000, 1)
    sound[10], sound[20], sound[30] = np.nan, np.inf, -np.inf

    columns = pyramid(tmp_path / "m.peaks", sound).columns(0, 1000, 1, None)

    assert np.isfinite(columns).all()
    assert abs(columns[0]).max() <= 0.3


def test_a_column_where_there_is_no_sound_is_nothing(tmp_path: Path) -> None:
    peaks = pyramid(tmp_path / "m.peaks", noise(1000, 1))

    assert not peaks.columns(-5000, 256, 19, None).any()
    assert not peaks.columns(1000, 256, 10, None).any()


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "foreign", "lying"])
def test_a_broken_pyramid_asks_for_a_new_one(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "m.peaks"
    pyramid(path, noise(5000, 1))
    whole = path.read_bytes()
    if damage == "gone":
        path.unlink()
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "cut":
        path.write_bytes(whole[: HEADER_BYTES + 10])
    elif damage == "foreign":
        path.write_bytes(b"RIFF" + whole[4:])
    else:
        path.write_bytes(whole.replace(b'"count":20', b'"count":99'))

    with pytest.raises(StudioError) as refused:
        Peaks.open(path)
    assert refused.value.explanation.code == "peaks-missing"


@pytest.mark.benchmark_suite
def test_a_screen_of_a_ten_hour_sound_costs_a_fraction_of_a_frame(tmp_path: Path) -> None:
    import time

    builder = PeakBuilder(1)
    hour = noise(48000 * 60, 1)
    for _ in range(600):
        builder.add(hour)
    builder.write(tmp_path / "m.peaks", 48000)
    peaks = Peaks.open(tmp_path / "m.peaks")

    took = []
    for zoom in (300.0, 5000.0, 100_000.0, peaks.length / 1600):
        for start in (0.0, peaks.length / 3):
            begin = time.process_time()
            peaks.columns(start, zoom, 1600, None)
            took.append(time.process_time() - begin)

    assert max(took) < 0.008, f"{max(took) * 1000:.1f} ms"
