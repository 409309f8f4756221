"""What overlays know of the sound: its level now, the shape of its newest seconds, its melody."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.capture import look
from studio.capture.melody import Melody
from studio.media.wav import Frames

_FALL_DB_PER_S: Final = 30.0
_SPEAKING_DB: Final = -42.0
_WAVE_S: Final = 3.0
_PIECE: Final = 480


class Sound:
    """What overlays know of the sound: its level now, and the shape of its newest seconds."""

    def __init__(self) -> None:
        self.peak_db = look.FLOOR_DB
        self.quiet_s = math.inf
        self.pieces = 0
        self._shape = np.zeros((round(_WAVE_S * 48000) // _PIECE, 2), np.float32)
        self._rest: Frames = np.zeros((0, 2), np.float32)
        self._melody: Melody | None = None
        self.sung = 0

    def hear(self, frames: Frames) -> None:
        """Take (n, 2) at 48 kHz."""
        if self._melody is not None:
            self._melody.hear(frames)
            self.sung += 1
        sound = np.concatenate((self._rest, frames))
        count = len(sound) // _PIECE
        self._rest = sound[count * _PIECE :]
        if not count:
            return
        mono = sound[: count * _PIECE].mean(axis=1).reshape(count, _PIECE)
        self._shape = np.concatenate((self._shape, np.stack((mono.min(axis=1), mono.max(axis=1)), axis=1)))[
            -len(self._shape) :
        ]
        peak = float(np.abs(sound).max())
        seconds = count * _PIECE / 48000
        self.peak_db = max(20 * math.log10(max(peak, 1e-6)), self.peak_db - _FALL_DB_PER_S * seconds, look.FLOOR_DB)
        self.quiet_s = 0.0 if 20 * math.log10(max(peak, 1e-6)) > _SPEAKING_DB else self.quiet_s + seconds
        self.pieces += count

    def melody(self, count: int) -> NDArray[np.float32]:
        """The newest points of the melody, listened for from the first time that this is asked."""
        if self._melody is None:
            self._melody = Melody()
        return self._melody.hz[-count:]

    def shape(self, columns: int) -> NDArray[np.float32]:
        """Lowest and highest sample of each column, oldest first, shape (columns, 2)."""
        at = np.linspace(0, len(self._shape) - 1, columns).astype(int)
        shape: NDArray[np.float32] = self._shape[at]
        return shape
