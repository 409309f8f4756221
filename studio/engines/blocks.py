"""A sentence that came whole, handed on in blocks: who listens may stop between any two."""

from collections.abc import Generator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engines.base import Mono, Report

_BLOCK_S: Final = 0.25


def cut(sound: NDArray[np.float32], rate_hz: int, report: Report, stage: str) -> Generator[Mono, None, None]:
    """Yield a sound of any shape as mono blocks of a quarter of a second."""
    mono = np.asarray(sound, np.float32).reshape(-1)
    size = round(_BLOCK_S * rate_hz)
    for start in range(0, len(mono), size):
        report(min(0.99, (start + size) / len(mono)), stage)
        yield mono[start : start + size].copy()
