"""The real compute worker, as a child that may use so much memory and no more, asked one job after another."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from studio.protocol.common import Failed, Ready, Shutdown
from studio.protocol.messages import Event, Request, Result
from studio.protocol.wire import Frames, decode_event, frame

_BOUNDED: Final = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.executable, [sys.executable, "-m", "studio.workers", "compute"])
"""


class Child:
    """A compute worker and the pipe to it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._frames = Frames()
        self._events: list[Event] = []

    def ask(self, request: Request, limit_s: float) -> Result | Failed | None:
        """Return how a job ended, None where it did not within the limit or the worker died."""
        assert self.process.stdin is not None
        self.process.stdin.write(frame(request))
        self.process.stdin.flush()
        for event in self._said(limit_s):
            if isinstance(event, Result | Failed):
                return event
        return None

    def wait_until_ready(self) -> None:
        assert any(isinstance(event, Ready) for event in self._said(60))

    def _said(self, limit_s: float) -> Iterator[Event]:
        """Everything the worker says until then; whoever has heard enough stops listening."""
        assert self.process.stdout is not None
        until = time.monotonic() + limit_s
        while True:
            while self._events:
                yield self._events.pop(0)
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                return
            raw = os.read(self.process.stdout.fileno(), 1 << 16)
            if not raw:
                return
            self._events += [decode_event(body) for body in self._frames.feed(raw)]


@contextmanager
def compute_in_bounds(memory_bytes: int) -> Iterator[Child]:
    """Start a worker, and end it by asking; it has to leave with status 0."""
    process = subprocess.Popen(
        [sys.executable, "-c", _BOUNDED, str(memory_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with process:
        try:
            child = Child(process)
            child.wait_until_ready()
            yield child
            assert process.poll() is None, f"the worker died with {process.returncode}"
            assert process.stdin is not None
            process.stdin.write(frame(Shutdown()))
            process.stdin.flush()
            assert process.wait(20) == 0
        finally:
            process.kill()
