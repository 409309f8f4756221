"""How a recording goes, in numbers: what was grabbed, what was lost, how long a picture takes."""

import time
from collections import deque
from typing import Final

import numpy as np
from msgspec import Struct

_NEWEST: Final = 1800


class Figures(Struct, frozen=True, kw_only=True):
    """Counts since the beginning; times are over the newest pictures.

    `frames` is what is due in the file: `encoded` of them were encoded, `unchanged` ones look like the one before and
    need not be. `dropped` were due and not grabbed, `late` were grabbed more than half a picture after they were due.
    """

    frames: int = 0
    encoded: int = 0
    unchanged: int = 0
    dropped: int = 0
    late: int = 0
    grab_to_packet_ms_p50: float = 0.0
    grab_to_packet_ms_p95: float = 0.0
    overlay_ms_p95: float = 0.0
    pacing_ms_p95: float = 0.0
    cpu_ms_per_frame: float = 0.0
    av_offset_ms: float = 0.0
    size_bytes: int = 0
    duration_s: float = 0.0


class Tally:
    """Counts for one recording. The numbers are written by one thread each and read by any."""

    def __init__(self) -> None:
        self.grabbed = 0
        self.encoded = 0
        self.dropped = 0
        self.late = 0
        self.packet_ms: deque[float] = deque(maxlen=_NEWEST)
        self.overlay_ms: deque[float] = deque(maxlen=_NEWEST)
        self.pacing_ms: deque[float] = deque(maxlen=_NEWEST)
        self._cpu_s = time.process_time()

    def restart(self) -> None:
        """What was used until now was for getting ready."""
        self._cpu_s = time.process_time()

    def figures(self, av_offset_s: float, size_bytes: int, duration_s: float) -> Figures:
        """The numbers now."""
        cpu_ms = (time.process_time() - self._cpu_s) * 1000
        return Figures(
            frames=self.grabbed,
            encoded=self.encoded,
            unchanged=max(0, self.grabbed - self.encoded),
            dropped=self.dropped,
            late=self.late,
            grab_to_packet_ms_p50=_percentile(self.packet_ms, 50),
            grab_to_packet_ms_p95=_percentile(self.packet_ms, 95),
            overlay_ms_p95=_percentile(self.overlay_ms, 95),
            pacing_ms_p95=_percentile(self.pacing_ms, 95),
            cpu_ms_per_frame=round(cpu_ms / max(1, self.grabbed), 2),
            av_offset_ms=round(av_offset_s * 1000, 2),
            size_bytes=size_bytes,
            duration_s=round(duration_s, 3),
        )


def _percentile(values: deque[float], percent: int) -> float:
    seen = list(values)
    return round(float(np.percentile(seen, percent)), 2) if seen else 0.0
