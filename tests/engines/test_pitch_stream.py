"""The tracker on sound as it comes: the same however it is cut, soon, and nearly as good as with all of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.engines.melody import analysis
from studio.engines.melody.decimate import Decimator
from studio.engines.melody.stream import Frames, Stream
from studio.engines.melody.tracker import Melisma
from tests.helpers.voices import Mono, buzz, cents, noise

RATE_HZ = 44100
VOICE = np.concatenate(
    (noise(4000, 0.001), buzz(220 * 2 ** (np.sin(np.arange(14000) / 4000) / 6), RATE_HZ, 14000), noise(4000, 0.001))
)


def listen(sound: Mono, cuts: list[int], rate_hz: int = RATE_HZ) -> Frames:
    stream = Stream(rate_hz, low_hz=60, high_hz=1000)
    found = [stream.push(block) for block in np.split(sound, cuts)]
    return Frames(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


WHOLE = listen(VOICE, [])


@settings(deadline=None, max_examples=6)
@given(cuts=st.lists(st.integers(0, len(VOICE)), max_size=30).map(sorted))
def test_how_it_is_cut_into_blocks_makes_no_difference(cuts: list[int]) -> None:
    found = listen(VOICE, cuts)

    for mine, wanted in zip(found, WHOLE, strict=True):
        np.testing.assert_array_equal(mine, wanted)


def test_every_frame_is_said_once_and_within_30_ms() -> None:
    stream = Stream(RATE_HZ, low_hz=60, high_hz=1000)
    said = 0
    for start in range(0, len(VOICE), 128):
        found = stream.push(VOICE[start : start + 128])
        np.testing.assert_allclose(found.time_s, (said + np.arange(len(found.time_s))) / 200)
        said += len(found.time_s)
        now_s = min(start + 128, len(VOICE)) / RATE_HZ
        assert said / 200 > now_s - 0.030 - 0.005, "the next frame should have been said"


@pytest.mark.parametrize(
    ("cents_up", "within_ms"), [(-1200, 25), (-700, 30), (-200, 20), (200, 20), (700, 20), (1200, 35)]
)
def test_a_leap_is_said_soon(cents_up: float, within_ms: float) -> None:
    new_hz = 440 * 2 ** (cents_up / 1200)
    late_ms = []
    for leap_at in range(12000, 12000 + 480 * 4, 480):  # wherever it lies between two steps of the tracker
        stream = Stream(48000, low_hz=60, high_hz=1000)
        sound = buzz(np.repeat([440.0, new_hz], [leap_at, 2400]), 48000, leap_at + 2400)
        for stop in range(48, len(sound), 48):
            heard_hz = stream.push(sound[stop - 48 : stop]).hz
            if stop > leap_at and (np.abs(cents(heard_hz, new_hz)) < 50).any():
                late_ms.append((stop - leap_at) / 48)
                break

    assert len(late_ms) == 4
    assert max(late_ms) <= within_ms


@pytest.mark.parametrize("hz", [330.0, 440.0])
def test_a_note_whose_every_second_period_is_weaker_for_a_moment_stays_that_note(hz: float) -> None:
    time_s = np.arange(48000) / 48000
    rough = 0.2 * ((time_s % 0.3 > 0.15) & (time_s % 0.3 < 0.25))
    sound = (buzz(hz, 48000, 48000) * (1 + rough * np.cos(np.pi * hz * time_s))).astype(np.float32) + noise(
        48000, 0.001
    )

    heard_hz = listen(sound, list(range(240, 48000, 240)), 48000).hz[10:]

    assert np.isfinite(heard_hz).all()
    assert np.abs(cents(heard_hz, hz)).max() < 50


def test_steady_noise_asks_for_no_more_work_than_a_held_note(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    go_on = analysis.Way.go_on

    def counted(way: analysis.Way, frames: int) -> None:
        steps.append(1)
        go_on(way, frames)

    monkeypatch.setattr(analysis.Way, "go_on", counted)

    for sound in (
        buzz(220.0, RATE_HZ, RATE_HZ),
        noise(RATE_HZ, 0.3),
        buzz(220.0, RATE_HZ, RATE_HZ) + noise(RATE_HZ, 0.2),
    ):
        steps.clear()
        listen(sound, [])
        assert len(steps) <= 80  # 200 frames, three at a time, and a few where the sound begins


def test_it_hears_what_the_offline_tracker_hears() -> None:
    offline = Melisma().track(VOICE, RATE_HZ, low_hz=60, high_hz=1000, report=lambda fraction, stage: None)
    there = slice(30, 70)

    assert np.abs(cents(WHOLE.hz[there], offline.hz[there].astype(np.float64))).max() < 10


@pytest.mark.parametrize(
    "sound",
    [np.zeros(6000, np.float32), noise(6000, 0.3), np.full(6000, np.nan, np.float32), np.zeros(0, np.float32)],
    ids=["silence", "noise", "no numbers", "nothing"],
)
def test_hard_cases_give_frames_without_nonsense(sound: Mono) -> None:
    found = listen(sound, [100, 3000], 16000)

    assert np.isfinite(found.confidence).all()
    voiced = found.hz[~np.isnan(found.hz)]
    assert ((voiced >= 60) & (voiced <= 1000)).all()


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 44100, 48000, 96000])
@pytest.mark.parametrize("hz", [80.0, 3000.0])
def test_the_decimator_keeps_what_the_tracker_hears(rate_hz: int, hz: float) -> None:
    sound = np.sin(2 * np.pi * hz * np.arange(rate_hz // 4) / rate_hz).astype(np.float32)

    found = Decimator(rate_hz).push(sound)

    assert len(found) >= 2000 - 16  # 2 ms
    wanted = np.sin(2 * np.pi * hz * np.arange(len(found)) / 8000)
    assert np.abs(found - wanted)[20:-20].max() < 0.002
