"""Whether this machine has a sound system at all, tried out by a process that may die of the answer."""

import subprocess
import sys
from typing import Final

from studio.audio.mortal import mortal
from studio.errors import Explanation

_PATIENCE_S: Final = 3.5
_THEN_S: Final = 0.5
_ASK: Final = (sys.executable, "-P", "-c", "import sounddevice")
_DETAIL: Final = 400


class Probe:
    """Loads PortAudio in a process of its own, while ours gets ready.

    PortAudio aborts the process that loads it where ALSA has no configuration at all, and cannot be loaded where its
    library is not installed. Found out in the worker, either would end it at every start.
    """

    def __init__(self, *command: str) -> None:
        self._asked: subprocess.Popen[bytes] | None = subprocess.Popen(  # noqa: S603 our own interpreter
            mortal(*(command or _ASK)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self._patience_s = _PATIENCE_S
        self._missing: Explanation | None = None

    def missing(self) -> Explanation | None:
        """Return why nothing can be played or recorded, None where it can; waits for the answer the first time."""
        asked = self._asked
        if asked is None:
            return self._missing
        try:
            _, complaint = asked.communicate(timeout=self._patience_s)
        except subprocess.TimeoutExpired:
            self._patience_s = _THEN_S
            return _hangs()  # this time; it may have answered when we are asked again
        self._asked = None
        if asked.returncode:
            self._missing = _none(complaint.decode("utf-8", "replace").strip()[-_DETAIL:])
        return self._missing

    def close(self) -> None:
        """Ask no more."""
        if self._asked is not None:
            self._asked.kill()
            self._asked.communicate()
            self._asked = None


def _none(detail: str) -> Explanation:
    return Explanation(
        code="audio.none",
        title="No sound system was found.",
        cause="There is no ALSA, PulseAudio or PipeWire that the studio can use, or PortAudio is not installed.",
        remedy="Install one and start the studio again; editing and export work without.",
        detail=detail,
    )


def _hangs() -> Explanation:
    return Explanation(
        code="audio.hangs",
        title="The sound system does not answer.",
        cause="It took longer than three seconds to say which devices there are.",
        remedy="Wait a moment and try again; if it stays so, log out and in.",
    )
