"""Overview of a waveform, compiled: see `voicekernels.reference.peaks`."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


def summarise(frames: NDArray[np.float32], bin_frames: int) -> NDArray[np.float32]:
    bins = -(-len(frames) // bin_frames)
    out = np.empty((bins, frames.shape[1], 3), np.float32)
    _summarise(np.ascontiguousarray(frames, np.float32), bin_frames, out)
    return out


@njit(cache=True, fastmath={"nnan", "ninf", "nsz", "reassoc"}, nogil=True)  # type: ignore[untyped-decorator]  # numba has no types
def _summarise(frames: NDArray[np.float32], bin_frames: int, out: NDArray[np.float32]) -> None:
    length, channels = frames.shape
    for index in range(out.shape[0]):
        start = index * bin_frames
        stop = min(start + bin_frames, length)
        for channel in range(channels):
            low = frames[start, channel]
            high = low
            squares = 0.0
            for at in range(start, stop):
                sample = frames[at, channel]
                low = min(low, sample)
                high = max(high, sample)
                squares += np.float64(sample) * sample
            out[index, channel, 0] = low
            out[index, channel, 1] = high
            out[index, channel, 2] = np.sqrt(squares / (stop - start))
