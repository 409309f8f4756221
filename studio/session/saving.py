"""The one thread that writes a project to disk, so that the window never waits for a drive."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from studio.errors import Explanation, explain
from studio.media.journal import Entry
from studio.media.store import ProjectStore
from studio.model.history import History

RETRY_S: Final = 5.0

_log = logging.getLogger(__name__)


class Saving:
    """Takes entries from the UI thread and puts them on the disk in order; what fails is tried again until it works.

    `saved(position)` and `failed(explanation)` are called on the writing thread. `failed` is called once for each
    kind of trouble, not for each attempt.
    """

    def __init__(
        self,
        store: ProjectStore,
        history: History,
        *,
        saved: Callable[[int], None],
        failed: Callable[[Explanation], None],
        retry_s: float = RETRY_S,
    ) -> None:
        self._store = store
        self._history = history
        self._saved = saved
        self._failed = failed
        self._retry_s = retry_s
        self._pending: list[Entry] = []
        self._generation_wanted = False
        self._generation_due = False
        self._at_once = False
        self._busy = False
        self._ended = False
        self._attempts = 0
        self._trouble: Explanation | None = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="saving", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> Explanation | None:
        """Why the last attempt failed; None when everything handed over is on the disk or on its way."""
        with self._changed:
            return self._trouble

    @property
    def is_done(self) -> bool:
        """Whether everything handed over is on the disk."""
        with self._changed:
            return self._is_idle()

    def add(self, entries: Sequence[Entry], history: History) -> None:
        """Hand over what was done, and the history after it."""
        with self._changed:
            self._pending.extend(entries)
            self._history = history
            self._generation_due = self._at_once = True
            self._changed.notify_all()

    def want_generation(self) -> None:
        """Ask for a generation, where anything was done since the last one."""
        with self._changed:
            self._generation_wanted = self._generation_wanted or self._generation_due
            self._at_once = True
            self._changed.notify_all()

    def flush(self, timeout_s: float = 60.0) -> bool:
        """Wait until everything handed over is on the disk; False when that failed or took too long."""
        with self._changed:
            begun = self._attempts
            self._at_once = True
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._is_idle() or (self._trouble is not None and self._attempts > begun), timeout_s
            )
            return self._is_idle()

    def end(self) -> bool:
        """Write what is left, with a generation, and end the thread; False when not everything could be written."""
        self.want_generation()
        written = self.flush()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join()
        self._store.close()
        return written

    def _is_idle(self) -> bool:
        return not (self._pending or self._generation_wanted or self._busy)

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._trouble is not None:
                    self._changed.wait_for(lambda: self._at_once or self._ended, self._retry_s)
                self._changed.wait_for(lambda: not self._is_idle() or self._ended)
                if self._ended:
                    return
                self._at_once = False
                batch, history, generation = tuple(self._pending), self._history, self._generation_wanted
                self._busy = True
            written, trouble = self._write(batch, history, generation=generation)
            with self._changed:
                is_news = trouble is not None and (self._trouble is None or self._trouble.code != trouble.code)
                self._trouble = trouble
                self._busy = False
                self._attempts += 1
                if written:
                    del self._pending[: len(batch)]
                if trouble is None and generation:
                    self._generation_wanted = False
                    self._generation_due = bool(self._pending)
                self._changed.notify_all()
            if trouble is None:
                self._saved(history.position)
            elif is_news:
                self._failed(trouble)

    def _write(self, batch: Sequence[Entry], history: History, *, generation: bool) -> tuple[bool, Explanation | None]:
        """Put a batch on the disk. Returns whether it is there, and what went wrong, which may be something else."""
        if not self._store.needs_generation:
            trouble = self._attempt(lambda: self._store.append(batch)) if batch else None
            if trouble is None:
                return True, self._attempt(lambda: self._store.save_generation(history)) if generation else None
            # The journal failed: a whole new generation may still fit, or lie on a good part of the drive.
            if self._attempt(lambda: self._store.save_generation(history, unwritten=True)) is not None:
                return False, trouble
            return True, None
        trouble = self._attempt(lambda: self._store.save_generation(history, unwritten=bool(batch)))
        return trouble is None, trouble

    def _attempt(self, write: Callable[[], None]) -> Explanation | None:
        """Why a write failed, or None."""
        try:
            write()
        except Exception as error:  # noqa: BLE001  # this thread's boundary: it must outlive whatever goes wrong
            return self._logged(error)
        return None

    def _logged(self, error: Exception) -> Explanation:
        explanation = explain(error)
        _log.info("not saved: %s", explanation.sentence)
        return explanation
