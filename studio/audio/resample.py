"""Sample rate conversion of streams: soxr at its best quality, with the delay of its filter taken out."""

import numpy as np
import soxr

from studio.media.wav import Frames


class Resampler:
    """Turns a stream of one rate into a stream of another. What comes out starts where what went in started."""

    def __init__(self, from_hz: int, to_hz: int, channels: int) -> None:
        self._from_hz = from_hz
        self._to_hz = to_hz
        self._taken = 0
        self._given = 0
        same = from_hz == to_hz
        self._soxr = None if same else soxr.ResampleStream(from_hz, to_hz, channels, "float32", "VHQ")

    def feed(self, block: Frames, *, last: bool = False) -> Frames:
        """Return what is ready after this block; with `last`, all the rest, to the frame."""
        if self._soxr is None:
            return block
        self._taken += len(block)
        out: Frames = self._soxr.resample_chunk(np.ascontiguousarray(block), last)
        if last:
            wanted = -(-self._taken * self._to_hz // self._from_hz) - self._given
            out = out[:wanted] if len(out) >= wanted else np.pad(out, ((0, wanted - len(out)), (0, 0)))
        self._given += len(out)
        return out
