"""Imports that are killed again and again, each time in a process of its own. Run as a script:

`python -m tests.helpers.killed_imports PROJECT RATE KILLS SEED FILE...` prints a line of JSON for each file.
"""

import json
import os
import random
import signal
import sys
from pathlib import Path

from studio.audio import unfinished
from studio.audio.importing import import_media

unfinished.KEEP_EVERY_S = 0.0


def main(path: Path, project: Path, rate_hz: int, kills: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    reached: list[float] = []
    for _ in range(kills):
        reached.append(_import(path, project, rate_hz, chance.uniform(reached[-1] if reached else 0.0, 0.99)))
    result = import_media(path, project, rate_hz, lambda *_: None)
    came = {"media": result.media.id, "warning": result.warning, "resumed": result.resumed, "reached": reached}
    sys.stdout.write(json.dumps(came) + "\n")


def _import(path: Path, project: Path, rate_hz: int, until: float) -> float:
    """Import until a fraction is reached, then die; return the first fraction at which it was importing."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        begun = False

        def die(fraction: float, stage: str) -> None:
            nonlocal begun
            if stage == "Importing" and not begun:
                begun = True
                os.write(write, f"{fraction:.4f}".encode())
            if stage == "Importing" and fraction >= until:
                os.kill(os.getpid(), signal.SIGKILL)

        import_media(path, project, rate_hz, die)
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as said:
        return float(said.read() or "nan")


if __name__ == "__main__":
    rate, times, number = (int(argument) for argument in sys.argv[2:5])
    for name in sys.argv[5:]:
        main(Path(name), Path(sys.argv[1]), rate, times, number)
