"""Chapters begin where somebody speaks again."""

import itertools

import numpy as np
import pytest

from studio.capture.breaks import Breaks
from studio.media.wav import Frames

RATE_HZ = 48000


def noise(seconds: float, level: float) -> Frames:
    count = round(seconds * RATE_HZ)
    sound = np.random.default_rng(3).normal(0.0, level, (count, 1)).astype(np.float32)
    return np.repeat(sound, 2, axis=1)


def heard(*pieces: Frames) -> list[tuple[float, float]]:
    """What is found where the sound comes in blocks of an odd length."""
    breaks = Breaks(5.0)
    sound = np.concatenate(pieces)
    return list(itertools.chain.from_iterable(breaks.hear(sound[at : at + 997]) for at in range(0, len(sound), 997)))


@pytest.mark.parametrize("room", [0.0001, 0.004])
def test_speech_after_a_long_silence_is_a_break(room: float) -> None:
    word, short, long = noise(1.0, 0.1), noise(3.0, room), noise(7.0, room)
    found = heard(noise(1.0, room), word, short, word, long, word)

    ((began_s, silent_s),) = found
    assert began_s == pytest.approx(13.0, abs=0.05)
    assert silent_s == pytest.approx(7.0, abs=0.1)


def test_neither_a_click_nor_the_first_word_is_one() -> None:
    click = noise(0.03, 0.5)

    assert heard(noise(7.0, 0.0005), noise(1.0, 0.1), noise(6.0, 0.0005), click, noise(6.0, 0.0005)) == []
