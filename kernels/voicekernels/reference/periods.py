"""A sound along its own pitch: a window of periods around each frame, time so warped that the pitch is steady.

Where the pitch glides or trembles, each harmonic becomes a line again, however long the window is; after Kawahara et
al., "Fixed point analysis of frequency to instantaneous frequency mapping", Eurospeech 1999, which warps time likewise.
"""

import numpy as np
from numpy.typing import NDArray


def unroll(
    sound: NDArray[np.float32], pitch: NDArray[np.float32], hop: int, half: float, points: int, leap: float
) -> NDArray[np.float32]:
    """Return the sound around each frame at even steps of its phase.

    Parameters
    ----------
    sound : float32 (samples,)
        Beyond its ends it counts as zero.
    pitch : float32 (frames,), periods a sample, > 0
        Frame `t` is centred on sample `t * hop`; between frames the pitch runs straight.
    hop : samples
    half : periods
        How far a window reaches to either side.
    points : int
        How many points a window has.
    leap : float
        Frames whose pitches are further apart than by this share do not belong together: each side goes on at its
        own pitch.

    Returns
    -------
    float32 (frames, points)
        Catmull-Rom interpolation; the middle of a window lies within half a point of its frame.
    """
    check(sound, pitch, hop, half, points)
    out = np.zeros((len(pitch), points), np.float32)
    exact = pitch.astype(np.float64) * points / (2 * half)  # points a sample
    edges = 1 + np.flatnonzero(np.abs(np.diff(np.log(exact))) >= np.log1p(leap))
    for first, stop in zip((0, *edges), (*edges, len(exact)), strict=True):
        if stop > first:
            out[first:stop] = _stretch(sound, exact[first:stop], first * hop, hop, points)
    return out


def check(sound: NDArray[np.float32], pitch: NDArray[np.float32], hop: int, half: float, points: int) -> None:
    """Raise ValueError for what is no sound with a pitch."""
    if sound.ndim != 1 or pitch.ndim != 1 or hop < 1 or points < 2 or half <= 0:
        raise ValueError(f"not a sound with a pitch: {sound.shape}, {pitch.shape}, {hop=}, {half=}, {points=}")
    if not (pitch > 0).all():
        raise ValueError("a pitch has to be above 0")


def _stretch(
    sound: NDArray[np.float32], pitch: NDArray[np.float64], centre: int, hop: int, points: int
) -> NDArray[np.float32]:
    before, after = (int(np.ceil((points / 2 + 2) / ends)) + 1 for ends in (pitch[0], pitch[-1]))
    samples = np.arange(-before, (len(pitch) - 1) * hop + after)
    speed = np.interp(samples + 0.5, np.arange(len(pitch)) * hop, pitch)
    phase = np.concatenate(([0.0], np.cumsum(speed)))
    phase -= phase[before]
    line = np.arange(np.ceil(phase[0]), np.floor(phase[-1]))
    place = np.interp(line, phase, np.arange(-before, samples[-1] + 2)) + centre
    middle = phase[before + np.arange(len(pitch)) * hop]
    begin = (np.rint(middle - 0.5) - points // 2 + 1 - line[0]).astype(np.intp)
    windows: NDArray[np.float32] = _between(sound, place)[begin[:, None] + np.arange(points)]
    return windows


def _between(sound: NDArray[np.float32], place: NDArray[np.float64]) -> NDArray[np.float32]:
    """The sound between its samples, by Catmull and Rom's cubic."""
    left = np.floor(place).astype(np.int64)
    share = place - left
    padded = np.concatenate((np.zeros(2), sound.astype(np.float64), np.zeros(3)))
    a, b, c, d = (padded[np.clip(left + i + 2, 0, len(padded) - 1)] for i in (-1, 0, 1, 2))
    found = b + 0.5 * share * (c - a + share * (2 * a - 5 * b + 4 * c - d + share * (3 * (b - c) + d - a)))
    heard: NDArray[np.float32] = found.astype(np.float32)
    return heard
