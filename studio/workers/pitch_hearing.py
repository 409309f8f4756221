"""Live pitch in the live worker: brings the tracker and the microphone together."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from studio.audio.live_pitch import Range, Swings, Tracks
from studio.ipc.series import Series
from studio.protocol.live import LIVE_PITCH_FIELDS, LivePitch
from studio.workers.runtime import PATIENCE_S, Context

if TYPE_CHECKING:
    from studio.audio.rig import Rig

_POINTS: Final = 1 << 13
"""40 s."""
_LOADING_S: Final = 30.0
_WARM_RATE_HZ: Final = 48000


class PitchHearing:
    """Off → loading, the first time only → on. Loading has a thread of its own, so that playing obeys meanwhile."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """`tell` is given the name of the series before its first point."""
        self._tell = tell
        self._points: Series | None = None
        self._is_warm = False
        self._last: LivePitch | None = None

    def obey(self, rig: "Rig", request: LivePitch, context: Context) -> None:
        """Begin, change the range, or end."""
        self._last = request
        if self._is_warm or not request.on:
            self._listen(rig, request)
            return
        context.expect_silence(_LOADING_S)

        def load() -> None:
            try:
                _warm_up()
            finally:
                context.expect_silence(PATIENCE_S)
            self._is_warm = True
            if self._last is request:
                self._listen(rig, request)

        loading = threading.Thread(target=context.answer, args=(request, load), name="loading", daemon=True)
        loading.start()

    def close(self) -> None:
        """Let go of the shared memory; the rig is closed before."""
        if self._points is not None:
            self._points.close()

    def _listen(self, rig: "Rig", request: LivePitch) -> None:
        if self._points is None:
            if not request.on:
                return
            self._points = Series.create(LIVE_PITCH_FIELDS, _POINTS)
            self._tell(self._points.name)
        rig.listen(self._points, _tracker, Range(request.low_hz, request.high_hz) if request.on else None)


def _warm_up() -> None:
    """Load the libraries, and what was compiled or has to be."""
    tracker, vibrato = _tracker(_WARM_RATE_HZ, Range(50.0, 1400.0))
    tracker.push(np.zeros(_WARM_RATE_HZ // 5, np.float32))
    vibrato.measure()


def _tracker(rate_hz: int, of: Range) -> tuple[Tracks, Swings]:
    from studio.engines.melody.stream import Stream
    from studio.engines.melody.swing import Swing

    return Stream(rate_hz, low_hz=of.low_hz, high_hz=of.high_hz), Swing()
