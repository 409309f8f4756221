"""The writing end of a pipe that never makes its caller wait, however slow the reader is."""

import contextlib
import os
import select
import threading
from collections import deque


class Outlet:
    """Sends whole frames in order. What the pipe cannot take now is kept and follows from a thread of its own.

    A desktop that is stopped for ten minutes must not stop the thread that writes a take to the disk.
    """

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._backlog: deque[memoryview] = deque()
        self._thread: threading.Thread | None = None

    def write(self, frame: bytes, *, droppable: bool = False) -> None:
        """Send a frame, or keep it for later; a droppable one is forgotten when others are already waiting."""
        with self._lock:
            written = 0 if self._backlog else self._push(frame)
            if written < len(frame) and not (droppable and self._backlog):
                self._keep(memoryview(frame)[written:])

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything is in the pipe; False when that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._backlog, timeout_s)

    def _push(self, data: bytes | memoryview) -> int:
        """Write what fits and return how much that was."""
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except BrokenPipeError:  # nobody listens any more; the end of our input will end us
            return len(data)

    def _keep(self, rest: memoryview) -> None:
        self._backlog.append(rest)
        if self._thread is None:
            self._thread = threading.Thread(target=self._drain, name="outlet", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _drain(self) -> None:
        writable = select.poll()
        writable.register(self._descriptor, select.POLLOUT)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._backlog))
            with contextlib.suppress(InterruptedError):
                writable.poll()
            with self._changed:
                while self._backlog:
                    rest = self._backlog[0][self._push(self._backlog[0]) :]
                    if rest:
                        self._backlog[0] = rest
                        break
                    self._backlog.popleft()
                self._changed.notify_all()
