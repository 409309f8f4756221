"""The models of this process, one account a device, and what to try in turn when memory runs out.

The budget of the processor is half of what this machine (or our container) has, that of a GPU nine tenths of its
memory; STUDIO_MODEL_MEMORY_GB sets either.
"""

import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import psutil

from studio.engines.base import Effort
from studio.engines.residency import Residency
from studio.errors import is_out_of_memory

_GIB: Final = 1 << 30
_CGROUP: Final = Path("/sys/fs/cgroup/memory.max")
_made: dict[str, Residency] = {}

_Made = TypeVar("_Made")


def on(device: str) -> Residency:
    """The one account of a device, "cpu" or "cuda"."""
    if device not in _made:
        _made[device] = Residency(_budget_bytes(device))
    return _made[device]


def expire() -> None:
    """Forget what was not used for long, on every device."""
    for residency in _made.values():
        residency.expire()


def step_down(
    efforts: Sequence[Effort], work: Callable[[Effort], _Made], tell: Callable[[Effort], None]
) -> tuple[_Made, int]:
    """Do something with the first effort that memory suffices for; return what came of it and which one that was.

    Before each lesser effort everything idle is forgotten and `tell` is called. What the last one raises is raised.
    """
    for number, effort in enumerate(efforts):
        try:
            return work(effort), number
        except Exception as error:  # memory runs out in many ways, and torch has its own; the rest goes on
            if not is_out_of_memory(error) or number == len(efforts) - 1:
                raise
        for residency in _made.values():
            residency.forget_idle()
        tell(efforts[number + 1])
    raise ValueError("no effort to try")


def _budget_bytes(device: str) -> int:
    asked = os.environ.get("STUDIO_MODEL_MEMORY_GB")
    if asked:
        return round(float(asked) * _GIB)
    if device == "cuda":
        import torch

        return round(0.9 * torch.cuda.mem_get_info()[1])
    return _machine_bytes() // 2


@cache
def _machine_bytes() -> int:
    total = int(psutil.virtual_memory().total)
    try:
        return min(total, int(_CGROUP.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit ("max")
        return total
