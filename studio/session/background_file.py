"""A small file (settings, recent projects) that is written whole, by rename, and never on the UI thread."""

import contextlib
import logging
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_log = logging.getLogger(__name__)


class BackgroundFile:
    """Writes the newest bytes it was given; those that were overtaken before their turn are never written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: OSError | None = None
        self._lock = threading.Lock()
        self._newest: bytes | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._last: Future[None] | None = None

    def read(self) -> bytes | None:
        """The content of the file, or None when there is none that can be read."""
        try:
            return self.path.read_bytes()
        except OSError:
            return None

    def write(self, content: bytes) -> None:
        """Have this written soon."""
        with self._lock:
            self._newest = content
        if self._thread is None:
            # Settings are read before the first paint, which must not wait for what only writing needs.
            from concurrent.futures import ThreadPoolExecutor

            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"write {self.path.name}")
        self._last = self._thread.submit(self._write_newest)

    def remove(self) -> None:
        """Have the file gone soon."""
        self.write(b"")

    def flush(self) -> None:
        """Wait until everything given so far is on the disk."""
        if self._last is not None:
            self._last.result()

    def close(self) -> None:
        """Write what is left and end the thread."""
        if self._thread is not None:
            self._thread.shutdown(wait=True)

    def keep_aside(self, suffix: str) -> Path:
        """Rename a file that nobody can read, so that it is not written over; return where it is now."""
        aside = self.path.with_name(self.path.name + suffix)
        with contextlib.suppress(OSError):
            self.path.replace(aside)
        return aside

    def _write_newest(self) -> None:
        with self._lock:
            content, self._newest = self._newest, None
        if content is None:
            return
        half = self.path.with_name(self.path.name + ".tmp")
        try:
            if not content:
                self.path.unlink(missing_ok=True)
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with half.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.replace(self.path)
            self.problem = None
        except OSError as error:  # a full disk must not cost the session more than its settings
            self.problem = error
            _log.info("not written: %s: %s", self.path, error)
