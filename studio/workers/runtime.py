"""What every worker runs on: it dies with its parent, shows that it is alive, and turns exceptions into messages.

A role is a class with `ready`, `handle` and `close` in the module of its name (`studio.workers.live.Live`).
`handle` runs on the main thread and has to return within five seconds, or the worker counts as hung and is
killed; longer work belongs to a thread of the role. This module holds the only `except Exception`.
"""

import contextlib
import ctypes
import importlib
import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn, Protocol, get_args

from studio import log, paths
from studio.errors import Cancelled, Explanation, explain
from studio.ipc.outlet import Outlet
from studio.protocol.common import (
    Cancel,
    Failed,
    Heartbeat,
    InjectFault,
    JobId,
    Progress,
    Ready,
    Refused,
    Role,
    Shutdown,
    Stopped,
)
from studio.protocol.live import TakeProgress
from studio.protocol.messages import Event, Request
from studio.protocol.wire import BadFrame, Frames, decode_request, frame
from studio.workers import faults

Report = Callable[[float, str], None]
"""Tell how far a job is, 0 to 1, and what it does now. Raises `Cancelled` when the result is not wanted any more."""

HEARTBEAT_S: Final = 1.0
PATIENCE_S: Final = 5.0
_STUCK_S: Final = 0.25
_PROGRESS_EVERY_S: Final = 0.05
_EXIT_GRACE_S: Final = 1.5
_EXIT_BAD_FRAME: Final = 65
_READ_BYTES: Final = 1 << 16
_PR_SET_PDEATHSIG: Final = 1
_DROPPABLE: Final = (Heartbeat, Progress, TakeProgress)

_log = logging.getLogger(__name__)


class Context:
    """What a role is given to answer with. Every method may be called from any thread."""

    def __init__(self, send: Callable[[Event], None]) -> None:
        self.send = send
        self.patience_s = PATIENCE_S
        self._called_off: set[JobId] = set()

    def expect_silence(self, patience_s: float) -> None:
        """Ask the desktop not to take silence of so many seconds for a hang, until a job reports that it got on.

        Loading a large library from a cold disk holds the GIL, and with it the heartbeat, for long.
        """
        if patience_s != self.patience_s:
            self.patience_s = patience_s
            self.beat()

    def beat(self) -> None:
        """Show that the process lives."""
        self.send(Heartbeat(rss_bytes=_rss_bytes(), patience_s=self.patience_s))

    def call_off(self, job: JobId) -> None:
        """Make the next report of a job raise `Cancelled`."""
        self._called_off.add(job)

    def report(self, job: JobId) -> Report:
        """Return the function by which a job tells how far it is; it sends at most twenty reports a second."""
        last_sent_s, last_stage = -1.0, ""

        def report(fraction: float, stage: str) -> None:
            nonlocal last_sent_s, last_stage
            if job in self._called_off:
                raise Cancelled
            if fraction > 0:
                self.expect_silence(PATIENCE_S)
            now_s = time.monotonic()
            if stage != last_stage or fraction >= 1 or now_s - last_sent_s >= _PROGRESS_EVERY_S:
                last_sent_s, last_stage = now_s, stage
                self.send(Progress(job=job, fraction=min(max(fraction, 0.0), 1.0), stage=stage))

        return report

    def answer(self, request: Request, work: Callable[[], Event | None]) -> None:
        """Do `work` and send what it returns. A failure ends the request, never the worker: the error boundary."""
        job: JobId | None = getattr(request, "job", None)
        try:
            event = work()
        except Cancelled:
            event = None if job is None else Stopped(job=job)
        except Exception as error:  # noqa: BLE001 the process boundary: every other failure becomes a message
            why = explain(error)
            _log.warning("%s failed: %s", type(request).__name__, why.sentence, exc_info=error)
            event = refusal(request, why) if job is None else Failed(job=job, why=why)
        finally:
            if job is not None and not isinstance(request, Cancel):
                self._called_off.discard(job)
                self.expect_silence(PATIENCE_S)
        if event is not None:
            self.send(event)


def refusal(request: Request, why: Explanation) -> Refused:
    """Return the answer to a request that is not a job and was not done."""
    return Refused(request=type(request).__name__, why=why, serial=getattr(request, "serial", 0))


class Duty(Protocol):
    """What one role does."""

    def ready(self) -> Ready:
        """Get ready and say so; called once, before anything else."""
        ...

    def handle(self, request: Request, context: Context) -> None:
        """Do what a request asks, or begin to, within five seconds."""
        ...

    def close(self) -> None:
        """Finish takes and free what others would miss, within the two seconds that the desktop waits."""
        ...


class Runtime:
    """One worker: its main thread takes request after request, a second one sends a heartbeat each second."""

    def __init__(self, inlet: int, outlet: int) -> None:
        self._inlet = inlet
        self._outlet = Outlet(outlet)
        self._channel = outlet
        self._busy_since_s: float | None = None
        self.context = Context(self.send)

    def send(self, event: Event) -> None:
        """Say something to the desktop, without waiting for it."""
        self._outlet.write(frame(event), droppable=isinstance(event, _DROPPABLE))

    def serve(self, make: Callable[[], Duty]) -> NoReturn:
        """Say `Ready`, then obey until `Shutdown`, SIGTERM or the end of input. Never returns."""
        told_to_end = _on_termination()
        duty = make()
        self.send(duty.ready())
        threading.Thread(target=self._beat, name="heartbeat", daemon=True).start()
        status = 0
        try:
            self._take_requests(duty, told_to_end)
        except BadFrame:
            _log.exception("the desktop sent what is no request")
            status = _EXIT_BAD_FRAME
        self.context.answer(Shutdown(), duty.close)
        self._outlet.flush(_EXIT_GRACE_S)
        logging.shutdown()
        os._exit(status)  # a job thread deep in a library must not keep us

    def _take_requests(self, duty: Duty, told_to_end: int) -> None:
        """Do what is asked on this thread: handing it to another would cost more time than all the rest."""
        frames = Frames()
        waiting = select.poll()
        waiting.register(self._inlet, select.POLLIN)
        waiting.register(told_to_end, select.POLLIN)
        while not any(descriptor == told_to_end for descriptor, _ in waiting.poll()):
            data = os.read(self._inlet, _READ_BYTES)
            if not data:
                return
            for body in frames.feed(data):
                request = decode_request(body)
                if isinstance(request, Shutdown):
                    return
                self._busy_since_s = time.monotonic()
                self._obey(duty, request)
                self._busy_since_s = None

    def _obey(self, duty: Duty, request: Request) -> None:
        if isinstance(request, InjectFault):
            self.context.answer(request, lambda: faults.inject(request.kind, self._channel))
        else:
            self.context.answer(request, lambda: duty.handle(request, self.context))

    def _beat(self) -> None:
        """Show that we live while the main thread answers; leave when it does not and nobody is there to kill us."""
        hung_up = select.poll()
        hung_up.register(self._inlet, 0)
        pause = threading.Event()
        while not pause.wait(HEARTBEAT_S):
            busy_since_s = self._busy_since_s
            if busy_since_s is None or time.monotonic() - busy_since_s < _STUCK_S:
                self.context.beat()
            elif hung_up.poll(0) and time.monotonic() - busy_since_s > _EXIT_GRACE_S:
                os._exit(1)


def _on_termination() -> int:
    """Return a descriptor that becomes readable when we are told to end; Ctrl+C, which the desktop gets too, is not."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: None)
    signal.set_wakeup_fd(writable)
    return readable


def die_with_parent() -> None:
    """Have the kernel kill us when the desktop dies, even while native code holds the GIL.

    `STUDIO_PARENT` is the desktop's pid: where it is no longer our parent, it died before we could ask.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    parent = os.environ.get("STUDIO_PARENT")
    if parent is not None and os.getppid() != int(parent):
        os._exit(1)


def prepare(role: str) -> None:
    """Make the process a worker: it dies with its parent, loads no pickles, logs to a file of its own."""
    if sys.platform == "linux":
        die_with_parent()
    for name in [name for name in os.environ if name.startswith("TORCH_FORCE_")]:
        del os.environ[name]  # TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1 would let a model file run programs
    if role == "compute":
        _be_the_first_to_go()
    os.environ.setdefault("NUMBA_CACHE_DIR", str(paths.cache() / "numba"))
    log.start(role)


def _be_the_first_to_go() -> None:
    """Where memory runs out, have the kernel end the job and not the window or a recording."""
    with contextlib.suppress(OSError):  # not Linux, or a container that forbids it
        Path("/proc/self/oom_score_adj").write_text("500")


def main(arguments: list[str], inlet: int, outlet: int) -> NoReturn:
    """Run the role named on the command line."""
    if len(arguments) != 1 or arguments[0] not in get_args(Role):
        sys.stderr.write(f"usage: python -m studio.workers {'|'.join(get_args(Role))}\n")
        sys.exit(2)
    (role,) = arguments
    prepare(role)
    Runtime(inlet, outlet).serve(lambda: _duty(role))


def _duty(role: str) -> Duty:
    module = importlib.import_module(f"studio.workers.{role}")
    duty: Duty = getattr(module, role.capitalize())()
    return duty


def _rss_bytes() -> int:
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except FileNotFoundError:
        return 0
