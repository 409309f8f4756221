"""What sounds along: the project slower with its pitch kept, beats on their samples, a tone that is held."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.audio.drone import Drone
from studio.audio.fifo import Fifo
from studio.audio.metronome import Metronome, Tempo
from studio.audio.playback import Player, Span
from studio.audio.slow import Slow
from studio.media.wav import Frames
from tests.helpers.pulse import until
from tests.helpers.voices import buzz

RATE_HZ = 48000
TEMPO = Tempo(bpm=120.0, beats=3, gain=0.5)


class Voice:
    """A project that holds one tone; it ends at `length`."""

    rate_hz = RATE_HZ

    def __init__(self, length: int, hz: float = 220.0) -> None:
        self.length = length
        tone = buzz(hz, RATE_HZ, length)
        self._sound = np.repeat(tone[:, None], 2, axis=1)

    def render(self, start: int, frames: int) -> Frames:
        found: Frames = np.zeros((frames, 2), np.float32)
        part = self._sound[start : start + frames]
        found[: len(part)] = part
        return found


class Silence(Voice):
    """A project without a sound."""

    def render(self, start: int, frames: int) -> Frames:
        return np.zeros((frames, 2), np.float32)


@pytest.fixture
def queue() -> Fifo:
    return Fifo(96000, 2)


@pytest.fixture
def player(queue: Fifo) -> Iterator[Player]:
    player = Player(queue, RATE_HZ)
    yield player
    player.close()


def play(player: Player, queue: Fifo, frames: int) -> Frames:
    """Take frames as a speaker would, waiting for the feeder."""
    sound = np.zeros((frames, 2), np.float32)
    for start in range(0, frames, 480):
        until(lambda: queue.available >= 480 or not player.running, 60, "the feeder is ahead")
        queue.read_switching(sound[start : start + 480])
    return sound


def pitch_hz(sound: NDArray[np.float32]) -> float:
    """The pitch of a steady tone, from its spectrum's third harmonic."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 19))
    low, high = round(600 * (1 << 19) / RATE_HZ), round(720 * (1 << 19) / RATE_HZ)
    return (low + int(np.argmax(spectrum[low:high]))) * RATE_HZ / (1 << 19) / 3


def onsets(sound: NDArray[np.float32]) -> NDArray[np.intp]:
    """First samples of clicks."""
    loud = np.flatnonzero(np.abs(sound) > 1e-3)
    return loud[np.diff(loud, prepend=-10000) > 2000]


@pytest.mark.parametrize("speed", [0.25, 0.5, 0.8, 1.3, 2.0])
def test_slower_or_faster_sound_keeps_its_pitch_and_its_loudness(speed: float) -> None:
    sound = Voice(2 * RATE_HZ).render(0, 2 * RATE_HZ)

    made = Slow(RATE_HZ, speed).push(sound, last=True)

    assert len(made) == round(len(sound) / speed)
    assert 1200 * abs(np.log2(pitch_hz(made[4800:-4800, 0]) / 220)) < 3
    assert np.std(made[4800:-4800]) == pytest.approx(np.std(sound), rel=0.02)
    assert np.abs(np.diff(made[:-4800, 0])).max() < 1.05 * np.abs(np.diff(sound[:, 0])).max()  # nothing clicks


@settings(deadline=None, max_examples=20)
@given(cuts=st.lists(st.integers(0, 30000), max_size=12).map(sorted), speed=st.floats(0.25, 2.0))
def test_how_slowed_sound_is_cut_into_blocks_makes_no_difference(cuts: list[int], speed: float) -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, (30000, 2)).astype(np.float32)
    slow = Slow(RATE_HZ, speed)
    parts = [slow.push(part, last=False) for part in np.split(sound, cuts)]

    made = np.concatenate((*parts, slow.push(sound[:0], last=True)))

    np.testing.assert_array_equal(made, Slow(RATE_HZ, speed).push(sound, last=True))


@pytest.mark.parametrize("speed", [0.25, 0.5, 2.0])
def test_the_playhead_goes_as_slow_as_the_sound(player: Player, queue: Fifo, speed: float) -> None:
    player.hurry(speed)
    player.load(Voice(RATE_HZ))
    player.play(Span(12000, 0))
    until(lambda: not player.running or queue.available >= 4800, 60, "it plays")

    assert player.at(1000).position == pytest.approx(12000 + 1000 * speed, abs=1)
    play(player, queue, round(36000 / speed) // 480 * 480)
    until(lambda: not player.running, 60, "everything is queued")
    assert queue.written == pytest.approx(36000 / speed, abs=2)
    assert player.at(queue.written + 10)[:2] == (RATE_HZ, False)


def test_a_slowed_loop_goes_round_at_its_places(player: Player, queue: Fifo) -> None:
    player.hurry(0.5)
    player.load(Voice(RATE_HZ))
    player.play(Span(0, 0, 4800, 14400))
    play(player, queue, 3 * RATE_HZ)

    places = [player.at(frame).position for frame in range(queue.read - 40000, queue.read, 100)]
    assert min(places) >= 4800
    assert max(places) < 14400
    assert np.abs(np.unique(np.round(np.diff(places), 3)) - 50).min() < 1e-3


def test_the_speed_changes_while_it_plays_and_goes_on_where_it_was(player: Player, queue: Fifo) -> None:
    player.load(Voice(20 * RATE_HZ))
    player.play(Span(0, 0))
    play(player, queue, 9600)
    player.hurry(0.5)
    sound = play(player, queue, 24000)

    here = player.at(queue.read)
    assert here.position == pytest.approx(9600 + 0.5 * 24000, abs=1300)  # the change is heard 25 ms later
    assert np.abs(np.diff(sound[:, 0])).max() < 0.25


def test_what_a_take_is_recorded_along_goes_at_full_speed(player: Player, queue: Fifo) -> None:
    player.hurry(0.5)
    player.load(Voice(RATE_HZ))
    first = player.play(Span(0, 0), endless=True)

    assert player.pace == 1.0
    assert player.at(first + 1000)[:2] == (1000, True)


@settings(deadline=None, max_examples=30)
@given(cuts=st.lists(st.integers(0, 100_000), max_size=20).map(sorted), start=st.integers(0, 10**7))
def test_beats_lie_on_their_samples_however_the_sound_is_cut(cuts: list[int], start: int) -> None:
    metronome = Metronome(RATE_HZ, RATE_HZ, TEMPO)
    sound = np.zeros((100_000, 2), np.float32)
    for part, at in zip(np.split(sound, cuts), (0, *cuts), strict=True):
        metronome.add(part, start + at, 1.0)

    wanted = np.arange(-(-start // 24000) * 24000, start + 100_000 - 10, 24000) - start
    np.testing.assert_allclose(onsets(sound[:, 0]), wanted + 1, atol=1)  # a sine begins with 0
    loud = np.array([np.abs(sound[at : at + 1000, 0]).max() for at in wanted if at + 1000 < 100_000])
    stressed = np.array([(start + at) // 24000 % 3 == 0 for at in wanted if at + 1000 < 100_000])
    assert (loud[stressed] > 0.4).all()
    assert (loud[~stressed] < 0.35).all()


def test_the_metronome_follows_the_timeline_also_slowed_and_in_a_loop(player: Player, queue: Fifo) -> None:
    player.click(TEMPO)
    player.hurry(0.5)
    player.load(Silence(10 * RATE_HZ))
    player.play(Span(20000, 0, 20000, 50000))  # with one beat at 24000 and one at 48000
    sound = play(player, queue, 4 * RATE_HZ)

    wanted = np.sort([turn * 60000 + 2 * (beat - 20000) for turn in range(4) for beat in (24000, 48000)])
    np.testing.assert_allclose(onsets(sound[:, 0]), wanted[wanted < len(sound)], atol=4)


def test_a_take_is_counted_in_on_the_beats_before_it(player: Player, queue: Fifo) -> None:
    player.click(TEMPO)
    player.load(Voice(10 * RATE_HZ, 220.0))
    first = player.play(Span(48000, 0), endless=True, count_in_bars=1)
    at = queue.written - 1
    sound = play(player, queue, 96000)

    assert first == 3 * 24000
    assert not player.at(first - 1).playing
    assert player.at(first + 480)[:2] == (48480, True)
    assert at > 0
    np.testing.assert_allclose(onsets(sound[:first, 0]), [1, 24001, 48001], atol=1)


def test_a_drone_holds_its_note_and_never_clicks() -> None:
    drone = Drone(RATE_HZ)
    drone.hold(220.0, 0.25)
    parts = [drone.render(960) for _ in range(60)]
    drone.hold(330.0, 0.1)
    parts += [drone.render(960) for _ in range(30)]
    drone.hold(0.0, 0.1)
    parts += [drone.render(960) for _ in range(30)]

    sound = np.concatenate(parts)
    assert 1200 * abs(np.log2(pitch_hz(sound[9600:48000]) / 220)) < 1
    assert np.sqrt(np.mean(np.square(sound[9600:48000]))) == pytest.approx(0.25 / np.sqrt(2), rel=0.01)
    assert np.abs(np.diff(sound)).max() < 0.06
    assert drone.silent
    assert not sound[-960:].any()
