"""Overview of a waveform: the smallest, the largest and the root mean square of each stretch of samples."""

import numpy as np
from numpy.typing import NDArray


def summarise(frames: NDArray[np.float32], bin_frames: int) -> NDArray[np.float32]:
    """Sum up every `bin_frames` frames; the last stretch may be shorter.

    `frames` is float32 of shape (frames, channels), finite. The result is float32 of shape (bins, channels, 3):
    minimum, maximum, root mean square.
    """
    starts = np.arange(0, len(frames), bin_frames)
    if not len(starts):
        return np.zeros((0, frames.shape[1], 3), np.float32)
    counts = np.diff(np.append(starts, len(frames)))
    squares = np.add.reduceat(np.square(frames, dtype=np.float64), starts, axis=0)
    return np.stack(
        [
            np.minimum.reduceat(frames, starts, axis=0),
            np.maximum.reduceat(frames, starts, axis=0),
            np.sqrt(squares / counts[:, None]).astype(np.float32),
        ],
        axis=2,
    )
