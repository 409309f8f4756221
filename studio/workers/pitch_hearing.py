"""Live pitch in the live worker: brings the tracker and the microphone together."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from studio.audio.live_pitch import Found, Range, Swings, Tracks
from studio.ipc.ring import Ring
from studio.ipc.series import Series
from studio.protocol.live import LIVE_PITCH_FIELDS, LivePitch
from studio.workers.runtime import PATIENCE_S, Context

if TYPE_CHECKING:
    from studio.audio.rig import Rig

_POINTS: Final = 1 << 13
"""40 s."""
_SOUND: Final = 1 << 16
"""Samples: more than a second."""
_LOADING_S: Final = 30.0
_WARM_RATE_HZ: Final = 48000


class PitchHearing:
    """Off → loading, the first time only → on. Loading has a thread of its own, so that playing obeys meanwhile."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        """`tell` is given the names of the series of points and of the ring of sound, before there is anything in."""
        self._tell = tell
        self._points: Series | None = None
        self._sound: Ring | None = None
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
        for memory in (self._points, self._sound):
            if memory is not None:
                memory.close()

    def _listen(self, rig: "Rig", request: LivePitch) -> None:
        if self._points is None or self._sound is None:
            if not request.on:
                return
            self._points = Series.create(LIVE_PITCH_FIELDS, _POINTS)
            self._sound = Ring.create(1, _SOUND)
            self._tell(self._points.name, self._sound.name)
        sound = self._sound

        def make(rate_hz: int, of: Range) -> tuple[Tracks, Swings]:
            tracker, swings = _tracker(rate_hz, of)
            return _Passing(tracker, sound), swings

        rig.listen(self._points, make, Range(request.low_hz, request.high_hz) if request.on else None)


class _Passing:
    """A tracker that passes on the sound in which it looks; a reader that is late misses some, and nobody waits."""

    def __init__(self, tracker: Tracks, sound: Ring) -> None:
        self._tracker, self._sound = tracker, sound

    def push(self, block: NDArray[np.float32], /) -> Found:
        """Take (samples,) and return the frames that are sure now."""
        self._sound.write(block[:, None])
        return self._tracker.push(block)


def _warm_up() -> None:
    """Load the libraries, and what was compiled or has to be."""
    tracker, vibrato = _tracker(_WARM_RATE_HZ, Range(50.0, 1400.0))
    tracker.push(np.zeros(_WARM_RATE_HZ // 5, np.float32))
    vibrato.measure()


def _tracker(rate_hz: int, of: Range) -> tuple[Tracks, Swings]:
    from studio.engines.melody.stream import Stream
    from studio.engines.melody.swing import Swing

    return Stream(rate_hz, low_hz=of.low_hz, high_hz=of.high_hz), Swing()
