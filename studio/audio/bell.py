"""How an audio callback wakes a thread: without waiting for it, and at once."""

import threading


class Bell:
    """One thread rings, one other waits. Ringing never waits; a ring that nobody heard yet is heard once, later."""

    def __init__(self) -> None:
        self._silent = threading.Lock()
        self._silent.acquire()

    def ring(self) -> None:
        """End the wait of the other thread, or its next one. Called by one thread only."""
        if self._silent.locked():
            self._silent.release()

    def wait(self, seconds: float) -> bool:
        """Return as soon as it rings, True, or after so many seconds, False."""
        return self._silent.acquire(timeout=seconds)
