"""The parts of the live worker that need no sound card."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from studio.audio import devices
from studio.audio.bell import Bell
from studio.audio.card import Card
from studio.audio.fifo import Fifo
from studio.audio.levels import Levels, Momentary
from studio.audio.playback import Player, Span
from studio.audio.recording import Recorder
from studio.audio.stream import Limiter, Microphone, Speaker
from studio.audio.watchdog import Alarm, Alarms, Lasting, Stuttering
from studio.errors import StudioError
from studio.media.takes import TakeHeader, TakeWriter, read_marks
from studio.media.wav import Frames
from studio.model.project import Media
from tests.helpers.counting import SCALE, Numbers, numbered
from tests.helpers.pulse import until


class Tone(Numbers):
    def render(self, start: int, frames: int) -> Frames:
        wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(start, start + frames) / self.rate_hz)
        return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 90)), max_size=60))
def test_what_goes_into_a_fifo_comes_out_in_order_or_is_refused(steps: list[tuple[bool, int]]) -> None:
    fifo = Fifo(100, 2)
    for writes, frames in steps:
        if writes:
            room = 100 - fifo.available
            assert fifo.write(numbered(fifo.written, frames)) == min(frames, room)
        else:
            first, out = fifo.read, np.full((frames, 2), -1, np.float32)
            count = fifo.read_into(out)
            np.testing.assert_array_equal(out[:count], numbered(first, count))
            assert count == min(frames, fifo.written - first)


def test_a_switch_leaves_what_was_queued_without_a_click_and_lands_on_the_sample() -> None:
    fifo = Fifo(10000, 2)
    fifo.write(np.full((3000, 2), 0.5, np.float32))
    fifo.write(np.full((3000, 2), -0.5, np.float32))
    fifo.switch(at=500, to=3000, follow=True)
    out = np.zeros((480, 2), np.float32)
    heard = []
    for _ in range(6):
        assert fifo.read_switching(out)[0] == 480
        heard.append(out[:, 0].copy())

    sound = np.concatenate(heard)
    assert np.abs(np.diff(sound)).max() < 0.005
    assert (sound[:500] == 0.5).all()
    assert (sound[740:] == -0.5).all()
    assert fifo.read == 3000 + 6 * 480 - 500


def play(player: Player, queue: Fifo, frames: int) -> Frames:
    """Take frames as a speaker would, waiting for the feeder."""
    sound = np.zeros((frames, 2), np.float32)
    for start in range(0, frames, 480):
        wanted = min(480, frames - start)
        until(lambda: queue.available >= 480 or not player.running, 60, "the feeder is ahead")
        queue.read_switching(sound[start : start + wanted])
    return sound


@pytest.fixture
def queue() -> Fifo:
    return Fifo(96000, 2)


@pytest.fixture
def player(queue: Fifo) -> Iterator[Player]:
    player = Player(queue, 48000)
    yield player
    player.close()


def test_a_loop_is_exact_to_the_sample(player: Player, queue: Fifo) -> None:
    player.load(Numbers(48000))
    player.play(Span(0, 0, 1000, 5801))

    heard = np.rint(play(player, queue, 20000)[:, 0] * 2**22).astype(int)
    turns = np.arange(20000)
    expected = np.where(turns < 5801, turns, 1000 + (turns - 1000) % 4801)
    np.testing.assert_array_equal(heard, expected)
    for frame in (10, 5800, 5801, 12000, 19999):
        assert player.at(frame) == (expected[frame], True, max(0, (frame - 1000) // 4801))


def test_an_edit_at_the_very_end_of_a_loop_does_not_leave_it(player: Player, queue: Fifo) -> None:
    """On a device of twice the rate, the last frame is as near to the sample behind the end as to its own."""
    player.load(Numbers(48000, rate_hz=24000))
    player.play(Span(0, 0, 1000, 3802))
    until(lambda: queue.available > 8000, 60, "it is queued ahead")
    margin = round(0.025 * 48000)
    assert player.at(7603).position == 3801.5
    play(player, queue, 7603 - margin)
    player.load(Numbers(48000, rate_hz=24000))

    heard = [player.at(frame) for frame in range(queue.read, queue.written)]
    assert max(place.position for place in heard) < 3802
    assert heard[-1].laps == 1


def test_playing_ends_where_the_project_ends(player: Player, queue: Fifo) -> None:
    player.load(Numbers(5000))
    player.play(Span(1000, 0))
    until(lambda: not player.running, 60, "everything is queued")

    assert queue.written == 4000
    assert player.at(3999)[:2] == (4999, True)
    assert player.at(4000)[:2] == (5000, False)


def test_seeking_is_heard_in_the_next_block_and_begins_on_its_sample(player: Player, queue: Fifo) -> None:
    player.load(Numbers(1 << 20))
    player.play(Span(0, 0))
    play(player, queue, 4800)
    player.play(Span(500_000, 0))

    heard = np.rint(play(player, queue, 960)[:, 0] * 2**22).astype(int)
    np.testing.assert_array_equal(heard[240:], np.arange(500_240, 500_960))


def test_an_edit_while_playing_takes_over_within_50_ms_and_in_time(player: Player, queue: Fifo) -> None:
    class Other(Numbers):
        def render(self, start: int, frames: int) -> Frames:
            return -numbered(start, frames) / SCALE

    player.load(Numbers(1 << 20))
    player.play(Span(0, 0))
    play(player, queue, 4800)
    player.load(Other(1 << 20))

    heard = np.rint(play(player, queue, 4800)[:, 0] * 2**22).astype(int)
    changed = int(np.flatnonzero(heard < 0)[0])
    assert changed < 0.05 * 48000
    np.testing.assert_array_equal(-heard[changed + 240 :], np.arange(4800 + changed + 240, 9600))


def test_a_project_at_another_rate_keeps_its_pitch(player: Player, queue: Fifo) -> None:
    player.load(Tone(44100 * 4, rate_hz=44100))
    player.play(Span(0, 0))
    sound = play(player, queue, 96000)[4800:, 0]

    assert _hz(sound, 48000) == pytest.approx(440, abs=0.1)
    assert player.at(48000).position == pytest.approx(44100, abs=1)


def _hz(sound: Frames, rate_hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 20))
    return float(np.argmax(spectrum)) * rate_hz / (1 << 20)


class Ears:
    """Keeps what a recorder tells."""

    def __init__(self) -> None:
        self.alarms: list[Alarm] = []
        self.finished: list[tuple[Media, ...]] = []
        self.dropped = 0

    def take_started(self, writer: TakeWriter) -> None: ...

    def take_progress(self, writer: TakeWriter, dropped: int, gaps: int) -> None:
        self.dropped = dropped

    def take_finished(self, writer: TakeWriter, segments: tuple[Media, ...], warning: str) -> None:
        self.finished.append(segments)


def header(rate_hz: int = 48000) -> TakeHeader:
    return TakeHeader(take="a", track="", start=0, rate_hz=rate_hz, channels=1)


def test_every_sample_that_a_full_queue_refused_is_counted_and_marked(tmp_path: Path) -> None:
    queue = Fifo(4800, 2)
    microphone = Microphone(queue, Fifo(480, 2), Fifo(480, 2), 48000)
    ears = Ears()
    recorder = Recorder(microphone, queue, 48000, ears, Alarms(ears.alarms.append))
    recorder.begin(tmp_path / "takes" / "a", header(), lambda: None)
    for _ in range(40):  # nothing is punched in yet, so nothing is emptied: as if the disk stood still
        block = numbered(microphone.frames, 480) / SCALE
        microphone.callback(block, time.monotonic(), microphone.frames / 48000, False)
    refused = microphone.dropped
    assert refused == 40 * 480 - 4800
    recorder._first_s = lambda: 0.0  # the disk wakes up
    until(lambda: queue.available == 0, 60, "the recorder catches up")
    for _ in range(5):
        block = numbered(microphone.frames, 480) / SCALE
        microphone.callback(block, time.monotonic(), microphone.frames / 48000, False)
        until(lambda: queue.available == 0, 60, "the recorder keeps up")
    recorder.finish()
    recorder.close()

    sound = np.rint(soundfile.read(tmp_path / "takes/a/000.wav", dtype="float32")[0] * 2**22).astype(int)
    (mark,) = read_marks(tmp_path / "takes" / "a")
    assert (mark.kind, mark.at, mark.length) == ("dropped", 4800, refused)
    assert ears.dropped == refused
    expected = np.arange(45 * 480)
    expected[mark.at : mark.at + mark.length] = 0
    np.testing.assert_array_equal(sound, expected)


def test_every_dropout_that_the_sound_system_reports_is_marked_and_none_invented(tmp_path: Path) -> None:
    queue = Fifo(480000, 2)
    microphone = Microphone(queue, Fifo(480, 2), Fifo(480, 2), 48000)
    ears = Ears()
    recorder = Recorder(microphone, queue, 48000, ears, Alarms(ears.alarms.append))
    began_s = time.monotonic()
    recorder.begin(tmp_path / "takes" / "a", header(), lambda: began_s)
    reported = {120, 150, 151, 180}
    for number in range(200):
        block = numbered(microphone.frames, 480) / SCALE
        microphone.callback(block, time.monotonic(), began_s + microphone.frames / 48000, number in reported)
        if number == 100:
            until(lambda: queue.available == 0, 60, "the take has begun")
        if number in reported:
            seen = len(reported & set(range(number + 1)))
            until(lambda seen=seen: sum(a.kind == "dropped" for a in ears.alarms) >= seen, 60, "it is told")  # type: ignore[misc]
    recorder.finish()
    recorder.close()

    marks = read_marks(tmp_path / "takes" / "a")
    assert [mark.kind for mark in marks] == ["xrun"] * len(reported)
    for mark, number in zip(marks, sorted(reported), strict=True):
        assert abs(mark.at - number * 480) <= 960
    assert ears.alarms[-1].over


def test_sound_that_comes_in_bursts_is_on_the_disk_all_the_same(tmp_path: Path) -> None:
    """A card that works two seconds at a time never comes evenly; what it brought must not wait in memory for that."""
    queue = Fifo(480000, 2)
    microphone = Microphone(queue, Fifo(480, 2), Fifo(480, 2), 48000)
    ears = Ears()
    recorder = Recorder(microphone, queue, 48000, ears, Alarms(ears.alarms.append))
    began_s = time.monotonic()
    recorder.begin(tmp_path / "takes" / "a", header(), lambda: began_s)
    for burst in range(8):
        threading.Event().wait(max(0.0, began_s + 0.7 * (burst + 1) - time.monotonic()))
        for _ in range(70):
            block = numbered(microphone.frames, 480) / SCALE
            microphone.callback(block, time.monotonic(), began_s + microphone.frames / 48000, False)
    until(lambda: queue.available < 4 * 70 * 480, 1, "most is written, though it never came evenly")
    recorder.finish()
    recorder.close()

    sound = np.rint(soundfile.read(tmp_path / "takes/a/000.wav", dtype="float32")[0] * 2**22).astype(int)
    assert len(sound[sound > 0]) == 8 * 70 * 480 - 1


def test_a_disk_that_is_nearly_full_is_said_before_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free_s = [1e6]
    bytes_a_second = 48000 * 4

    class Disk:
        f_frsize = 1

        @property
        def f_bavail(self) -> int:
            return int(free_s[0] * bytes_a_second)

        f_blocks = 1 << 40

    monkeypatch.setattr(os, "statvfs", lambda _path: Disk())
    queue = Fifo(480000, 2)
    microphone = Microphone(queue, Fifo(480, 2), Fifo(480, 2), 48000)
    ears = Ears()
    recorder = Recorder(microphone, queue, 48000, ears, Alarms(ears.alarms.append))
    began_s = time.monotonic()
    recorder.begin(tmp_path / "takes" / "a", header(), lambda: began_s)
    for _ in range(30):
        block = numbered(microphone.frames, 480) / SCALE
        microphone.callback(block, time.monotonic(), began_s + microphone.frames / 48000, False)
    for left_s, alarms in ((250.0, 1), (50.0, 2)):
        free_s[0] = left_s
        until(lambda alarms=alarms: len(ears.alarms) == alarms, 60, "the disk is said to be low")  # type: ignore[misc]
        assert ears.alarms[-1].kind == "disk_low"
    free_s[0] = 1.0
    until(lambda: ears.finished, 60, "the take is ended before the disk is full")
    recorder.close()

    assert [alarm.kind for alarm in ears.alarms if not alarm.over] == ["disk_low", "disk_low", "disk_full"]
    assert len(soundfile.read(tmp_path / "takes/a/000.wav")[0]) == ears.finished[0][0].length


def test_a_microphone_at_another_rate_is_recorded_at_the_projects_pitch(tmp_path: Path) -> None:
    queue = Fifo(441000, 2)
    microphone = Microphone(queue, Fifo(480, 2), Fifo(480, 2), 44100)
    ears = Ears()
    recorder = Recorder(microphone, queue, 44100, ears, Alarms(ears.alarms.append))
    tone = Tone(1 << 20, 44100)
    recorder.begin(tmp_path / "takes" / "a", header(), lambda: 0.0)
    for _ in range(200):
        block = tone.render(microphone.frames, 441)
        microphone.callback(block, time.monotonic(), microphone.frames / 44100, False)
    until(lambda: queue.available == 0, 60, "the recorder keeps up")
    recorder.finish()
    recorder.close()

    sound, rate_hz = soundfile.read(tmp_path / "takes/a/000.wav", dtype="float32")
    assert rate_hz == 48000
    assert len(sound) == pytest.approx(96000, abs=2)
    assert _hz(sound, 48000) == pytest.approx(440, abs=0.1)


def test_the_limiter_never_lets_a_howl_above_full_scale() -> None:
    limiter = Limiter()
    rng = np.random.default_rng(1)
    for loud in (0.1, 0.5, 4.0, 1000.0, 1.2, 0.3):
        block = (loud * rng.uniform(-1, 1, (480, 2))).astype(np.float32)
        limiter.apply(block)
        assert np.abs(block).max() <= 1.0


def test_a_bell_is_heard_once_however_often_and_whenever_it_rang() -> None:
    bell = Bell()

    assert not bell.wait(0.0)
    bell.ring()
    bell.ring()
    assert bell.wait(0.0)
    assert not bell.wait(0.0)

    heard: list[bool] = []
    waiting = threading.Thread(target=lambda: heard.append(bell.wait(60.0)))
    waiting.start()
    bell.ring()
    waiting.join()
    assert heard == [True]


def test_a_monitored_howl_leaves_the_speaker_below_full_scale() -> None:
    monitor = Fifo(24000, 2)
    speaker = Speaker(Fifo(9600, 2), monitor, Fifo(9600, 2), 48000)
    microphone = Microphone(Fifo(48000, 2), monitor, Fifo(9600, 2), 48000)
    speaker.monitoring = microphone.monitoring = True
    speaker.monitor_gain = 4.0
    out = np.full((480, 2), 0.01, np.float32)
    for _ in range(100):  # the speaker stands before the microphone
        microphone.callback(out, 0.0, 0.0, False)
        speaker.callback(out, 0.0, 0.0, False)
        assert np.abs(out).max() <= 1.0
    assert np.abs(out).max() > 0.5


def test_momentary_loudness_agrees_with_another_program() -> None:
    rng = np.random.default_rng(3)
    sound = rng.normal(0, 0.1, (19200, 2)).astype(np.float32)
    momentary = Momentary(48000)
    for start in range(0, 19200, 777):
        momentary.hear(sound[start : start + 777])

    reference = pyloudnorm.Meter(48000, block_size=0.399).integrated_loudness(sound.astype(np.float64))
    assert momentary.lufs == pytest.approx(reference, abs=0.1)


def test_levels_say_peak_and_rms() -> None:
    levels = Levels()
    levels.look(np.stack([np.full(100, 0.5), np.zeros(100)], 1).astype(np.float32))

    assert levels.peak_db == pytest.approx((-6.02, -120), abs=0.01)
    assert levels.rms_db == pytest.approx((-6.02, -120), abs=0.01)


def test_something_has_lasted_only_without_a_break() -> None:
    lasting = Lasting(3.0)
    assert not lasting.look(True, 10.0)
    assert not lasting.look(True, 12.9)
    assert not lasting.look(False, 12.95)
    assert not lasting.look(True, 13.0)
    assert lasting.look(True, 16.0)


def test_playing_stutters_when_it_drops_out_often_and_not_for_one_dropout() -> None:
    stuttering = Stuttering()
    assert not stuttering.look(1, 10.0)
    assert not stuttering.look(2, 15.0)
    assert not stuttering.look(3, 24.9)
    assert stuttering.look(4, 24.95)
    assert stuttering.look(4, 34.9)
    assert not stuttering.look(4, 35.0)


def test_a_missing_device_is_said_and_never_another_taken() -> None:
    there = (Card("Built-in", 2, 0, 48000, True, False, 0),)

    assert devices.choose(there, "", "input").name == "Built-in"
    with pytest.raises(StudioError, match="Rode NT-USB is not used"):
        devices.choose(there, "Rode NT-USB", "input")
    with pytest.raises(StudioError, match="No sound can be played"):
        devices.choose(there, "", "output")
