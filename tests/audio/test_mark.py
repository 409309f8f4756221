"""The mark of synthetic speech is found in what carries it, and in nothing else."""

import numpy as np
import pytest

from studio.audio.mark import STEP_DB, SURE, Marker, detect, marked
from studio.engines import espeak
from studio.engines.base import Mono

TEXT = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. "


@pytest.fixture(scope="module")
def speech() -> tuple[Mono, int]:
    spoken = espeak.render(TEXT * 3, voice="en-us+f3")
    return spoken.samples, spoken.rate_hz


def test_marked_speech_is_found_and_unmarked_is_not(speech: tuple[Mono, int]) -> None:
    samples, rate_hz = speech

    assert detect(marked(samples, rate_hz), rate_hz).marked
    assert not detect(samples, rate_hz).marked


def test_the_mark_survives_noise_a_cut_and_another_rate(speech: tuple[Mono, int]) -> None:
    import soxr

    samples, rate_hz = speech
    sound = marked(samples, rate_hz)
    noise = np.random.default_rng(0).normal(0, 0.1 * np.sqrt(np.mean(sound**2)), len(sound))

    assert detect((sound + noise).astype(np.float32), rate_hz).score > SURE
    assert detect(sound[12345:], rate_hz).score > SURE
    assert detect(soxr.resample(sound, rate_hz, 16000), 16000).score > SURE


def test_the_mark_is_weak_and_keeps_the_length(speech: tuple[Mono, int]) -> None:
    samples, rate_hz = speech
    sound = marked(samples, rate_hz)

    assert len(sound) == len(samples)
    changed_db = 10 * np.log10(np.mean((sound - samples) ** 2) / np.mean(samples**2))
    assert changed_db < 20 * np.log10(10 ** (STEP_DB / 20) - 1)


@pytest.mark.parametrize("block", [1, 77, 4096])
def test_it_makes_no_difference_in_which_blocks_a_sound_comes(speech: tuple[Mono, int], block: int) -> None:
    samples, rate_hz = speech
    samples = samples[: 77 * 40]
    marker = Marker(rate_hz)

    parts = [marker.feed(samples[start : start + block]) for start in range(0, len(samples), block)]

    np.testing.assert_allclose(np.concatenate([*parts, marker.rest()]), marked(samples, rate_hz), atol=1e-6)


@pytest.mark.parametrize("length", [0, 1, 100, 5000])
def test_a_very_short_sound_keeps_its_length(length: int) -> None:
    sound = np.full(length, 0.1, np.float32)

    assert len(marked(sound, 22050)) == length
    assert not detect(sound, 22050).marked
