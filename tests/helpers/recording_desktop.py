"""A desktop in small, to be killed: starts the live worker, records, says the worker's pid, and waits."""

import sys
from pathlib import Path

from studio.protocol.live import OpenAudio, TakeProgress
from tests.helpers.live import LiveProcess, record_into


def main() -> None:
    microphone, folder, take = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    worker = LiveProcess({})
    worker.start()
    worker.send(OpenAudio(input=microphone), record_into(folder, take))
    seen = 0
    sys.stdout.write(f"{worker.pid}\n")
    while True:
        seen = worker.wait(TakeProgress, lambda said, past=seen: said.frames > past, seconds=60).frames  # type: ignore[misc]
        sys.stdout.write(f"{seen}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
