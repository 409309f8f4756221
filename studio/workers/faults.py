"""Breaking on purpose, for tests, for the hidden menu, and for people who report a bug: all by the same door."""

import ctypes
import os
import sys
from typing import Literal

from studio.errors import StudioError

Kind = Literal["crash", "segfault", "hang", "hold_gil", "print", "flood_stderr", "garbage", "exhaust_memory"]
_FLOOD_BYTES = 200 * 2**20
_PRINTS = 10_000


def inject(kind: Kind, channel: int) -> None:
    """Break in one way; `channel` is the descriptor of the protocol stream. Obeyed only when STUDIO_FAULTS=1 is set."""
    if os.environ.get("STUDIO_FAULTS") != "1":
        raise StudioError(
            "faults.off",
            "The fault was not injected.",
            cause="This worker runs without STUDIO_FAULTS=1.",
            remedy="Start the studio with STUDIO_FAULTS=1 in its environment.",
        )
    match kind:
        case "crash":
            os._exit(70)
        case "segfault":
            ctypes.string_at(0)
        case "hang":
            while True:
                pass
        case "hold_gil":
            ctypes.PyDLL(None).pause()  # PyDLL, unlike CDLL, keeps the GIL during the call
        case "print":
            for number in range(_PRINTS):
                sys.stdout.write(f"a library says {number}\n")
            sys.stdout.flush()
            os.write(1, b"and so does native code\n")
        case "flood_stderr":
            line = b"a library complains " * 200 + b"\n"
            for _ in range(_FLOOD_BYTES // len(line)):
                os.write(2, line)
        case "garbage":
            os.write(channel, os.urandom(64) + b"\xff" * 64)
        case "exhaust_memory":
            bytearray(1 << 62)
