"""What a window sees and hears of a recording, or of what would be recorded: small pictures, the level of each sound.

Both lie in shared memory: `Preview` and a `Series` of peaks in dBFS, one field a sound. Nobody here waits for a reader.
"""

import math
import threading
import time
from typing import Final

import numpy as np

from studio.capture.canvas import Canvas, frame_of
from studio.capture.screen import Pixels
from studio.ipc.preview import Preview
from studio.ipc.series import Series
from studio.media.wav import Frames

MOST_SOUNDS: Final = 8
_POINTS: Final = 512
_SILENCE_DB: Final = -120.0
_LEVEL_S: Final = 0.03
_STEP_PX: Final = 16
"""In a picture of another width, FFmpeg 8.1's way from YUV to BGRA leaves pixels at its edges as they were."""
_BT709: Final = 1
_LIMITED: Final = 1


class Showing:
    """Given to whatever draws pictures and takes sound in; each of the two by one thread.

    It may be closed by a third at any time: a window that is resized looks anew, and the recording must not feel it.
    """

    def __init__(self, width: int, height: int, fps: float) -> None:
        """Show pictures that fit into this size, so many a second at most; StudioError without shared memory."""
        self._width, self._height, self._every_s = width, height, 1 / fps
        self._preview = Preview.create(width * height)
        try:
            self._levels = Series.create(("monotonic_s", *(f"peak_db {n}" for n in range(MOST_SOUNDS))), _POINTS)
        except BaseException:
            self._preview.close()
            raise
        self._drawing, self._hearing = threading.Lock(), threading.Lock()
        self._closed = False
        self._shown_s = float("-inf")
        self._stale = True
        self._peaks = [0.0] * MOST_SOUNDS
        self._levelled_s = 0.0

    @property
    def preview(self) -> str:
        """The name of the pictures."""
        return self._preview.name

    @property
    def levels(self) -> str:
        """The name of the levels."""
        return self._levels.name

    def look(self, canvas: Canvas, changed: bool) -> None:
        """Show what is on the canvas, unless it has just been shown or looks as it did."""
        self._stale |= changed
        now_s = time.monotonic()
        if not self._stale or now_s - self._shown_s < self._every_s * 0.9:
            return
        scale = min(1.0, self._width / canvas.width, self._height / canvas.height)
        width = max(_STEP_PX, int(canvas.width * scale) // _STEP_PX * _STEP_PX)
        height = max(2, round(canvas.height * width / canvas.width) // 2 * 2)
        with self._drawing:
            if not self._closed:
                self._preview.put(_small(canvas, width, height))
        self._shown_s, self._stale = now_s, False

    def hear(self, sound: int, frames: Frames) -> None:
        """Take what a sound of the recording has brought, (n, 2)."""
        if sound >= MOST_SOUNDS or not len(frames):
            return
        self._peaks[sound] = max(self._peaks[sound], float(np.abs(frames).max()))
        now_s = time.monotonic()
        if now_s - self._levelled_s >= _LEVEL_S:
            self._levelled_s = now_s
            with self._hearing:
                if not self._closed:
                    self._levels.append(now_s, *(20 * math.log10(p) if p > 1e-6 else _SILENCE_DB for p in self._peaks))
            self._peaks = [0.0] * MOST_SOUNDS

    def close(self) -> None:
        """Show nothing any more."""
        with self._drawing, self._hearing:
            self._closed = True
            self._preview.close()
            self._levels.close()


def _small(canvas: Canvas, width: int, height: int) -> Pixels:
    frame = frame_of(canvas.planes)
    frame.colorspace, frame.color_range = _BT709, _LIMITED
    small = frame.reformat(width=width, height=height, format="bgra", interpolation="FAST_BILINEAR")
    return np.asarray(small.to_ndarray(), np.uint8)
