"""How much sound a dropout cost: the silence in its place is as long, however busy the machine was. No device."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.audio.fifo import Fifo
from studio.audio.recording import Recorder
from studio.audio.stream import Microphone
from studio.audio.watchdog import Alarms
from studio.media.takes import Mark, TakeHeader, TakeWriter, read_marks
from studio.model.project import Media
from tests.helpers.counting import SCALE, numbered, numbers_in
from tests.helpers.pulse import until

RATE_HZ = 48000
BLOCK = 480
MOST_LATE_S = 0.08


class Booth:
    """A microphone whose sound arrives late, now more and now less, as on a busy machine, and a recorder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        queue = Fifo(60 * RATE_HZ, 2)
        self.microphone = Microphone(queue, Fifo(BLOCK, 2), Fifo(BLOCK, 2), RATE_HZ)
        self.recorder = Recorder(self.microphone, queue, RATE_HZ, self, Alarms(lambda _alarm: None))
        self._queue = queue
        self._chance = np.random.default_rng(6)
        self._began_s = self._now_s = time.monotonic() + 3600  # nothing that is asked of the real clock is late
        self._blocks = 0
        header = TakeHeader(take="a", track="", start=0, rate_hz=RATE_HZ, channels=1)
        self.recorder.begin(folder, header, lambda: self._began_s)

    def take_started(self, writer: TakeWriter) -> None: ...

    def take_progress(self, writer: TakeWriter, dropped: int, gaps: int) -> None: ...

    def take_finished(self, writer: TakeWriter, segments: tuple[Media, ...], warning: str) -> None: ...

    def hear(self, blocks: int, *, lost: int = 0, says_so: bool = True) -> None:
        """So many blocks of the counting sound come, after so many were lost, which is said, or not."""
        self._blocks += lost
        for block in range(blocks):
            at_s = self._began_s + self._blocks * BLOCK / RATE_HZ
            self._now_s = max(self._now_s + 0.0001, at_s + 0.012 + self._chance.uniform(0, MOST_LATE_S))
            sound = numbered(self._blocks * BLOCK, BLOCK) / SCALE
            self.microphone.callback(sound, self._now_s, at_s, says_so and lost > 0 and block == 0)
            self._blocks += 1

    def written(self) -> None:
        """Wait until all that came is on its way to the disk."""
        until(lambda: not self._queue.available, 60, "the recorder has written what came")

    def gaps(self) -> list[tuple[int, int]]:
        """End the take, and return place and length of the gaps in it; everything else says its number."""
        self.recorder.finish()
        sound = numbers_in(soundfile.read(self.folder / "000.wav", dtype="float32")[0])
        gaps = [(mark.at, mark.length) for mark in self.marks if mark.kind == "gap"]
        for at, length in gaps:
            assert (sound[at : at + length] == 0).all()
            sound[at : at + length] = np.arange(at, at + length)
        np.testing.assert_array_equal(sound, np.arange(len(sound)))
        return gaps

    @property
    def marks(self) -> tuple[Mark, ...]:
        return read_marks(self.folder)


@pytest.fixture
def booth(tmp_path: Path) -> Iterator[Booth]:
    booth = Booth(tmp_path / "takes" / "a")
    booth.hear(100)
    booth.written()
    yield booth
    booth.recorder.close()


def test_a_dropout_is_as_long_as_it_was_also_where_the_disk_was_slow_meanwhile(booth: Booth) -> None:
    """The thread that writes looks only half a second later: most of what it sees came after the dropout."""
    with booth.recorder._lock:  # as long as the disk takes
        booth.hear(61, lost=7)
    booth.hear(40)
    booth.written()

    assert booth.gaps() == [(100 * BLOCK, 7 * BLOCK)]


def test_a_dropout_that_the_disk_thread_sees_very_late_is_not_forgotten(booth: Booth) -> None:
    with booth.recorder._lock:
        booth.hear(200, lost=7)
    booth.hear(40)
    booth.written()

    assert booth.gaps() == [(100 * BLOCK, 7 * BLOCK)]


def test_a_second_dropout_soon_after_the_first_is_counted_in_its_own_place(booth: Booth) -> None:
    booth.hear(45, lost=4)
    booth.hear(55, lost=6)
    booth.written()

    assert booth.gaps() == [(100 * BLOCK, 4 * BLOCK), (149 * BLOCK, 6 * BLOCK)]
    assert [mark.at for mark in booth.marks if mark.kind == "xrun"] == [100 * BLOCK, 149 * BLOCK]


def test_dropouts_in_a_row_are_counted_together(booth: Booth) -> None:
    """Between them there is too little sound to tell how long each was; from the last on everything is in its place."""
    booth.hear(2, lost=4)
    booth.hear(2, lost=3)
    booth.hear(70, lost=5)
    booth.recorder.finish()

    sound = numbers_in(soundfile.read(booth.folder / "000.wav", dtype="float32")[0])
    assert (sound[-70 * BLOCK :] == np.arange(len(sound) - 70 * BLOCK, len(sound))).all()
    assert sum(mark.length for mark in booth.marks if mark.kind == "gap") == 12 * BLOCK


def test_a_dropout_just_before_stop_is_marked_too(booth: Booth) -> None:
    with booth.recorder._lock:
        booth.hear(30, lost=7)

    assert booth.gaps() == [(100 * BLOCK, 7 * BLOCK)]


def test_sound_that_is_lost_in_a_pause_is_seen_though_nobody_said_so(booth: Booth) -> None:
    """A server stood still for so long that it threw sound away, and the disk was busy all the while."""
    with booth.recorder._lock:
        booth.hear(100, lost=70, says_so=False)
    booth.hear(40)
    booth.written()

    assert booth.gaps() == [(100 * BLOCK, 70 * BLOCK)]


def test_a_take_that_is_stopped_at_once_holds_nothing_from_before_it(booth: Booth, tmp_path: Path) -> None:
    booth.recorder.finish()
    booth.hear(50)
    header = TakeHeader(take="b", track="", start=0, rate_hz=RATE_HZ, channels=1)
    booth.recorder.begin(tmp_path / "takes" / "b", header, lambda: None)
    booth.hear(10)
    booth.recorder.finish()

    sound = numbers_in(soundfile.read(tmp_path / "takes" / "b" / "000.wav", dtype="float32")[0])
    np.testing.assert_array_equal(sound, np.arange(150 * BLOCK, 160 * BLOCK))
