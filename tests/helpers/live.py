"""The live worker as a bare process, spoken to in frames, with every event kept and timed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from studio.ipc.series import Series
from studio.protocol.messages import AudioState, Event, Ready, Request
from studio.protocol.wire import Frames, decode_event, frame

_Kind = TypeVar("_Kind", bound=Event)
_ROOT = Path(__file__).parents[2]


class LiveProcess:
    """Start it, send requests, wait for events; killed at the end."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._said: list[tuple[float, Event]] = []
        self._news = threading.Condition()
        self._environment = (
            os.environ | dict(environment) | {"STUDIO_PARENT": str(os.getpid()), "PYTHONPATH": str(_ROOT)}
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything that it said, in order."""
        with self._news:
            return tuple(event for _time, event in self._said)

    def start(self) -> None:
        """Start it, also again, and wait until it is ready."""
        seen = len(self.events)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "studio.workers", "live"],
            env=self._environment,
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if not os.environ.get("LIVE_STDERR") else None,
        )
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        self.wait(Ready, since=seen)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def send(self, *requests: Request) -> int:
        """Send requests; returns how many events had been said before, for `wait(since=...)`."""
        assert self._process is not None
        assert self._process.stdin is not None
        seen = len(self.events)
        for request in requests:
            self._process.stdin.write(frame(request))
        self._process.stdin.flush()
        return seen

    def wait(
        self,
        kind: type[_Kind],
        so: Callable[[_Kind], bool] = lambda _event: True,
        *,
        since: int = 0,
        seconds: float = 20.0,
    ) -> _Kind:
        """Return the first event of that kind, from number `since` on, that is so."""
        return self.timed(kind, so, since=since, seconds=seconds)[1]

    def timed(
        self,
        kind: type[_Kind],
        so: Callable[[_Kind], bool] = lambda _event: True,
        *,
        since: int = 0,
        seconds: float = 20.0,
    ) -> tuple[float, _Kind]:
        """Like `wait`, with the CLOCK_MONOTONIC time at which it arrived."""
        deadline = time.monotonic() + seconds
        looked = since
        with self._news:
            while True:
                for when, event in self._said[looked:]:
                    if isinstance(event, kind) and so(event):
                        return when, event
                looked = len(self._said)
                left = deadline - time.monotonic()
                assert left > 0, (
                    f"no {kind.__name__} as awaited; said since: {[e for _, e in self._said[since:]][-12:]}"
                )
                self._news.wait(left)

    def kill(self) -> None:
        """SIGKILL it."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.send_signal(signal.SIGCONT)
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        for path in Path("/dev/shm").glob(f"melisma-{self._process.pid}-*"):  # noqa: S108
            path.unlink()  # what the desktop's janitor does at its next start

    def series(self) -> tuple[Series, Series]:
        """The playhead and the meters."""
        state = self.wait(AudioState)
        return Series.attach(state.playhead), Series.attach(state.meters)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        frames = Frames()
        with process.stdout as outlet:
            while data := os.read(outlet.fileno(), 65536):
                for body in frames.feed(data):
                    with self._news:
                        self._said.append((time.monotonic(), decode_event(body)))
                        self._news.notify_all()
