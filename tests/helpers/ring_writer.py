"""A process that writes into shared memory as fast as it can: `ring NAME FRAMES BLOCK`, or `series NAME POINTS`.

With a ring it prints how many frames fitted and how many were dropped, as the writer itself counted them.
"""

import sys

import numpy as np

from studio.ipc.ring import Ring
from studio.ipc.series import Series


def write_ring(name: str, frames: int, block: int) -> None:
    """Frame i says i in its first channel and -i in its second, exactly: float32 holds integers to 2**24."""
    fitted = 0
    with Ring.attach(name) as ring:
        for start in range(0, frames, block):
            numbers = np.arange(start, start + block, dtype=np.float32)
            while ring.available > ring.capacity - block // 2:
                pass  # let the reader catch up, but never quite
            fitted += ring.write(np.stack((numbers, -numbers), axis=1))
        sys.stdout.write(f"{fitted} {ring.overruns}\n")


def write_series(name: str, points: int) -> None:
    """Point i says i in every field, so that a torn row shows."""
    with Series.attach(name) as series:
        fields = len(series.fields)
        for number in range(points):
            series.append(*[float(number)] * fields)


if __name__ == "__main__":
    kind, name, *counts = sys.argv[1:]
    (write_ring if kind == "ring" else write_series)(name, *map(int, counts))
