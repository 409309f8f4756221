"""Something that may have cost sound while recording, and how much."""

from typing import Final

from studio.audio.clock import Stamps
from studio.media.takes import MarkKind

_PLAUSIBLE_S: Final = 0.04
"""Where the device's word on its delay and the arrival of its sound differ by more, its word is wrong."""


class Incident:
    """What came before it, and when sound came again."""

    def __init__(self, kind: MarkKind, at_queue: int, stamps: Stamps, note: str) -> None:
        self.kind = kind
        self.at_queue = at_queue
        self._stamps = stamps
        self._offset_s = stamps.offset_s()
        self._earliest_s = stamps.earliest_s()
        self.stamp = stamps.count
        self.note = note
        self.back_s: float | None = None
        self.again_s: float | None = None
        self.cut = False

    def missing_s(self) -> float:
        """How much later the clock of the device is now than before: so much sound never came."""
        offset_s, earliest_s = self._stamps.offset_s(self.stamp), self._stamps.earliest_s(self.stamp)
        if offset_s is None or earliest_s is None or self._offset_s is None or self._earliest_s is None:
            return 0.0
        by_converter, by_arrival = offset_s - self._offset_s, earliest_s - self._earliest_s
        return by_converter if abs(by_converter - by_arrival) < _PLAUSIBLE_S else by_arrival
