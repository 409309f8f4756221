"""Noise goes, speech stays, at any rate and length."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.engines import registry
from studio.engines.base import LearnsNoise, Sound
from studio.engines.denoise.frames import spectra
from studio.errors import Cancelled, StudioError
from tests.helpers.dirty import clean_up, pink, segmental_db, si_sdr_db, speech, with_noise
from tests.helpers.voices import noise

CLEANERS = [info.id for info, missing in registry.cards() if info.task in ("denoise", "dereverb") and not missing]
SPECTRAL = ["spectral", "spectral-changing"]
DENOISERS = [name for name in [*SPECTRAL, "rnnoise"] if name in CLEANERS]


def test_the_built_in_engines_are_there() -> None:
    assert {*SPECTRAL, "dereverb"} <= set(CLEANERS)


def test_a_card_says_whether_an_engine_can_be_shown_the_noise() -> None:
    said = {info.id for info, _missing in registry.cards() if "noise profile" in info.can}
    assert said == {one for one in CLEANERS if isinstance(registry.denoiser(one), LearnsNoise)} == {"spectral"}


@pytest.mark.parametrize("id", DENOISERS)
@pytest.mark.parametrize(("kind", "better_db"), [("white", 4.5), ("pink", 2.5)])
def test_speech_in_noise_is_nearer_to_clean_speech(id: str, kind: str, better_db: float) -> None:
    clean = speech(48000)
    dirt = noise(len(clean)) if kind == "white" else pink(len(clean))
    noisy = with_noise(clean, dirt, 10)

    found = clean_up(id, noisy, 48000)

    assert segmental_db(clean, found, 48000) > segmental_db(clean, noisy, 48000) + better_db
    assert si_sdr_db(clean, found) > 10 + better_db / 2


@pytest.mark.parametrize("id", SPECTRAL)
def test_clean_speech_stays_as_it_is(id: str) -> None:
    clean = speech(22050)

    assert si_sdr_db(clean, clean_up(id, clean, 22050)) > 20


@pytest.mark.parametrize("id", SPECTRAL)
def test_noise_alone_goes_down_evenly(id: str) -> None:
    """12 dB lower at the least, and what is left is no twittering: no short moment of it stands far out."""
    dirt = noise(48000 * 3, 0.05)[:, None]

    left = clean_up(id, dirt, 48000)[12000:-12000]

    assert np.mean(left**2) < np.mean(dirt**2) / 10**1.2
    levels = np.mean(left[: len(left) // 480 * 480].reshape(-1, 480) ** 2, axis=1)
    assert levels.max() < 30 * np.median(levels)


def hum(length: int) -> Sound:
    """A transformer and what hiss there is around it."""
    time_s = np.arange(length) / 48000
    tones = sum(np.sin(2 * np.pi * 50 * n * time_s + n) / n for n in range(1, 12))
    return np.asarray(0.03 * tones + noise(length, 0.03), np.float32)


def peakiness(sound: Sound) -> float:
    """How far single bins of single frames stand out: 2 for noise that nothing was done to, more where it twitters."""
    powers = np.abs(spectra(sound, 1024)[0, 20:-20, 4:-4]) ** 2
    powers /= powers.mean(axis=0)
    return float(np.mean(powers**2) / np.mean(powers) ** 2)


@pytest.mark.parametrize("make", [noise, pink, hum])
def test_a_noise_that_was_learnt_goes_down_by_more_than_20_db_and_stays_even(make: Callable[[int], Sound]) -> None:
    clean = speech(48000)
    dirt = make(len(clean) + 4 * 48000)
    scale = np.sqrt(np.mean(clean**2) / np.mean(dirt**2) / 10)
    dirt = (dirt * np.float32(scale))[:, None]
    noisy, shown, alone = clean + dirt[: len(clean)], dirt[-48000:], dirt[len(clean) : -48000]

    left = clean_up("spectral", alone, 48000, noise=shown)[12000:-12000]
    assert 10 * np.log10(np.mean(alone[12000:-12000] ** 2) / np.mean(left**2)) > 20
    assert peakiness(left) < 1.3 * peakiness(alone)

    found = clean_up("spectral", noisy, 48000, noise=shown)
    by_itself = clean_up("spectral", noisy, 48000)
    assert si_sdr_db(clean, found) > si_sdr_db(clean, noisy) + 5
    assert si_sdr_db(clean, found) > si_sdr_db(clean, by_itself) + 1
    assert segmental_db(clean, found, 48000) > segmental_db(clean, by_itself, 48000) + 1


def test_a_noise_is_learnt_from_more_than_a_moment() -> None:
    with pytest.raises(StudioError) as caught:
        clean_up("spectral", noise(48000)[:, None], 48000, noise=noise(4800)[:, None])
    assert caught.value.explanation.code == "denoise.noise_short"


@pytest.mark.parametrize("id", CLEANERS)
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("rate_hz", "length"), [(8000, 8000), (44100, 4410), (96000, 19200), (48000, 1), (48000, 0)])
def test_any_rate_and_length_keeps_its_shape(id: str, channels: int, rate_hz: int, length: int) -> None:
    rate_hz = registry.denoiser(id).chunking({}).rate_hz or rate_hz
    sound = np.stack([noise(length, seed=seed) for seed in range(channels)], axis=1)
    before = sound.copy()

    found = clean_up(id, sound, rate_hz)

    assert found.shape == sound.shape
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(sound, before)


@pytest.mark.parametrize("id", CLEANERS)
def test_silence_stays_silence_and_no_strength_changes_nothing(id: str) -> None:
    sound = noise(24000, 0.1)[:, None]

    assert np.abs(clean_up(id, np.zeros((24000, 2), np.float32), 48000)).max() < 1e-6
    np.testing.assert_array_equal(clean_up(id, sound, 48000, 0.0), sound)


@pytest.mark.parametrize("id", CLEANERS)
def test_the_same_sound_gives_the_same_result_and_can_be_called_off(id: str) -> None:
    sound = with_noise(speech(48000), noise(len(speech(48000))), 10)[:48000]
    said: list[float] = []

    def call_off(fraction: float, stage: str) -> None:
        del stage
        said.append(fraction)
        if len(said) == 2:
            raise Cancelled

    first = clean_up(id, sound, 48000)

    np.testing.assert_array_equal(clean_up(id, sound, 48000), first)
    with pytest.raises(Cancelled):
        clean_up(id, sound, 48000, report=call_off)


@pytest.mark.parametrize("id", CLEANERS)
def test_what_is_no_number_harms_only_its_moment(id: str) -> None:
    sound = noise(24000, 0.1)[:, None]
    sound[5000] = np.nan
    sound[6000] = np.inf

    assert np.isfinite(clean_up(id, sound, 48000)).all()
