"""When a dead worker is started again, and when one counts as hung. Pure: the clock is an argument."""

from typing import Final

_BUDGET: Final = 5
_WINDOW_S: Final = 180.0
_HEALTHY_S: Final = 60.0
_FIRST_DELAY_S: Final = 0.2
_LAST_DELAY_S: Final = 5.0
_GROWTH: Final = 3.0
_LATE_S: Final = 1.0


class RestartPolicy:
    """Starts again after 0.2, 0.6, 1.8 and 5 s; five deaths within three minutes are enough.

    A worker that was ready for a minute has shown that it can live: the earlier deaths are forgotten.
    """

    def __init__(self) -> None:
        self._deaths_s: list[float] = []
        self._ready_since_s: float | None = None

    def became_ready(self, now_s: float) -> None:
        """The worker said that it is ready."""
        self._ready_since_s = now_s

    def died(self, now_s: float) -> float | None:
        """Count a death; return how long to wait before the next start, or None to give up."""
        if self._ready_since_s is not None and now_s - self._ready_since_s >= _HEALTHY_S:
            self._deaths_s.clear()
        self._ready_since_s = None
        self._deaths_s = [died_s for died_s in self._deaths_s if now_s - died_s < _WINDOW_S] + [now_s]
        if len(self._deaths_s) >= _BUDGET:
            return None
        return min(_LAST_DELAY_S, _FIRST_DELAY_S * _GROWTH ** (len(self._deaths_s) - 1))

    def forgive(self) -> None:
        """Forget every death: the person asked for a new start."""
        self._deaths_s.clear()
        self._ready_since_s = None


class Pulse:
    """Watches for heartbeats, and does not blame a worker for the time in which the watcher itself slept."""

    def __init__(self) -> None:
        self.patience_s = 0.0
        self._heard_s = 0.0
        self._looked_s = 0.0

    def begin(self, now_s: float, patience_s: float) -> None:
        """From now on the worker may be silent for `patience_s`."""
        self.patience_s = patience_s
        self._heard_s = self._looked_s = now_s

    def heard(self, now_s: float) -> None:
        """The worker said something."""
        self._heard_s = now_s

    def be_patient(self, patience_s: float) -> None:
        """The worker asked for more patience, or for less again."""
        self.patience_s = patience_s

    def is_overdue(self, now_s: float) -> bool:
        """Whether the worker has been silent too long. To be asked several times a second.

        A look that comes late means that this process was stopped or blocked, and that what the worker said
        meanwhile is still in the pipe: the time is counted anew from here.
        """
        if now_s - self._looked_s > _LATE_S:
            self._heard_s = max(self._heard_s, now_s)
        self._looked_s = now_s
        return now_s - self._heard_s > self.patience_s
