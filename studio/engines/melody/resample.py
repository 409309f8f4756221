"""Sound at the rate that the tracker works at."""

from math import gcd
from typing import Final

import numpy as np

from studio.engines.base import Mono, Report
from studio.engines.melody.analysis import RATE_HZ
from studio.engines.melody.cores import each

_BLOCK_S: Final = 8
_AROUND_S: Final = 0.05  # on either side of a block; the filter reaches a tenth of that


def at_8k(samples: Mono, rate_hz: int, report: Report) -> Mono:
    """Return the sound at `RATE_HZ`, in time with the original, without anything that is no number."""
    import soxr

    out = np.zeros(-(-len(samples) * RATE_HZ // rate_hz), np.float32)
    common = gcd(rate_hz, RATE_HZ)
    step, step_out = rate_hz // common, RATE_HZ // common  # where samples of both rates meet
    block, around = -(-_BLOCK_S * rate_hz // step), -(-int(_AROUND_S * rate_hz) // step)

    def fill(start: int) -> None:
        first, last = max(start - around, 0), start + block + around
        here = np.asarray(samples[first * step : last * step], np.float32)
        if not np.isfinite(here @ here):
            here = np.nan_to_num(here, posinf=0.0, neginf=0.0)
        if rate_hz != RATE_HZ:
            here = soxr.resample(here, rate_hz, RATE_HZ, "HQ")
        room = out[start * step_out : (start + block) * step_out]
        made = here[(start - first) * step_out :][: len(room)]
        room[: len(made)] = made

    for _ in each(fill, range(0, max(-(-len(samples) // step), 1), block)):
        report(0.0, "Preparing the sound")
    return out
