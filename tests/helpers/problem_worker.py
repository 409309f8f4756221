"""A worker with a mood: `python -m tests.helpers.problem_worker MOOD`, for tests of those who have to live with it.

MOOD is a word of `MOODS`, or `mutated SEED`. Those with jobs are the real compute worker with handlers that
misbehave; the kind of the job says how (see `HANDLERS`).
"""

import ctypes
import os
import random
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from studio.model.project import MediaId
from studio.protocol.common import JobId, Progress, Ready, Stopped
from studio.protocol.jobs import BuildPeaks, Export, ImportMedia, PeaksBuilt, RenderClip, TrackPitch
from studio.protocol.messages import PROTOCOL, Job, Result
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
    if job.path == "library":
        ctypes.PyDLL(None).sleep(7)  # as loading a large one from a cold disk does, it keeps the GIL
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


def mutated(seed: int) -> bytes:
    """A stream of ordinary events in one or two of which some bytes were changed, left out or doubled."""
    dice = random.Random(seed)  # noqa: S311 it has to be repeatable, not secret
    clip = PeaksBuilt(job=JobId(7), media=MediaId("m" * 20), path="/home/somebody/Музыка/a.peaks")
    ordinary = [frame(one) for one in (clip, Progress(job=JobId(7), fraction=0.5, stage="Looking"), clip, clip)]
    for _ in range(dice.randint(1, 2)):
        which = dice.randrange(len(ordinary))
        body = bytearray(ordinary[which])
        start = dice.randrange(len(body))
        match dice.randrange(4):
            case 0:
                body[start] ^= 1 << dice.randrange(8)
            case 1:
                body[start : start + 4] = dice.randbytes(4)
            case 2:
                del body[start : start + dice.randint(1, 9)]
            case _:
                body[start:start] = body[: dice.randint(1, 40)]
        ordinary[which] = bytes(body)
    return b"".join(ordinary)


def main() -> None:
    mood, *seed = sys.argv[1:]
    outlet = os.dup(1)
    os.dup2(2, 1)
    inlet = os.dup(0)
    if mood == "exits":
        sys.exit(3)
    if mood == "unguarded":  # the negative control: a worker that nobody told to die with its parent
        runtime.die_with_parent = lambda: None
    runtime.prepare("compute")
    if mood == "mutated":
        os.write(outlet, _ready + mutated(int(*seed)))
        os._exit(0)
    if mood in _BABBLE:
        os.write(outlet, _BABBLE[mood])
        if mood == "truncated":
            os._exit(1)
        threading.Event().wait()
    runtime.Runtime(inlet, outlet).serve(lambda: Compute(HANDLERS))


if __name__ == "__main__":
    main()
