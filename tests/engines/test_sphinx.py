"""The weak recogniser: it hears words, and none where there are none."""

import importlib.util

import numpy as np
import pytest

from studio.engines import espeak, sphinx
from studio.model.likeness import word_errors, words

pytestmark = pytest.mark.skipif(importlib.util.find_spec("pocketsphinx") is None, reason="comes with the engines")


def quiet(fraction: float, stage: str) -> None:
    assert 0 <= fraction <= 1


def test_most_words_of_a_plain_sentence_are_heard() -> None:
    text = "Kick the ball straight and follow through."
    spoken = espeak.render(text, voice="en-us+f2", words_per_minute=130)

    errors, count = word_errors(text, sphinx.heard(spoken.samples, spoken.rate_hz, quiet))

    assert errors < count / 2


@pytest.mark.parametrize("length", [0, 100, 16000])
def test_silence_has_no_more_than_a_word(length: int) -> None:
    assert len(words(sphinx.heard(np.zeros(length, np.float32), 16000, quiet))) <= 1


def test_a_long_recording_is_cut_where_it_is_quiet() -> None:
    sound = np.random.default_rng(0).normal(0, 0.1, 16000 * 40).astype(np.float32)
    sound[16000 * 12 : 16000 * 12 + 8000] = 0

    edges = sphinx._edges(sound)

    assert edges[0] == 0
    assert edges[-1] == len(sound)
    assert 16000 * 12 <= edges[1] <= 16000 * 12 + 8000
    assert max(np.diff(edges)) <= 15 * 16000
