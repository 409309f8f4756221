"""Timing two things against each other in one run, so that a busy machine cancels out."""

import statistics
import time
from collections.abc import Callable


def ratio(slow: Callable[[], object], fast: Callable[[], object], rounds: int = 9) -> float:
    """Return how many times `fast` fits into `slow`: the median over interleaved rounds, after one warm-up of each."""
    slow()
    fast()
    return statistics.median(_seconds(slow) / _seconds(fast) for _ in range(rounds))


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin
