"""One take while a loop is played round and round: what was sung in which pass, to the sample. No device, no waiting.

The microphone hears the loudspeaker, so that every sample of the take says which one of the project it belongs to.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.audio.fifo import Fifo
from studio.audio.playback import Moment, Player, Span
from studio.audio.recording import Recorder
from studio.audio.stream import Microphone, Speaker
from studio.audio.watchdog import Alarms
from studio.media.takes import TakeHeader, TakeWriter, read_marks
from studio.media.wav import Frames
from studio.model.project import Media
from studio.session.looping import Loop
from tests.helpers.counting import SCALE, Numbers, numbered, numbers_in
from tests.helpers.pulse import until

RATE_HZ = 48000
BLOCK = 480
TO_THE_EAR = 1128
LOOP = Loop(4800, 4800 + 31_001)
FADED = 2 * 128


class Other(Numbers):
    """The same project, edited: it is heard upside down."""

    def render(self, start: int, frames: int) -> Frames:
        return -numbered(start, frames) / SCALE


class Stage:
    """A loudspeaker and a microphone before it, whose clocks run evenly and faster than time."""

    def __init__(self) -> None:
        self.queue = Fifo(2 * RATE_HZ, 2)
        heard = Fifo(120 * RATE_HZ, 2)
        self.speaker = Speaker(self.queue, Fifo(BLOCK, 2), Fifo(BLOCK, 2), RATE_HZ)
        self.microphone = Microphone(heard, Fifo(BLOCK, 2), Fifo(BLOCK, 2), RATE_HZ)
        self.player = Player(self.queue, RATE_HZ)
        self.recorder = Recorder(self.microphone, heard, RATE_HZ, self, Alarms(lambda _alarm: None))
        self.header: TakeHeader | None = None
        self.told = 0
        self._began_s = time.monotonic() + 3600  # nothing that is asked of the real clock meanwhile is late
        self._frames = 0
        self._in_the_air: Frames = np.zeros((TO_THE_EAR, 2), np.float32)
        self._lost = False

    def take_started(self, writer: TakeWriter) -> None: ...

    def take_progress(self, writer: TakeWriter, dropped: int, gaps: int) -> None:
        self.told += 1

    def take_finished(self, writer: TakeWriter, segments: tuple[Media, ...], warning: str) -> None:
        self.header = writer.header

    def record(self, folder: Path, loop: Loop) -> None:
        """As the rig does it."""
        frame = self.player.play(Span(loop.start, 0, loop.start, loop.stop), endless=True)
        along = Moment(self.player, self.speaker.stamps, frame)
        header = TakeHeader(
            take="a",
            track="",
            start=loop.start,
            rate_hz=RATE_HZ,
            channels=1,
            loop_start=loop.start,
            loop_stop=loop.stop,
        )
        self.recorder.begin(folder, header, along.heard_s, along=along)

    def run(self, frames: int, *, deaf: bool = False) -> None:
        """Let so much time pass; what comes is lost while the microphone is deaf, and afterwards that is said."""
        for _ in range(0, frames, BLOCK):
            until(lambda: self.queue.available >= BLOCK or not self.player.running, 60, "the feeder is ahead")
            now_s = self._began_s + self._frames / RATE_HZ
            out = np.zeros((BLOCK, 2), np.float32)
            self.speaker.callback(out, now_s, now_s + TO_THE_EAR / RATE_HZ, False)
            self._in_the_air = np.concatenate((self._in_the_air, out))
            heard, self._in_the_air = self._in_the_air[:BLOCK], self._in_the_air[BLOCK:]
            if not deaf:
                self.microphone.callback(heard, now_s + 0.012, now_s, self._lost)
            self._lost = deaf
            self._frames += BLOCK
            if self._frames % (40 * BLOCK) == 0:
                self.speaker.stamps.learn()

    def close(self) -> None:
        self.recorder.close()
        self.player.close()


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    stage.player.load(Numbers(1 << 20))
    stage.run(20 * BLOCK)
    yield stage
    stage.close()


def every_pass_is_in_its_place(stage: Stage, folder: Path, check: Callable[[int], bool] = lambda _at: True) -> int:
    """How many passes the take holds, each sample of which is where it was heard, but those that `check` excepts."""
    sound = numbers_in(soundfile.read(folder / "000.wav", dtype="float32")[0])
    assert stage.header is not None
    passes = LOOP.passes(stage.header.start, len(sound), RATE_HZ)
    here = np.concatenate([np.arange(one.start, one.start + one.length) for one in passes])
    at = np.arange(passes[0].at, passes[0].at + len(here))  # they abut
    wrong = at[(np.abs(sound[at]) != here) & (at >= FADED)]
    assert [one for one in wrong.tolist() if check(one)] == []
    assert all((one.start, one.length) == (LOOP.start, LOOP.length) for one in passes[1:-1])
    return len(passes)


def test_every_pass_of_a_loop_lies_where_it_was_heard(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "takes" / "a"
    stage.record(folder, LOOP)
    stage.run(20 * LOOP.length + RATE_HZ // 2)
    stage.recorder.finish()

    assert every_pass_is_in_its_place(stage, folder) == 21
    assert stage.header is not None
    assert abs(stage.header.start - LOOP.start) <= 1  # the clocks are right here; only the first answer is rounded


def test_what_dropped_out_is_a_gap_that_keeps_time(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "takes" / "a"
    stage.record(folder, LOOP)
    stage.run(3 * LOOP.length)
    stage.run(7 * BLOCK, deaf=True)
    stage.run(5 * LOOP.length)
    stage.recorder.finish()

    gap = next(mark for mark in read_marks(folder) if mark.kind == "gap")
    assert gap.length == 7 * BLOCK
    assert every_pass_is_in_its_place(stage, folder, lambda at: not gap.at <= at < gap.at + gap.length) == 8


def test_a_dropout_at_the_beginning_does_not_move_the_take(stage: Stage, tmp_path: Path) -> None:
    """All that is known of the clocks is from after it."""
    folder = tmp_path / "takes" / "a"
    stage.record(folder, LOOP)
    stage.run(RATE_HZ)
    until(lambda: stage.told > 0, 60, "the take has begun")
    stage.run(7 * BLOCK, deaf=True)
    stage.run(RATE_HZ)
    told = stage.told
    until(lambda: stage.told > told + 1, 60, "the recorder has looked at the clocks")
    stage.run(2 * RATE_HZ)
    stage.recorder.finish()

    gap = next(mark for mark in read_marks(folder) if mark.kind == "gap")
    assert stage.header is not None
    assert abs(stage.header.start - LOOP.start) <= 1
    assert every_pass_is_in_its_place(stage, folder, lambda at: not gap.at <= at < gap.at + gap.length) >= 5


def test_an_edit_while_the_loop_goes_round_moves_nothing(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "takes" / "a"
    stage.record(folder, LOOP)
    stage.run(2 * LOOP.length + 5000)
    stage.player.load(Other(1 << 20))
    stage.run(3 * LOOP.length)
    stage.recorder.finish()

    sound = numbers_in(soundfile.read(folder / "000.wav", dtype="float32")[0])
    changed = int(np.flatnonzero(sound < 0)[0])
    assert changed > 2 * LOOP.length
    assert (sound[changed + FADED :] < 0).all()
    assert every_pass_is_in_its_place(stage, folder, lambda at: abs(at - changed) > FADED) >= 5
