"""What every pitch tracker promises, held over every one that is registered and can run here."""

from importlib.metadata import entry_points

import numpy as np
import pytest

from studio.engines import registry
from studio.engines.base import FRAMES_PER_S, EngineInfo, Mono, PitchTracker
from studio.engines.grid import frame_count
from studio.errors import Cancelled
from studio.model.pitch import PitchCurve
from tests.helpers.voices import buzz, cents, noise

CARDS = [card for card in registry.cards() if card[0].task == "pitch"]
SLOW = {"crepe-full"}  # ten seconds of a core for each second of sound
HERE = [pytest.param(info, id=info.id) for info, missing in CARDS if not missing]
quick_ones = pytest.mark.parametrize("info", [one for one in HERE if one.id not in SLOW], indirect=True)
"""Where two sizes of one network go through the same lines of ours, the small one goes through them for both."""


@pytest.fixture(params=HERE)
def info(request: pytest.FixtureRequest) -> EngineInfo:
    card: EngineInfo = request.param
    return card


@pytest.fixture
def tracker(info: EngineInfo) -> PitchTracker:
    return registry.pitch_tracker(info.id)


@pytest.fixture
def length_s(info: EngineInfo) -> float:
    """Enough sound to mean something, little enough for the slow ones."""
    return 0.15 if info.id in SLOW else 1.0


def track(tracker: PitchTracker, sound: Mono, rate_hz: int = 16000, low: float = 60, high: float = 1100) -> PitchCurve:
    return tracker.track(sound, rate_hz, low_hz=low, high_hz=high, report=lambda fraction, stage: None)


def test_every_built_in_engine_came_through_the_entry_points() -> None:
    assert {"praat", "swift-f0", "crepe-tiny", "crepe-full"} <= {
        entry.name for entry in entry_points(group=registry.GROUP)
    }


@pytest.mark.parametrize(
    ("info", "rate_hz"),
    [
        pytest.param(*one.values, rate_hz, id=f"{one.id}-{rate_hz}")
        for one in HERE
        for rate_hz in (8000, 16000, 44100, 48000, 96000)
        if one.id not in SLOW or rate_hz == 48000
    ],
    indirect=["info"],
)
def test_a_buzz_of_220_hz_is_heard_as_220_hz_at_any_rate(tracker: PitchTracker, length_s: float, rate_hz: int) -> None:
    length = round(length_s * rate_hz)

    curve = track(tracker, buzz(220.0, rate_hz, length), rate_hz)

    assert len(curve.hz) == len(curve.confidence) == frame_count(length, rate_hz)
    assert curve.frames_per_s == FRAMES_PER_S
    assert curve.hz.dtype == curve.confidence.dtype == np.float32
    inner = curve.hz[8:-8]
    assert not np.isnan(inner).any()
    assert abs(np.median(cents(inner, 220.0))) < 5


@pytest.mark.parametrize("length", [0, 1, 80, 81, 240, 1000])
def test_a_sound_of_a_few_milliseconds_has_its_few_frames(tracker: PitchTracker, length: int) -> None:
    curve = track(tracker, buzz(220.0, 48000, length) if length > 1 else np.full(length, 0.5, np.float32), 48000)

    assert len(curve.hz) == len(curve.confidence) == -(-length * 200 // 48000)


def test_silence_is_unvoiced(tracker: PitchTracker) -> None:
    for silence in (np.zeros(16000, np.float32), noise(16000, 1e-6)):
        curve = track(tracker, silence)

        assert np.isnan(curve.hz).all()
        assert not curve.confidence.any()


def test_silence_around_a_voice_is_unvoiced(tracker: PitchTracker, length_s: float) -> None:
    voice = round(length_s * 16000)
    sound = np.concatenate((np.zeros(8000, np.float32), buzz(220.0, 16000, voice), np.zeros(8000, np.float32)))

    curve = track(tracker, sound)

    assert np.isnan(curve.hz[:85]).all()
    assert np.isnan(curve.hz[-85:]).all()
    assert not np.isnan(curve.hz[110 : 90 + voice // 80]).any()


def test_noise_is_mostly_unvoiced_and_never_outside_the_range(tracker: PitchTracker, length_s: float) -> None:
    curve = track(tracker, noise(round(length_s * 16000)), low=80, high=500)

    voiced = curve.hz[~np.isnan(curve.hz)]
    assert len(voiced) < 0.25 * len(curve.hz)
    assert ((voiced >= 80) & (voiced <= 500)).all()
    assert ((curve.confidence >= 0) & (curve.confidence <= 1)).all()


@quick_ones
def test_what_is_no_number_harms_only_its_moment(tracker: PitchTracker) -> None:
    sound = buzz(220.0, 16000, 16000)
    middle = len(sound) // 2
    sound[middle : middle + 10] = np.nan
    sound[middle + 10] = np.inf

    curve = track(tracker, sound)

    assert abs(np.nanmedian(cents(curve.hz, 220.0))) < 5


@quick_ones
def test_a_quiet_recording_is_heard_like_a_loud_one(tracker: PitchTracker) -> None:
    loud = track(tracker, buzz(220.0, 16000, 16000))
    quiet = track(tracker, buzz(220.0, 16000, 16000, peak=0.002))

    assert np.sum(np.isnan(loud.hz) != np.isnan(quiet.hz)) <= 4
    assert abs(np.nanmedian(cents(quiet.hz, 220.0))) < 5


@quick_ones
def test_a_glide_is_in_time_with_its_sound(tracker: PitchTracker) -> None:
    wanted = 200 * 2 ** (np.arange(32000) / 16000)  # an octave a second: 1.2 cents a millisecond

    curve = track(tracker, buzz(wanted, 16000, 32000))

    inner = slice(20, len(curve.hz) - 20)
    late = cents(curve.hz, wanted[:: 16000 // FRAMES_PER_S])[inner]
    assert abs(np.median(late)) < 1.2 * 5


@quick_ones
def test_the_same_sound_gives_the_same_melody_twice(tracker: PitchTracker) -> None:
    sound = buzz(220.0, 16000, 16000) + noise(16000, 0.05)

    first, second = track(tracker, sound), track(tracker, sound)

    np.testing.assert_array_equal(first.hz, second.hz)
    np.testing.assert_array_equal(first.confidence, second.confidence)


def test_it_stops_when_it_is_called_off(tracker: PitchTracker) -> None:
    said: list[float] = []

    def call_off(fraction: float, stage: str) -> None:
        said.append(fraction)
        if len(said) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        tracker.track(buzz(220.0, 16000, 16000 * 60), 16000, low_hz=60, high_hz=1100, report=call_off)

    assert len(said) == 2


def test_progress_only_grows_and_reaches_the_end(tracker: PitchTracker, length_s: float) -> None:
    said: list[float] = []
    tracker.track(
        buzz(220.0, 16000, round(length_s * 16000)),
        16000,
        low_hz=60,
        high_hz=1100,
        report=lambda fraction, stage: said.append(fraction),
    )

    assert said == sorted(said)
    assert said[-1] == 1.0
    assert min(said) >= 0


@pytest.mark.parametrize(
    ("id", "block", "length"),
    [
        ("praat", "praat._BLOCK_FRAMES", 200),
        ("swift-f0", "swift._BLOCK", 12 * 1280),
        ("crepe-tiny", "crepe._BLOCK", 100),
    ],
)
def test_no_seam_shows_where_a_long_sound_is_cut(
    monkeypatch: pytest.MonkeyPatch, id: str, block: str, length: int
) -> None:
    """A second at a time instead of half a minute: more seams in less sound."""
    if id not in {info.id for info, missing in CARDS if not missing}:
        pytest.skip(f"{id} cannot run here")
    samples = 16000 * 4
    wanted = 220 * 2 ** (np.sin(2 * np.pi * 0.2 * np.arange(samples) / 16000) / 2)
    whole = track(registry.pitch_tracker(id), buzz(wanted, 16000, samples))

    monkeypatch.setattr(f"studio.engines.{block}", length)
    cut = track(registry.pitch_tracker(id), buzz(wanted, 16000, samples))

    assert not np.isnan(cut.hz[20:-20]).any()
    assert np.abs(cents(cut.hz, whole.hz.astype(np.float64)))[20:-20].max() < 3
    assert np.abs(cut.confidence - whole.confidence)[20:-20].max() < 0.05


def test_everything_a_person_reads_is_there(info: EngineInfo) -> None:
    assert info.name
    assert info.licence
    assert info.about.endswith(".")
    assert info.needs
    assert registry.installed_version(info)
    assert 0 < info.lowest_hz < info.highest_hz


def test_two_channels_of_a_worker_share_one_tracker(info: EngineInfo) -> None:
    assert registry.pitch_tracker(info.id) is registry.pitch_tracker(info.id)
