"""A pipe that nobody reads does not stop its writer, and loses nothing."""

import os
import threading
from collections.abc import Iterator

import pytest

from studio.ipc.outlet import Outlet


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_a_full_pipe_keeps_its_writer_waiting_for_nothing(pipe: tuple[int, int]) -> None:
    inlet, outlet = pipe
    sender = Outlet(outlet)
    sent = [number.to_bytes(4, "little") * 1000 for number in range(500)]

    for piece in sent:  # 2 MB into a pipe that holds 64 KiB; a writer that waited would never return
        sender.write(piece)

    whole = b"".join(sent)
    received = bytearray()
    while len(received) < len(whole):
        received += os.read(inlet, 1 << 16)
    assert received == whole
    assert sender.flush(timeout_s=5)


def test_what_may_be_dropped_is_dropped_only_behind_others(pipe: tuple[int, int]) -> None:
    inlet, outlet = pipe
    sender = Outlet(outlet)
    sender.write(b"first", droppable=True)
    assert os.read(inlet, 100) == b"first"
    sender.write(b"x" * (1 << 20))
    sender.write(b"heartbeat", droppable=True)
    sender.write(b"result")

    received = bytearray()
    while not received.endswith(b"result"):
        received += os.read(inlet, 1 << 16)
    assert received == b"x" * (1 << 20) + b"result"


def test_threads_do_not_cut_into_each_others_frames(pipe: tuple[int, int]) -> None:
    inlet, outlet = pipe
    sender = Outlet(outlet)

    def say(letter: bytes) -> None:
        for _ in range(200):
            sender.write(letter * 999 + b"\n")

    threads = [threading.Thread(target=say, args=(letter,)) for letter in (b"a", b"b", b"c")]
    for thread in threads:
        thread.start()
    received = bytearray()
    while received.count(b"\n") < 600:
        received += os.read(inlet, 1 << 16)
    for thread in threads:
        thread.join()

    assert set(bytes(received).split(b"\n")) - {b""} == {b"a" * 999, b"b" * 999, b"c" * 999}


def test_a_reader_that_is_gone_is_no_error() -> None:
    inlet, outlet = os.pipe()
    sender = Outlet(outlet)
    os.close(inlet)

    sender.write(b"nobody listens")

    assert sender.flush(timeout_s=1)
    os.close(outlet)
