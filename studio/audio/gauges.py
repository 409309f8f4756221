"""The meters of a running sound side: reads what the callbacks passed on, appends a point, notices silence."""

from typing import Final

import numpy as np

from studio.audio import watchdog
from studio.audio.fifo import Fifo
from studio.audio.levels import Levels, Momentary
from studio.audio.monitoring import Howl, say_howl
from studio.audio.state import Points
from studio.audio.watchdog import Alarms, Clipping, Lasting, Stuttering
from studio.media.wav import Frames

_HOLD_S: Final = 0.25
"""Between two blocks the last level stands; after so long without one it falls."""


class _Side:
    """One meter: its queue and what it showed last."""

    def __init__(self, queue: Fifo) -> None:
        self._queue = queue
        self._scratch: Frames = np.zeros((queue.capacity, 2), np.float32)
        self._came_s = 0.0
        self.levels = Levels()

    def look(self, now_s: float) -> Frames:
        """Read what came, and measure it."""
        frames = self._scratch[: self._queue.read_into(self._scratch)]
        if len(frames):
            self._came_s = now_s
        if len(frames) or now_s - self._came_s > _HOLD_S:
            self.levels.look(frames)
        return frames


class Gauges:
    """Levels and loudness for views; says when a microphone is silent or clips, and when what is played stutters."""

    def __init__(self, came: Fifo, played: Fifo, rate_hz: float, meters: Points, alarms: Alarms) -> None:
        self._input = _Side(came)
        self._output = _Side(played)
        self._momentary = Momentary(rate_hz)
        self._meters = meters
        self._alarms = alarms
        self._silent = Lasting(watchdog.SILENT_S)
        self._clipping = Clipping()
        self._stuttering = Stuttering()
        self._howl = Howl(rate_hz)

    def look(self, now_s: float, microphone: str, dropouts: int, *, monitored: bool = False) -> None:
        """Append a point. `microphone` is the one that is open, "" for none; `dropouts` are those of the output.

        `monitored` says that the input is heard on the output, where it may howl.
        """
        self._momentary.hear(self._output.look(now_s))
        came = self._input.look(now_s)
        heard, played = self._input.levels, self._output.levels
        self._meters.append(now_s, *heard.peak_db, *heard.rms_db, *played.peak_db, *played.rms_db, self._momentary.lufs)
        if self._stuttering.look(dropouts, now_s):
            self._alarms.raise_("stuttering", watchdog.stuttering())
        else:
            self._alarms.clear("stuttering")
        if monitored and self._howl.look(came, now_s):
            say_howl(self._alarms, self._howl.hz)
        else:
            self._alarms.clear("feedback")
        if not monitored:
            self._howl.forget()
        if not microphone:
            self._silent.look(False, now_s)
            self._alarms.clear("silent")
            self._alarms.clear("clipping")
        elif len(came):
            self._judge(max(heard.peak_db), now_s, microphone)

    def _judge(self, peak_db: float, now_s: float, microphone: str) -> None:
        if self._silent.look(peak_db < watchdog.SILENT_PEAK_DB, now_s):
            self._alarms.raise_("silent", watchdog.silent(microphone))
        else:
            self._alarms.clear("silent")
        if self._clipping.look(peak_db, now_s):
            self._alarms.raise_("clipping", watchdog.clipping(microphone), self._clipping.count)
        else:
            self._alarms.clear("clipping")
