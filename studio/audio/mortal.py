"""Programs that end when this process does, however it ends."""

import os
import sys
from typing import Final

_BECOME: Final = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() == int(sys.argv[1]):
    os.execvp(sys.argv[2], sys.argv[2:])
"""


def mortal(*command: str) -> list[str]:
    """Return the command that runs `command`, and has the kernel kill it when the thread that started it ends.

    It sets PR_SET_PDEATHSIG, looks whether we are dead already, and becomes the other program. Elsewhere than on
    Linux it is `command` itself.
    """
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", "-c", _BECOME, str(os.getpid()), *command]
