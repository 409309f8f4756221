"""From whatever frames an engine has to the grid that all share, and from any rate to the one trackers work at."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import FRAMES_PER_S, Mono, Report
from studio.model.pitch import PitchCurve

RATE_HZ: Final = 16000
"""What every tracker works at: enough for any voice's F0, and a whole number of samples a frame."""

HOP: Final = RATE_HZ // FRAMES_PER_S
"""Samples from one frame of the shared grid to the next, at `RATE_HZ`."""

_BLOCK_S: Final = 10
_SILENT: Final = 1e-4

Series = NDArray[np.float64]


def frame_count(samples: int, rate_hz: int) -> int:
    """Frames of the shared grid that a sound of so many samples has; a last part of a frame counts."""
    return -(-samples * FRAMES_PER_S // rate_hz)


def blocks_at_16k(read: Callable[[int, int], Mono], length: int, rate_hz: int, report: Report) -> Iterator[Mono]:
    """Yield a sound of `length` samples at `RATE_HZ`, in time with the original, some seconds at once.

    `read(start, stop)` gives samples at `rate_hz`.
    """
    import soxr

    stream = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32", quality="HQ")
    step = rate_hz * _BLOCK_S
    left = -(-length * RATE_HZ // rate_hz)  # rounded up, so that the frames come out the same at any rate
    for start in range(0, length, step):
        report(start / length, "Preparing the sound")
        stop = min(start + step, length)
        block = np.nan_to_num(read(start, stop), posinf=0.0, neginf=0.0)
        if rate_hz != RATE_HZ:
            block = stream.resample_chunk(block, last=stop == length)[:left]
        left -= len(block)
        yield block if stop < length else np.pad(block, (0, left))


def at_16k(samples: Mono, rate_hz: int, report: Report) -> Mono:
    """Return the sound at `RATE_HZ`, in time with the original; the same array where nothing has to be done."""
    if rate_hz == RATE_HZ:
        return samples
    blocks = blocks_at_16k(lambda start, stop: samples[start:stop], len(samples), rate_hz, report)
    return np.concatenate([np.zeros(0, np.float32), *blocks])


def peak(samples: Mono) -> float:
    """Largest magnitude of a sound that may be mapped and long; anything that is not a number counts as nothing."""
    step = RATE_HZ * _BLOCK_S
    loudest = 0.0
    for start in range(0, len(samples), step):
        block = np.nan_to_num(samples[start : start + step], posinf=0.0, neginf=0.0)
        loudest = max(loudest, float(np.abs(block).max()))
    return loudest


def is_silent(loudest: float) -> bool:
    """Whether a sound whose largest magnitude this is holds nothing to track: below -80 dBFS."""
    return loudest < _SILENT


def stretch(samples: Mono, start: int, stop: int) -> Mono:
    """A copy of samples `start` to `stop`; zeros where that reaches beyond either end, or where there is no number."""
    out = np.zeros(stop - start, np.float32)
    first, last = max(start, 0), min(stop, len(samples))
    if last > first:
        out[first - start : last - start] = np.nan_to_num(samples[first:last], posinf=0.0, neginf=0.0)
    return out


def unvoiced(frames: int) -> PitchCurve:
    """The curve of a sound without a voice."""
    return PitchCurve(
        frames_per_s=FRAMES_PER_S, hz=np.full(frames, np.nan, np.float32), confidence=np.zeros(frames, np.float32)
    )


def onto_grid(times_s: Series, hz: Series, confidence: Series, frames: int, *, first_s: float = 0.0) -> PitchCurve:
    """Move an engine's frames onto `frames` frames of the shared grid, the first at `first_s`.

    Parameters
    ----------
    times_s : (n,) seconds, evenly spaced and rising
        The centre of each of the engine's frames.
    hz : (n,) Hz, NaN where unvoiced
        Interpolated in the logarithm, and only inside a run of voiced frames, so that a glide stays a glide and
        no note is invented between two others.
    confidence : (n,) 0 to 1
        Interpolated linearly.

    A frame is voiced when the engine's nearest frame is.
    """
    at = first_s + np.arange(frames) / FRAMES_PER_S
    if not len(times_s):
        return unvoiced(frames)
    step = float(times_s[1] - times_s[0]) if len(times_s) > 1 else 1 / FRAMES_PER_S
    place = (at - times_s[0]) / step
    inside = (place > -0.5 - 1e-9) & (place < len(times_s) - 0.5 + 1e-9)
    place = np.clip(place, 0, len(times_s) - 1)
    left = np.minimum(np.floor(place + 1e-9).astype(np.intp), len(times_s) - 1)
    right = np.minimum(left + 1, len(times_s) - 1)
    share = np.clip(place - left, 0.0, 1.0)
    nearest = np.where(share < 0.5, left, right)

    octaves = np.log2(hz)
    both = ~np.isnan(hz[left]) & ~np.isnan(hz[right])
    blend = np.where(both, octaves[left] * (1 - share) + octaves[right] * share, octaves[nearest])
    result = np.where(inside, np.exp2(blend), np.nan)
    sure = np.where(inside, confidence[left] * (1 - share) + confidence[right] * share, 0.0)
    return PitchCurve(
        frames_per_s=FRAMES_PER_S,
        hz=result.astype(np.float32),
        confidence=np.clip(np.nan_to_num(sure), 0.0, 1.0).astype(np.float32),
    )
