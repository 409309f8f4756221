"""The ring against a list, against another process, and against the promise to allocate nothing."""

import subprocess
import sys
import time
import tracemalloc

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from studio.errors import StudioError
from studio.ipc.ring import Block, Ring
from studio.ipc.series import Series


class RingAgainstAList(RuleBasedStateMachine):
    """Whatever is written and read in whatever order, a ring does what a bounded list does."""

    @initialize(channels=st.integers(1, 3), frames=st.integers(1, 40))
    def make(self, channels: int, frames: int) -> None:
        self.writer = Ring.create(channels, frames)
        self.reader = Ring.attach(self.writer.name)
        self.model: list[int] = []
        self.next = 0
        self.dropped = 0

    def _block(self, count: int) -> Block:
        numbers = np.arange(self.next, self.next + count, dtype=np.float32)
        return np.stack([numbers + channel / 4 for channel in range(self.writer.channels)], axis=1)

    @rule(count=st.integers(0, 60))
    def write(self, count: int) -> None:
        fits = min(count, self.writer.capacity - len(self.model))

        assert self.writer.write(self._block(count)) == fits

        self.model += range(self.next, self.next + fits)
        self.next += count
        self.dropped += count - fits

    @rule(count=st.integers(0, 60))
    def read(self, count: int) -> None:
        out = np.full((count, self.reader.channels), -1, np.float32)

        got = self.reader.read_into(out)

        expected, self.model = self.model[:count], self.model[count:]
        assert got == len(expected)
        for channel in range(self.reader.channels):
            assert out[:got, channel].tolist() == [number + channel / 4 for number in expected]
        assert (out[got:] == -1).all()

    @invariant()
    def both_ends_agree(self) -> None:
        if hasattr(self, "writer"):
            assert self.writer.available == self.reader.available == len(self.model)
            assert self.writer.overruns == self.reader.overruns == self.dropped

    def teardown(self) -> None:
        if hasattr(self, "writer"):
            self.reader.close()
            self.writer.close()


TestRingAgainstAList = RingAgainstAList.TestCase


def received_while_another_process_writes(ring: Ring, frames: int, chunk: int, block: int) -> tuple[Block, int, int]:
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.ring_writer", "ring", ring.name, str(frames), str(block)],
        stdout=subprocess.PIPE,
    )
    pieces: list[Block] = []
    out = np.empty((chunk, 2), np.float32)
    while writer.poll() is None or ring.available:
        while count := ring.read_into(out):
            pieces.append(out[:count].copy())
    printed, _ = writer.communicate()
    fitted, dropped = map(int, printed.split())
    return np.concatenate(pieces), fitted, dropped


@pytest.mark.parametrize(
    ("capacity", "chunk", "block"),
    [(4800, 512, 480), (1000, 77, 480), (48_000, 48_000, 480), (96_000, 64, 48_000)],
    ids=["ordinary", "ragged", "roomy", "long blocks"],
)
def test_between_processes_every_frame_arrives_whole_or_is_counted_as_lost(
    capacity: int, chunk: int, block: int
) -> None:
    frames = 1_920_000  # 40 s at 48 kHz, sent as fast as it goes
    with Ring.create(2, capacity) as ring:
        received, fitted, dropped = received_while_another_process_writes(ring, frames, chunk, block)

        assert ring.overruns == dropped
    numbers = received[:, 0].astype(np.int64)
    assert fitted + dropped == frames
    assert len(received) == fitted
    assert (received[:, 1] == -received[:, 0]).all(), "a torn frame"
    assert (np.diff(numbers) > 0).all(), "a frame twice or out of order"
    missing_inside = int((np.diff(numbers) - 1).sum()) + int(numbers[0])
    assert missing_inside + (frames - 1 - int(numbers[-1])) == dropped


def test_a_reader_who_is_late_loses_the_newest_and_is_told_how_many() -> None:
    with Ring.create(1, 100) as ring:
        ring.write(np.zeros((60, 1), np.float32))
        assert ring.write(np.ones((60, 1), np.float32)) == 40

        assert ring.overruns == 20
        assert ring.available == 100


def test_the_time_of_the_newest_frame_is_on_the_clock_that_all_processes_share() -> None:
    with Ring.create(1, 100) as ring, Ring.attach(ring.name) as other:
        assert other.newest_monotonic_s == 0.0
        before_s = time.monotonic()
        ring.write(np.zeros((1, 1), np.float32))

        assert before_s <= other.newest_monotonic_s <= time.monotonic()


def test_counters_go_on_where_32_bits_end() -> None:
    with Ring.create(1, 1000) as ring:
        ring._words[8] = ring._words[16] = 2**32 - 300  # 25 hours at 48 kHz have passed
        block = np.arange(600, dtype=np.float32)[:, None]
        out = np.empty_like(block)

        assert ring.write(block) == 600
        assert ring.read_into(out) == 600
        assert (out == block).all()


def test_writing_and_reading_allocate_no_sound() -> None:
    block = np.zeros((4096, 2), np.float32)
    out = np.empty_like(block)
    with Ring.create(2, 10_000) as ring:
        for _ in range(3):
            ring.write(block)
            ring.read_into(out)
        tracemalloc.start()
        for _ in range(200):
            ring.write(block)
            ring.read_into(out)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak_bytes < 2048, "a block is 32 KiB; views and integers are less than this"


def test_attaching_to_something_else_is_explained() -> None:
    with Series.create(("a",), 10) as series, pytest.raises(StudioError) as failed:
        Ring.attach(series.name)
    assert failed.value.explanation.code == "memory.kind"


@pytest.mark.parametrize(("channels", "frames"), [(0, 10), (1, 0), (-1, 10)])
def test_a_ring_of_nothing_cannot_be_made(channels: int, frames: int) -> None:
    with pytest.raises(ValueError, match="not a ring"):
        Ring.create(channels, frames)
