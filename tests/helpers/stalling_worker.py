"""The live worker with an input that is disturbed now and then, as by a machine that is too busy.

`STALLS` in the environment is a path; each disturbance is noted there as `held FRAMES SECONDS`, a callback that was
held up, or `lost FRAMES COUNT`, where the sound system threw so much away and said so, as PortAudio does. FRAMES is
how many had been handed over before. What happens by itself on a busy machine is noted, too: `late` where nothing came
for a third of a second, and `real FRAMES 0` where the sound system itself reports a dropout.

Every sample that comes is given its number, those that are thrown away counted, so that no player has to keep time.
"""

import math
import os
import random
import sys
import threading
import time
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.helpers.pulse import counted

_FIRST: Final = 150
_PAUSE_S: Final = 0.35
_pause = threading.Event()


def main() -> None:
    from studio.audio.stream import Microphone
    from studio.workers.__main__ import main as serve

    notes = os.open(os.environ["STALLS"], os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    chance = random.Random(int(os.environ["STALLS_SEED"]))  # noqa: S311
    most = int(os.environ["STALLS_MOST"])
    callback = Microphone.callback
    due, losing, lost, came, came_s = _FIRST, 0, 0, 0, math.inf

    def disturbed(
        microphone: Microphone, block: NDArray[np.float32], now_s: float, adc_s: float, overflow: bool
    ) -> None:
        nonlocal due, losing, lost, most, came, came_s
        numbers = np.arange(came, came + len(block))
        came += len(block)
        if now_s - came_s > _PAUSE_S:
            os.write(notes, b"late %d %f\n" % (microphone.frames, now_s - came_s))
        if overflow:
            os.write(notes, b"real %d 0\n" % microphone.frames)
        came_s = now_s
        due -= 1
        if not due and most:
            most -= 1
            due = chance.randrange(120, 200)
            if chance.random() < 0.5:
                seconds = chance.uniform(0.02, 0.3)
                _pause.wait(seconds)
                came_s = time.monotonic()
                os.write(notes, b"held %d %f\n" % (microphone.frames, seconds))
            else:
                losing = chance.randrange(1, 12)
        if losing:
            losing -= 1
            lost += len(block)
            if not losing:
                os.write(notes, b"lost %d %d\n" % (microphone.frames, lost))
            return
        overflow, lost = overflow or lost > 0, 0
        callback(microphone, counted(numbers)[:, : block.shape[1]], now_s, adc_s, overflow)

    Microphone.callback = disturbed  # type: ignore[method-assign, assignment] # the only door into a running callback
    sys.argv[1:] = ["live"]
    serve()


if __name__ == "__main__":
    main()
