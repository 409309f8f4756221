"""What may have cost sound while recording, where, and how much: told from the times of the callbacks around it."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np

from studio.audio import watchdog
from studio.audio.clock import Stamps
from studio.audio.stream import Microphone
from studio.media.takes import MarkKind

_PLAUSIBLE_S: Final = 0.04
"""Where the device's word on its delay and the arrival of its sound differ by more, its word is wrong."""
_TELLING: Final = 20
"""Fewer callbacks than these between two incidents do not tell how much each of them cost."""
_SETTLE_S: Final = 0.6
_UNEVEN_S: Final = 3.0
"""Sound that comes in fits and starts for so long is written as it comes, so that a crash cannot cost it."""


class Dropout(NamedTuple):
    """The sound system said that it lost something before this frame of the queue."""

    at_queue: int


class Gap(NamedTuple):
    """So much sound never came before a frame of the queue, and before callback number `stamp`."""

    kind: MarkKind
    at_queue: int
    stamp: int
    missing_s: float
    note: str
    cut: bool


class _Incident:
    """What came before it, and since when sound comes again. `even_from` is the first callback behind the one before.

    What was known at the moment it happened counts, not what is known when it is looked at: a busy machine may have let
    a second of sound pass by then.
    """

    def __init__(self, kind: MarkKind, at_queue: int, stamps: Stamps, even_from: int, stamp: int, note: str) -> None:
        self.kind = kind
        self.at_queue = at_queue
        self._stamps = stamps
        self._offset_s = stamps.offset_s(even_from, until=stamp)
        self._earliest_s = stamps.earliest_s(even_from, until=stamp)
        self.stamp = stamp
        self.note = note
        self.back_s: float | None = None
        self.again_s: float | None = None
        self.cut = False

    def goes_on(self, stamp: int) -> None:
        """Something happened again so soon that both are one."""
        self.stamp = max(stamp, self.stamp)
        self.again_s = None

    def gap(self, until: int | None = None) -> Gap:
        """How much later the clock of the device is behind it than before: so much sound never came."""
        offset_s = self._stamps.offset_s(self.stamp, until=until)
        earliest_s = self._stamps.earliest_s(self.stamp, until=until)
        if offset_s is None or earliest_s is None or self._offset_s is None or self._earliest_s is None:
            missing_s = 0.0
        else:
            by_converter, by_arrival = offset_s - self._offset_s, earliest_s - self._earliest_s
            missing_s = by_converter if abs(by_converter - by_arrival) < _PLAUSIBLE_S else by_arrival
        return Gap(self.kind, self.at_queue, self.stamp, missing_s, self.note, self.cut)


class Incidents:
    """Watches a microphone for a take: none → one that is open, until sound has come evenly for a while → none.

    Used by one thread at a time.
    """

    def __init__(self, microphone: Microphone) -> None:
        self._microphone = microphone
        self._stamps = microphone.stamps
        self.begin()

    def begin(self) -> None:
        """Look at nothing that was before now."""
        self._open: _Incident | None = None
        self._overflows = self._microphone.overflows
        self._looked = self._stamps.count
        self._even_from = int(self._microphone.overflow_places[:, 1].max())

    @property
    def open_at(self) -> int | None:
        """The frame of the queue behind which it is not known yet how much is missing; None where all is well."""
        return None if self._open is None else self._open.at_queue

    def look(self, read: int) -> Iterator[Dropout | Gap]:
        """Yield what happened since the last look, in order; `read` is the first frame that is still in the queue.

        The caller notes how far the queue was filled before: what was by then has been looked at.
        """
        overflows, pauses = self._new_overflows(), self._new_pauses()
        for stamp, at_queue, said in sorted([*overflows, *pauses]):
            note = "the sound system reported a dropout" if said else "no sound came from the device"
            yield from self._note("gap", max(at_queue, read), stamp, note)
            if said:
                yield Dropout(max(at_queue, read))

    def interrupt(self, kind: MarkKind, at_queue: int, note: str) -> Iterator[Gap]:
        """The stream is about to be closed or was found dead: a new file begins behind it."""
        yield from self._note(kind, at_queue, self._stamps.count, note)
        if self._open is not None:
            self._open.cut = True

    def settle(self, now_s: float, *, at_once: bool = False) -> Gap | None:
        """Return what the open incident cost, once sound has come evenly for a while; None before."""
        incident = self._open
        if incident is None:
            return None
        comes = self._stamps.count > incident.stamp
        if incident.back_s is None and comes:
            incident.back_s = now_s
        at_once |= incident.back_s is not None and now_s - incident.back_s > _UNEVEN_S
        if not comes or now_s - self._microphone.called_s > watchdog.STALLED_S:
            incident.again_s = None
            if not at_once:
                return None
        elif incident.again_s is None:
            incident.again_s = now_s
        if not at_once and now_s - (incident.again_s or now_s) < _SETTLE_S:
            return None
        self._open, self._even_from = None, incident.stamp
        return incident.gap()

    def _note(self, kind: MarkKind, at_queue: int, stamp: int, note: str) -> Iterator[Gap]:
        incident = self._open
        if incident is not None and stamp - incident.stamp < _TELLING:
            incident.goes_on(stamp)
            if kind != "gap":
                incident.kind = kind
            return
        if incident is not None:
            self._even_from = incident.stamp
            yield incident.gap(until=stamp)
        self._open = _Incident(kind, at_queue, self._stamps, self._even_from, stamp, note)

    def _new_overflows(self) -> Iterator[tuple[int, int, bool]]:
        places = self._microphone.overflow_places
        while self._overflows < self._microphone.overflows:
            at_queue, stamp = places[self._overflows % len(places)].tolist()
            self._overflows += 1
            yield stamp, at_queue, True

    def _new_pauses(self) -> Iterator[tuple[int, int, bool]]:
        """Where nothing came for long: a server that stands still may throw sound away and not say so."""
        count = self._stamps.count
        rows = self._stamps.rows(self._looked - 1, count)
        self._looked = count
        for row in np.flatnonzero(np.diff(rows[:, 4]) > watchdog.STALLED_S) + 1:
            yield int(count - len(rows) + row), int(rows[row, 2]), False
