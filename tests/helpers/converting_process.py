"""What a worker does to sing something again, killed by itself when it begins the stretch of that number.

Called with a project's folder, a voice and the number of the stretch, from 1.
"""

import os
import signal
import sys
from pathlib import Path

import msgspec

from studio.model.project import Media
from studio.protocol.common import JobId
from studio.protocol.voices import SingAgain
from studio.workers.runtime import Context
from studio.workers.singing_again import sing_again


def job_for(folder: Path, media: Media, voice: str) -> SingAgain:
    """The same request in both processes."""
    return SingAgain(
        job=JobId(1),
        media=media,
        project_dir=str(folder),
        start=0,
        length=media.length,
        voice=voice,
        engine="basic-convert",
    )


def main() -> None:
    """Begin, and never come to an end."""
    folder, voice, left = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    media = msgspec.json.decode((folder / "medium.json").read_bytes(), type=Media)

    def die(_fraction: float, stage: str) -> None:
        nonlocal left
        left -= stage == "Converting"
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    sing_again(job_for(folder, media, voice), Context(lambda _event: None), die)


if __name__ == "__main__":
    main()
