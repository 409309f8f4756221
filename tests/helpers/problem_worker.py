"""A worker with a mood: `python -m tests.helpers.problem_worker MOOD`, for tests of those who have to live with it.

MOOD is a word of `MOODS`. Those with jobs are the real compute worker with handlers that misbehave; the kind of
the job says how (see `HANDLERS`).
"""

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from studio.model.project import MediaId
from studio.protocol.messages import (
    PROTOCOL,
    BuildPeaks,
    Export,
    ImportMedia,
    Job,
    JobId,
    PeaksBuilt,
    Ready,
    RenderClip,
    Result,
    Stopped,
    TrackPitch,
)
from studio.protocol.wire import MAX_FRAME, frame
from studio.workers import runtime
from studio.workers.compute import Compute
from studio.workers.runtime import Context, Report

_HERE: Final = "tests.helpers.problem_worker"
BABBLED: Final = 10_000


def endless(job: Job, context: Context, report: Report) -> Result:
    """Stands at 62 % until it is called off."""
    pause = threading.Event()
    while True:
        report(0.62, "Thinking")
        pause.wait(0.02)


def deaf(job: Job, context: Context, report: Report) -> Result:
    """Never reports again after 62 %, so no cancel can reach it; the heartbeat goes on."""
    report(0.62, "Thinking")
    while True:
        pass


def quick(job: Job, context: Context, report: Report) -> Result:
    """Done at once. A path that is the name of an exception makes it fail with that one."""
    assert isinstance(job, BuildPeaks)
    report(0.5, "Building")
    if job.path in _ERRORS:
        raise _ERRORS[job.path]()
    return PeaksBuilt(job=job.job, media=job.media, path=job.path)


def crashing(job: Job, context: Context, report: Report) -> Result:
    """Dies in native code at 62 %."""
    report(0.62, "Thinking")
    ctypes.string_at(0)
    raise AssertionError("unreachable")


def babbling(job: Job, context: Context, report: Report) -> Result:
    """Answers 10,000 times while the libraries beside it print on every channel they know."""
    for number in range(BABBLED):
        print("progress:", number)
        os.write(1, b"\xff\xff\xff\xff from native code\n")
        sys.stderr.write("a warning\n")
        context.send(Stopped(job=JobId(number)))
    sys.stdout.flush()
    return PeaksBuilt(job=job.job, media=MediaId("m"), path="")


class OutOfMemoryError(RuntimeError):
    """As torch's own, which cannot be had without a GPU, is built: a RuntimeError of that name."""


_ERRORS: Final[Mapping[str, Callable[[], Exception]]] = {
    "MemoryError": MemoryError,
    "torch": lambda: OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB."),
    "allocator": lambda: RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"),
    "surprise": lambda: ZeroDivisionError("division by zero"),
}

HANDLERS: Final[Mapping[type[Job], str]] = {
    BuildPeaks: f"{_HERE}:quick",
    TrackPitch: f"{_HERE}:endless",
    RenderClip: f"{_HERE}:deaf",
    ImportMedia: f"{_HERE}:crashing",
    Export: f"{_HERE}:babbling",
}

_ready = frame(Ready(protocol=PROTOCOL, role="compute", pid=os.getpid()))


def _framed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "little") + body


_BABBLE: Final[Mapping[str, bytes]] = {
    "garbage": os.urandom(4096),
    "garbage_later": _ready + os.urandom(4096),
    "huge": _ready + (2**32 - 1).to_bytes(4, "little") + b"x" * 100,
    "over_cap": _ready + (MAX_FRAME + 1).to_bytes(4, "little") + b"x" * 100,
    "truncated": _ready + (1000).to_bytes(4, "little") + b"x" * 10,
    "nested": _ready + _framed(b"\x91" * 100_000),
    "too_early": frame(Stopped(job=JobId(1))),
    "old": frame(Ready(protocol=PROTOCOL + 1, role="compute", pid=os.getpid())),
    "stranger": frame(Ready(protocol=PROTOCOL, role="live", pid=os.getpid())),
    "unknown": _ready + _framed(msgspec.msgpack.encode({"type": "Reboot"})),
}
MOODS: Final = ("jobs", "exits", "unguarded", *_BABBLE)


def main() -> None:
    (mood,) = sys.argv[1:]
    outlet = os.dup(1)
    os.dup2(2, 1)
    inlet = os.dup(0)
    if mood == "exits":
        sys.exit(3)
    if mood == "unguarded":  # the negative control: a worker that nobody told to die with its parent
        runtime.die_with_parent = lambda: None
    runtime.prepare("compute")
    if mood in _BABBLE:
        os.write(outlet, _BABBLE[mood])
        if mood == "truncated":
            os._exit(1)
        threading.Event().wait()
    runtime.Runtime(inlet, outlet).serve(lambda: Compute(HANDLERS))


if __name__ == "__main__":
    main()
