"""Chunks that overlap, at any rate, add up to the sound that they were cut from."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from studio.audio.chunks import Joiner, at_rate, back_at, spans, unit_of
from studio.media.wav import Frames
from tests.helpers.sounds import buzz, noise


def there_and_back(sound: Frames, chunk: int, overlap: int, rate_hz: int, other_hz: int) -> Frames:
    """What comes out where a network gives back what it is given."""
    joiner = Joiner(1, sound.shape[1])
    done = []
    for span in spans(len(sound), chunk, overlap, unit_of(rate_hz, other_hz)):
        piece = at_rate(lambda a, b: sound[a:b], len(sound), span.start, span.stop, rate_hz, other_hz)
        done.append(joiner.add(span, back_at(piece[None], other_hz, rate_hz, span.stop - span.start)))
    out: Frames = np.concatenate(done, axis=1)[0]
    return out


@given(
    length=st.integers(1, 5000), chunk=st.integers(1, 900), overlap=st.integers(0, 900), unit=st.sampled_from([1, 7])
)
def test_every_frame_counts_once(length: int, chunk: int, overlap: int, unit: int) -> None:
    sound = noise(length, 2)
    joiner = Joiner(1, 2)
    done = []
    for span in spans(length, chunk, overlap, unit):
        assert span.start % unit == 0
        assert 0 <= span.start <= span.begin < span.stop <= length
        done.append(joiner.add(span, sound[None, span.start : span.stop]))

    np.testing.assert_allclose(np.concatenate(done, axis=1)[0], sound, rtol=0, atol=1e-6)
    assert joiner.tail.shape[1] == 0


@given(length=st.integers(100, 5000))
def test_the_last_chunk_is_no_shorter_than_the_others(length: int) -> None:
    assert {span.stop - span.start for span in spans(length, 100, 20)} == {100}


@pytest.mark.parametrize(("rate_hz", "other_hz"), [(48000, 44100), (44100, 48000), (44100, 22050), (96000, 44100)])
def test_another_rate_is_heard_nowhere_but_at_the_ends(rate_hz: int, other_hz: int) -> None:
    sound = buzz(4 * rate_hz, rate_hz, 220.0)

    out = there_and_back(sound, rate_hz, rate_hz // 4, rate_hz, other_hz)

    assert out.shape == sound.shape
    inner = slice(rate_hz // 20, -rate_hz // 20)
    off = np.square((out - sound)[inner], dtype=np.float64).sum() / np.square(sound[inner], dtype=np.float64).sum()
    assert 10 * np.log10(off) < -90


def test_what_is_shorter_than_a_second_is_filled_up_for_the_engine() -> None:
    sound = noise(4410)

    piece = at_rate(lambda a, b: sound[a:b], 4410, 0, 4410, 44100, 44100)

    assert len(piece) == 44100
    assert not piece[4410:].any()
    assert back_at(piece[None], 44100, 44100, 4410).shape == (1, 4410, 1)
