"""How fast processes talk: our frames beside ZeroMQ, our rings beside a plain copy, in interleaved rounds.

`python -m studio.cli.bench_process pipes|zmq ADDRESS` is the other end: it answers each `Cancel` with `Stopped`.
"""

import itertools
import mmap
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.errors import StudioError
from studio.ipc.ring import Ring
from studio.ipc.segment import Segment
from studio.protocol.common import Cancel, JobId, Ready, Stopped
from studio.protocol.messages import PROTOCOL, Request
from studio.protocol.wire import Frames, decode_event, decode_request, frame
from studio.workers.runtime import Context, Runtime, prepare

_ROUNDS: Final = 20
_TRIPS: Final = 200
_WARM_UP: Final = 200
_READ_BYTES: Final = 1 << 16
_COPIES: Final = 151
_ROUND_BYTES: Final = 16 * 2**20
_RING_BYTES: Final = 2**20
_COPY_BYTES: Final = (64 * 2**10, 2**20, 16 * 2**20)
_LIVE_FRAMES: Final = 480

Trip = Callable[[int], None]
Samples = NDArray[np.float32]


class Echo:
    """A role that answers each `Cancel` at once."""

    def ready(self) -> Ready:
        return Ready(protocol=PROTOCOL, role="capture", pid=os.getpid())

    def handle(self, request: Request, context: Context) -> None:
        assert isinstance(request, Cancel)
        context.send(Stopped(job=request.job))

    def close(self) -> None:
        pass


def bench_ipc() -> dict[str, object]:
    """Round trips of one small request and its answer: our runtime behind pipes, and a ZeroMQ pair over ipc.

    Both ends encode and decode the same messages with the same library, so that the difference is the way there
    and back. Ratios are medians over rounds that take turns; below 1 means that ours is faster.
    """
    with _over_pipes() as ours, _over_zmq() as theirs:
        for number in range(_WARM_UP):
            ours(number)
            theirs(number)
        rounds = [(_trips_us(ours), _trips_us(theirs)) for _ in range(_ROUNDS)]
    p50 = [(statistics.median(one), statistics.median(other)) for one, other in rounds]
    p95 = [(_p95(one), _p95(other)) for one, other in rounds]
    ratio = statistics.median(one / other for one, other in p50)
    return {
        "bench": "ipc",
        "round_trips": _ROUNDS * _TRIPS,
        "pipes_p50_us": round(statistics.median(one for one, _ in p50), 1),
        "pipes_p95_us": round(statistics.median(one for one, _ in p95), 1),
        "zmq_p50_us": round(statistics.median(other for _, other in p50), 1),
        "zmq_p95_us": round(statistics.median(other for _, other in p95), 1),
        "ratio_p50": round(ratio, 3),
        "ratio_p95": round(statistics.median(one / other for one, other in p95), 3),
        "goal": "ratio_p50 <= 0.5",
        "ok": ratio <= 0.5,
    }


def bench_shm() -> dict[str, object]:
    """Copying sound into shared memory, as a share of the speed of a copy between two ordinary arrays.

    `ratio` is the median of the shares, `worst` the least. The largest one suffers where the system gives huge
    pages to arrays of many MiB and not to /dev/shm; blocks of sound are far smaller.
    """
    shares = {f"segment_{size // 1024}_kib": _segment_share(size) for size in _COPY_BYTES}
    shares[f"ring_{_RING_BYTES // 1024}_kib"] = _ring_share()
    ratio = statistics.median(shares.values())
    return {
        "bench": "shm",
        **{name: round(share, 3) for name, share in shares.items()},
        "ring_write_480_frames_us": round(_live_write_us(), 2),
        "worst": round(min(shares.values()), 3),
        "ratio": round(ratio, 3),
        "goal": "ratio >= 0.9",
        "ok": ratio >= 0.9,
    }


def _trips_us(trip: Trip) -> list[float]:
    took_us = []
    for number in range(_TRIPS):
        began_ns = time.perf_counter_ns()
        trip(number)
        took_us.append((time.perf_counter_ns() - began_ns) / 1000)
    return took_us


def _p10(values: list[float]) -> float:
    return statistics.quantiles(values, n=10)[0]


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


@contextmanager
def _over_pipes() -> Iterator[Trip]:
    with _other_end("pipes") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        inlet, outlet = process.stdout.fileno(), process.stdin.fileno()
        frames = Frames()

        def next_event() -> object:
            while True:
                for body in frames.feed(os.read(inlet, _READ_BYTES)):
                    event = decode_event(body)
                    if isinstance(event, Ready | Stopped):
                        return event

        def trip(number: int) -> None:
            os.write(outlet, frame(Cancel(job=JobId(number))))
            assert next_event() == Stopped(job=JobId(number))

        assert isinstance(next_event(), Ready)
        yield trip


@contextmanager
def _over_zmq() -> Iterator[Trip]:
    try:
        import zmq  # only this benchmark has a use for it
    except ImportError as error:
        raise StudioError(
            "bench.zmq",
            "The messages were not measured.",
            cause="pyzmq, which they are compared with, is not installed.",
            remedy='Install it: pip install "melisma-studio[dev]".',
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        address = f"ipc://{Path(folder) / 'bench'}"
        with zmq.Context() as context, context.socket(zmq.PAIR) as socket:
            socket.bind(address)
            with _other_end("zmq", address):

                def trip(number: int) -> None:
                    socket.send(frame(Cancel(job=JobId(number))))
                    assert decode_event(socket.recv()[4:]) == Stopped(job=JobId(number))

                trip(0)
                yield trip
                socket.send(b"")


@contextmanager
def _other_end(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(  # noqa: S603 ourselves, again
        [sys.executable, "-m", "studio.cli.bench_process", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(10)


def _segment_share(size_bytes: int) -> float:
    source, target = _array(size_bytes, page_offset=2048), _array(size_bytes, page_offset=0)
    with Segment.create(size_bytes) as segment:
        shared = [np.frombuffer(segment.memory, np.float32)]

        def plain() -> None:
            np.copyto(target, source)

        def into_segment() -> None:
            np.copyto(shared[0], source)

        share = _share(size_bytes, plain, into_segment)
        shared.clear()  # a view would keep the segment mapped
    return share


def _ring_share() -> float:
    """In and out of a ring, beside in and out of an array of its size at the same places."""
    frames = _RING_BYTES // 8
    source, out = (_array(_RING_BYTES, page_offset=offset).reshape(-1, 2) for offset in (2048, 1024))
    around = _array(4 * _RING_BYTES, page_offset=0).reshape(4, frames, 2)
    turn = itertools.cycle(around)
    with Ring.create(2, 4 * frames) as ring:

        def plain() -> None:
            place = next(turn)
            np.copyto(place, source)
            np.copyto(out, place)

        def through_ring() -> None:
            ring.write(source)
            ring.read_into(out)

        return _share(_RING_BYTES, plain, through_ring)


def _share(size_bytes: int, plain: Callable[[], None], shared: Callable[[], None]) -> float:
    """Speed of `shared` as a share of the speed of `plain`, in rounds that take turns.

    Other programs only ever make a copy slower, so the fastest tenth of each side is compared.
    """
    repeats = max(1, _ROUND_BYTES // size_bytes)

    def seconds(run: Callable[[], None]) -> float:
        began_s = time.perf_counter()
        for _ in range(repeats):
            run()
        return time.perf_counter() - began_s

    seconds(plain)
    seconds(shared)
    rounds = [(seconds(plain), seconds(shared)) for _ in range(_COPIES)]
    fast_plain_s, fast_shared_s = _p10([one for one, _ in rounds]), _p10([other for _, other in rounds])
    return fast_plain_s / fast_shared_s


def _array(size_bytes: int, page_offset: int) -> Samples:
    """Touched memory at a fixed place in its page: copies between equal places are many times slower on some CPUs."""
    room = np.zeros(size_bytes + 2 * mmap.PAGESIZE, np.uint8)
    start = -room.ctypes.data % mmap.PAGESIZE + page_offset
    samples = room[start : start + size_bytes].view(np.float32)
    samples[:] = 1
    return samples


def _live_write_us() -> float:
    """What an audio callback pays for handing on a block of 10 ms."""
    block = np.zeros((_LIVE_FRAMES, 2), np.float32)
    out = np.empty_like(block)
    took_us = []
    with Ring.create(2, 48000) as ring:
        for _ in range(2000):
            began_ns = time.perf_counter_ns()
            ring.write(block)
            took_us.append((time.perf_counter_ns() - began_ns) / 1000)
            ring.read_into(out)
    return statistics.median(took_us)


def _serve(kind: str, *address: str) -> None:
    if kind == "pipes":
        outlet, inlet = os.dup(1), os.dup(0)
        prepare("bench")
        Runtime(inlet, outlet).serve(Echo)
    import zmq

    with zmq.Context() as context, context.socket(zmq.PAIR) as socket:
        socket.connect(address[0])
        while data := socket.recv():
            request = decode_request(data[4:])
            assert isinstance(request, Cancel)
            socket.send(frame(Stopped(job=request.job)))


if __name__ == "__main__":
    _serve(*sys.argv[1:])
