"""Sound at the rate that the tracker works at."""

from typing import Final

import numpy as np

from studio.engines.base import Mono, Report
from studio.engines.melody.analysis import RATE_HZ

_BLOCK_S: Final = 10


def at_8k(samples: Mono, rate_hz: int, report: Report) -> Mono:
    """Return the sound at `RATE_HZ`, in time with the original, without anything that is no number."""
    import soxr

    stream = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32", quality="HQ")
    length = -(-len(samples) * RATE_HZ // rate_hz)
    out = np.zeros(length, np.float32)
    step = rate_hz * _BLOCK_S
    done = 0
    for start in range(0, len(samples), step):
        report(0.0, "Preparing the sound")
        stop = min(start + step, len(samples))
        block = np.nan_to_num(np.array(samples[start:stop], np.float32), posinf=0.0, neginf=0.0)  # no longer mapped
        if rate_hz != RATE_HZ:
            block = stream.resample_chunk(block, last=stop == len(samples))[: length - done]
        out[done : done + len(block)] = block
        done += len(block)
    return out
