"""Where a take belongs: how late its first sample came, judged by the clocks of both devices over the whole take."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_MOST_S: Final = 10.0
_LEAST_S: Final = 1.5
_DOUBT_S: Final = 0.003
_OTHER_S: Final = 0.015
"""No server guesses so badly: this stream's buffer really is filled otherwise than usual."""


class Alignment:
    """Gathers how late the take is until a clock jumps, or for ten seconds; later the two devices drift apart.

    What a sound server says of its latency is a guess from the last seconds that wanders by milliseconds, and by more
    after a dropout. So the microphone's clock is the median over the take. The loudspeaker's is the mean time at which
    its callbacks came, plus the usual way from there to the ear: the server keeps its buffer equally full, so that way
    stays the same from stream to stream, and the longer the studio runs the better it is known.
    """

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._came_s: list[NDArray[np.float64]] = []
        self._called_s: list[NDArray[np.float64]] = []
        self._delays_s: list[NDArray[np.float64]] = []
        self._gathered_s = 0.0
        self._settled = False

    def look(self, microphone: NDArray[np.float64], speaker: NDArray[np.float64], *, jumped: bool) -> None:
        """Note the callbacks since the last look, rows as of `Stamps`, and whether a clock jumped between them.

        What was gathered before a jump counts where it is long enough; otherwise all begins anew behind it.
        """
        if self._settled:
            return
        if jumped:
            self._settled = self._gathered_s >= _LEAST_S
            if not self._settled:
                self._came_s.clear()
                self._called_s.clear()
                self._delays_s.clear()
                self._gathered_s = 0.0
            return
        self._came_s.append(microphone[:, 1] - microphone[:, 0] / self._rate_hz)
        self._called_s.append(speaker[:, 4] - speaker[:, 0] / self._rate_hz)
        self._delays_s.append(speaker[:, 1] - speaker[:, 4])
        self._gathered_s += float(np.ptp(speaker[:, 4])) if len(speaker) else 0.0
        self._settled = self._gathered_s >= _MOST_S

    @property
    def knows_nothing(self) -> bool:
        """Whether nothing was gathered yet, or all was thrown away because a clock jumped."""
        return not self._came_s

    def is_sure(self, usual_delay_s: float) -> bool:
        """Whether both clocks ran without a jump for long enough, and this stream is as streams usually are."""
        return self._gathered_s >= _LEAST_S and abs(self._stated_s - usual_delay_s) < _DOUBT_S

    def apart_s(self, usual_delay_s: float) -> float | None:
        """Return how much later frame 0 of the microphone came than frame 0 of the loudspeaker was heard, or None."""
        if not self._gathered_s:
            return None
        delay_s = usual_delay_s if abs(self._stated_s - usual_delay_s) < _OTHER_S else self._stated_s
        came_s = float(np.median(np.concatenate(self._came_s)))
        return came_s - float(np.mean(np.concatenate(self._called_s))) - delay_s

    @property
    def _stated_s(self) -> float:
        return float(np.mean(np.concatenate(self._delays_s)))
