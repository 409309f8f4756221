"""The studio's own tracker: exact, sure of its octave, the same on any number of cores, sensible on hard cases."""

import numpy as np
import pytest

from studio.engines.melody.notes import measure
from studio.engines.melody.tracker import Melisma, Melody
from tests.helpers.voices import Mono, buzz, cents, noise


def listen(sound: Mono, rate_hz: int = 16000) -> Melody:
    return Melisma().listen(sound, rate_hz, low_hz=40, high_hz=1400, report=lambda fraction, stage: None)


@pytest.mark.parametrize("hz", [45.0, 82.4])
def test_a_low_tone_is_right_to_a_few_cents(hz: float) -> None:
    found = listen(buzz(hz, 16000, 16000)).curve.hz[20:-20]

    assert not np.isnan(found).any()
    assert np.median(np.abs(cents(found, hz))) < 3
    assert np.abs(cents(found, hz)).max() < 50


@pytest.mark.parametrize("hz", [220.0, 660.0, 1300.0])
def test_a_steady_tone_is_right_to_a_cent(hz: float) -> None:
    found = listen(buzz(hz, 16000, 16000)).curve.hz[20:-20]

    assert not np.isnan(found).any()
    assert np.abs(cents(found, hz)).max() < 1.0


def test_a_quick_vibrato_keeps_its_extent() -> None:
    time_s = np.arange(48000) / 16000
    found = measure(
        buzz(440 * 2 ** (80 * np.sin(2 * np.pi * 7 * time_s) / 1200), 16000, 48000),
        16000,
        report=lambda fraction, stage: None,
    )

    (note,) = found
    assert note.vibrato is not None
    assert note.vibrato.rate_hz == pytest.approx(7, abs=0.01)
    assert note.vibrato.half_extent_cents == pytest.approx(80, rel=0.01)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_small_vibrato_on_a_high_note_keeps_its_extent_in_noise(seed: int) -> None:
    time_s = np.arange(40000) / 16000
    voice = buzz(600 * 2 ** (15 * np.sin(2 * np.pi * 5.5 * time_s) / 1200), 16000, 40000)
    found = measure(voice + noise(40000, float(np.std(voice)) * 0.8, seed), 16000, report=lambda fraction, stage: None)

    (note,) = found
    assert note.vibrato is not None
    assert note.vibrato.rate_hz == pytest.approx(5.5, abs=0.03)
    assert note.vibrato.half_extent_cents == pytest.approx(15, rel=0.015)


def test_in_noise_no_frame_is_an_octave_off() -> None:
    voice = buzz(196.0, 16000, 32000)
    found = listen(voice + noise(32000, float(np.std(voice)) * 0.3)).curve

    assert found.voiced_fraction > 0.95
    assert np.nanmax(np.abs(cents(found.hz, 196.0))) < 50


@pytest.mark.parametrize("hz", [180.0, 500.0])
def test_where_noise_drowns_the_voice_its_pitch_holds_its_course(hz: float) -> None:
    from_dip_s = np.arange(32000) / 16000 % 0.5 - 0.25
    voice = buzz(hz, 16000, 32000) * (1 - 0.995 * np.exp(-0.5 * (from_dip_s / 0.05) ** 4))
    lost = [
        np.mean(np.abs(cents(listen((voice + noise(32000, 0.12, seed)).astype(np.float32)).best_hz, hz)) > 50)
        for seed in range(6)
    ]

    assert np.mean(lost) < 0.025


@pytest.mark.parametrize("hz", [110.0, 230.0])
def test_on_the_telephone_a_voice_without_its_fundamental_keeps_its_pitch(hz: float) -> None:
    time_s = np.arange(16000) / 8000
    heard = [k for k in range(1, 40) if 300 < k * hz < 3400]
    voice = np.sum([np.sin(2 * np.pi * k * hz * time_s + k) / k for k in heard], axis=0)
    found = listen((0.2 * voice).astype(np.float32) + noise(16000, 0.003), 8000).curve

    assert found.voiced_fraction > 0.95
    assert np.nanmax(np.abs(cents(found.hz[20:-20], hz))) < 10


@pytest.mark.parametrize("offset", [0.5, -0.9])
def test_a_constant_under_a_voice_changes_nothing(offset: float) -> None:
    found = listen((0.1 * buzz(220.0, 16000, 16000) + offset).astype(np.float32)).curve.hz[20:-20]

    assert not np.isnan(found).any()
    assert np.abs(cents(found, 220.0)).max() < 1.0


@pytest.mark.parametrize("offset", [0.0, 0.2])
def test_nobody_sings_in_digital_silence_whatever_constant_it_lies_on(offset: float) -> None:
    voice = 0.1 * buzz(220.0, 16000, 32000) + 0.001
    voice[16000:20000] = 0
    found = listen((voice + offset).astype(np.float32)).curve

    assert not found.voiced[207:243].any()
    assert found.voiced[20:195].all()


@pytest.mark.parametrize("level_db", [40, 20, 10])
@pytest.mark.parametrize("hz", [105.0, 240.0, 800.0])
def test_a_glide_in_noise_is_followed(hz: float, level_db: int) -> None:
    """Up and down by a third, twice a second, as in lively speech."""
    wanted = hz * 2 ** (np.sin(2 * np.pi * 2 * np.arange(32000) / 16000) / 3)
    voice = buzz(wanted, 16000, 32000)
    found = listen(voice + noise(32000, float(np.std(voice)) * 10 ** (-level_db / 20), 5))

    off = np.abs(cents(found.best_hz, wanted[::80]))[20:-20]
    assert np.mean(off < 50) > 0.98
    assert np.median(off) < (2.5 if level_db == 40 else 8)


def test_one_core_and_four_give_the_same_melody(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = buzz(220.0, 8000, 8000 * 25) + noise(8000 * 25, 0.01)
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    alone = listen(sound, 8000)
    monkeypatch.setenv("NUMBA_NUM_THREADS", "4")
    together = listen(sound, 8000)

    np.testing.assert_array_equal(alone.curve.hz, together.curve.hz)
    np.testing.assert_array_equal(alone.guesses_hz, together.guesses_hz)


def test_what_else_it_may_be_is_kept() -> None:
    found = listen(buzz(220.0, 16000, 8000))

    assert np.abs(cents(found.guesses_hz[50], 220.0)).min() < 30
    assert np.abs(cents(found.best_hz, 220.0))[20:-20].max() < 5


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(8000, np.float32),
        noise(8000, 0.2),
        np.clip(buzz(150.0, 8000, 8000) * 20, -1, 1).astype(np.float32),
        buzz(220.0, 8000, 8000) + buzz(277.2, 8000, 8000) + buzz(329.6, 8000, 8000),
        buzz(220.0, 8000, 40),
        np.full(8000, 0.7, np.float32),
        np.full(8000, np.nan, np.float32),
        np.full(1, 0.5, np.float32),
        np.zeros(0, np.float32),
    ],
    ids=["silence", "noise", "clipped", "chord", "5 ms", "constant", "no numbers", "a sample", "nothing"],
)
def test_hard_cases_end_in_a_melody_without_nonsense(sound: Mono) -> None:
    curve = listen(sound, 8000).curve

    voiced = curve.hz[curve.voiced]
    assert len(curve.hz) == -(-len(sound) // 40)
    assert ((voiced >= 40) & (voiced <= 1400)).all()
    assert np.isfinite(curve.confidence).all()
