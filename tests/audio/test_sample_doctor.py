"""What the sample doctor finds, with numbers, and what it leaves alone."""

import numpy as np
import pytest

from studio.audio.sample_doctor import examine
from studio.engines import espeak
from studio.engines.base import Mono

TEXT = "The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. Four hours faced us. "


@pytest.fixture(scope="module")
def clean() -> tuple[Mono, int]:
    spoken = espeak.render(TEXT * 2, voice="en-us+m3", pitch=40)
    quiet = np.random.default_rng(1).normal(0, 1e-4, len(spoken.samples))
    return (spoken.samples * 0.5 + quiet).astype(np.float32), spoken.rate_hz


def kinds(samples: Mono, rate_hz: int) -> set[str]:
    return {finding.kind for finding in examine(samples, rate_hz)}


def test_clean_speech_is_only_short(clean: tuple[Mono, int]) -> None:
    assert kinds(*clean) == {"length"}


def test_clipping_is_counted(clean: tuple[Mono, int]) -> None:
    samples, rate_hz = clean
    findings = {f.kind: f for f in examine(np.clip(samples * 6, -1, 1).astype(np.float32), rate_hz)}

    assert findings["clipping"].grave
    assert findings["clipping"].value > 1
    assert "gain" in findings["clipping"].remedy


def test_noise_is_measured_in_decibels(clean: tuple[Mono, int]) -> None:
    samples, rate_hz = clean
    level = float(np.sqrt(np.mean(samples**2)))
    noise = np.random.default_rng(0).normal(0, level / 5, len(samples))

    findings = {f.kind: f for f in examine((samples + noise).astype(np.float32), rate_hz)}

    assert 8 < findings["noise"].value < 22
    assert "music" not in findings


def test_a_chord_behind_the_voice_is_music(clean: tuple[Mono, int]) -> None:
    samples, rate_hz = clean
    at = np.arange(len(samples)) / rate_hz
    chord = sum(np.sin(2 * np.pi * hz * at) for hz in (262, 330, 392)) * 0.02

    assert "music" in kinds((samples + chord).astype(np.float32), rate_hz)


def test_two_people_are_two_speakers(clean: tuple[Mono, int]) -> None:
    samples, rate_hz = clean
    other = espeak.render(TEXT * 2, voice="en-us+f5", pitch=80)

    assert "speakers" in kinds(np.concatenate([samples, other.samples * 0.5]), rate_hz)


@pytest.mark.parametrize("length", [0, 10, 22050])
def test_silence_is_only_short(length: int) -> None:
    assert kinds(np.zeros(length, np.float32), 22050) == {"length"}
