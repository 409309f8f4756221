"""Whether memory ran short, as far as the system tells."""

from pathlib import Path
from typing import Final

import psutil

_COUNTS: Final = (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events"))
_SHORT: Final = 0.03


def kernel_kills(files: tuple[Path, ...] = _COUNTS) -> int | None:
    """How many processes the kernel has ended to free memory, here and in our container; None where it is not said."""
    found = []
    for file in files:
        try:
            lines = file.read_text().splitlines()
        except OSError:
            continue
        found += [int(line.split()[1]) for line in lines if line.startswith("oom_kill ")]
    return sum(found) if found else None


def ran_short(kills_before: int | None) -> bool:
    """Whether the kernel had to free memory since that count; where it keeps none, whether hardly any is left."""
    kills = kernel_kills()
    if kills is not None and kills_before is not None:
        return kills > kills_before
    memory = psutil.virtual_memory()
    return bool(memory.available < _SHORT * memory.total)
