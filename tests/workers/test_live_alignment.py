"""Where a take belongs, told from two clocks of which one guesses: no device, no waiting."""

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.audio.alignment import Alignment
from studio.audio.clock import Stamps

RATE_HZ = 48000
BLOCK = 480
DELAY_S = 0.0235
WANDERS = 0.4


def rows(first_s: float, seconds: float, stated_s: float, jitter_s: float = 0.0) -> NDArray[np.float64]:
    """Callbacks of a device that runs evenly; what they state of their distance to the converter wanders with time."""
    chance = np.random.default_rng(5)
    frames = np.arange(0, seconds * RATE_HZ, BLOCK)
    called_s = first_s + frames / RATE_HZ + chance.uniform(-jitter_s, jitter_s, len(frames))
    stated = called_s + stated_s * (1 + np.linspace(-WANDERS, WANDERS, len(frames)))
    return np.stack([frames, stated, frames, np.full(len(frames), BLOCK), called_s], 1)


def test_a_latency_that_wanders_by_its_own_size_does_not_move_the_take() -> None:
    alignment = Alignment(RATE_HZ)
    microphone, speaker = rows(10.02, 3.0, 0.0), rows(10.0, 3.0, DELAY_S, jitter_s=0.008)
    for part in range(0, 300, 40):
        alignment.look(microphone[part : part + 40], speaker[part : part + 40], jumped=False)

    assert alignment.is_sure(DELAY_S)
    assert alignment.apart_s(DELAY_S) == pytest.approx(0.02 - DELAY_S, abs=0.0007)


def test_what_was_known_before_a_dropout_outweighs_what_comes_after() -> None:
    alignment = Alignment(RATE_HZ)
    alignment.look(rows(10.02, 2.0, 0.0), rows(10.0, 2.0, DELAY_S), jumped=False)
    alignment.look(rows(10.0, 1.0, 0.0), rows(10.2, 1.0, DELAY_S), jumped=True)
    alignment.look(rows(10.0, 5.0, 0.0), rows(10.2, 5.0, DELAY_S), jumped=False)

    assert alignment.apart_s(DELAY_S) == pytest.approx(0.02 - DELAY_S, abs=1e-6)


def test_a_dropout_at_the_beginning_leaves_only_what_comes_after() -> None:
    alignment = Alignment(RATE_HZ)
    alignment.look(rows(10.02, 0.5, 0.0), rows(10.0, 0.5, DELAY_S), jumped=False)
    alignment.look(rows(10.0, 0.5, 0.0), rows(10.2, 0.5, DELAY_S), jumped=True)
    assert alignment.apart_s(DELAY_S) is None
    alignment.look(rows(10.0, 1.0, 0.0), rows(10.0, 1.0, DELAY_S), jumped=False)

    assert not alignment.is_sure(DELAY_S)
    assert alignment.apart_s(DELAY_S) == pytest.approx(-DELAY_S, abs=1e-6)


def test_a_stream_that_is_buffered_otherwise_than_usual_is_believed_but_not_sure() -> None:
    alignment = Alignment(RATE_HZ)
    alignment.look(rows(10.02, 2.0, 0.0), rows(10.0, 2.0, DELAY_S + 0.03), jumped=False)

    assert not alignment.is_sure(DELAY_S)
    assert alignment.apart_s(DELAY_S) == pytest.approx(0.02 - DELAY_S - 0.03, abs=0.0001)


def hear(stamps: Stamps, seconds: float, delay_s: float, first_s: float = 10.0) -> None:
    """So many seconds of callbacks, all at one distance to the converter."""
    first = stamps.count * BLOCK
    for frame in range(first, first + round(seconds * RATE_HZ), BLOCK):
        called_s = first_s + frame / RATE_HZ
        stamps.add(frame, called_s + delay_s, frame, BLOCK, called_s)
        if frame % (40 * BLOCK) == 0:
            stamps.learn()


def test_the_usual_way_to_the_ear_is_learned_over_streams_of_one_device() -> None:
    stamps = Stamps(RATE_HZ)
    known = []
    for delay_s in (0.023, 0.024, 0.040, 0.0235, 0.0232):  # one stream of five is guessed wrong
        stamps.restart("stage 480")
        hear(stamps, 3.0, delay_s)
        known.append(stamps.usual_delay_s() or (0.0, False))

    delays_s, sure = zip(*known, strict=True)
    assert delays_s[0] == pytest.approx(0.023)
    assert delays_s[-1] == pytest.approx(0.0235, abs=0.0005)
    assert (sure[0], sure[-1]) == (False, True)
    stamps.restart("booth 480")
    assert stamps.usual_delay_s() is None


def test_a_clock_that_jumps_is_seen_and_one_that_wanders_is_not() -> None:
    stamps = Stamps(RATE_HZ)
    stamps.restart("stage 480")
    hear(stamps, 2.0, 0.0235)
    even = stamps.count
    assert not stamps.jumped(0)
    hear(stamps, 1.0, 0.0235, first_s=10.02)

    assert stamps.jumped(even)
