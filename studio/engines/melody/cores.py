"""Work on several cores at once; what comes out is the same however many there are."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

Item = TypeVar("Item")
Made = TypeVar("Made")

_MOST_THREADS: Final = 4
_SAID_AT_THE_START: Final = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def each(work: Callable[[Item], Made], items: Sequence[Item]) -> Iterator[Made]:
    """Yield what `work` makes of each item, in their order; a few are made at once and none is made far ahead."""
    count = threads()
    if count == 1 or len(items) == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(count, thread_name_prefix="pitch") as pool:
        ahead = 2 * count  # with no more than there are cores, one would wait while another's result is awaited
        coming = [pool.submit(work, item) for item in items[:ahead]]
        for following in (*items[ahead:], *[None] * len(coming)):
            yield coming.pop(0).result()
            if following is not None:
                coming.append(pool.submit(work, following))


def single() -> AbstractContextManager[object]:
    """Within it numpy multiplies on one core: two pools of threads on the same cores are many times slower than one."""
    if all(os.environ.get(variable) == "1" for variable in _SAID_AT_THE_START):
        return nullcontext()  # as in every worker but the one that computes
    limited: AbstractContextManager[object] = _libraries().limit(limits=1)
    return limited


@cache
def _libraries() -> "ThreadpoolController":
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def threads() -> int:
    """How many cores are used: those there are, or what NUMBA_NUM_THREADS allows."""
    asked = os.environ.get("NUMBA_NUM_THREADS", "")
    return int(asked) if asked.isdecimal() and int(asked) > 0 else min(os.cpu_count() or 1, _MOST_THREADS)
