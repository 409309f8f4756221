"""Why a worker died, as far as its exit status, its logs and the kernel tell."""

import signal
from pathlib import Path
from typing import Final

from msgspec import Struct

from studio import paths
from studio.errors import Explanation
from studio.protocol.common import Role

_TAIL_BYTES: Final = 4096
_NAMES: Final[dict[Role, str]] = {
    "live": "audio engine",
    "compute": "voice engine",
    "capture": "screen recorder",
    "models": "model download",
    "video": "video player",
}


class Death(Struct, frozen=True, kw_only=True):
    """What the desktop knows of the end of a process.

    `signal_number` is 0 when it exited by itself. `known` is the cause where the desktop knows it, because it
    could not start the process or killed it; else "". `memory_ran_short` says that the system freed some by force.
    """

    role: Role
    exit_code: int = 0
    signal_number: int = 0
    known: str = ""
    memory_ran_short: bool = False


def explain_death(death: Death) -> Explanation:
    """Return what a person is told when a worker died."""
    name = _NAMES[death.role]
    detail = last_words(death.role)
    if death.known:
        cause = death.known
    elif death.signal_number == signal.SIGKILL and death.memory_ran_short:
        return Explanation(
            code="worker.memory",
            title=f"The {name} stopped.",
            cause="It may have run out of memory.",
            remedy="Close other programs, or choose a smaller model or a shorter stretch, then try again.",
            detail=detail,
        )
    elif death.signal_number == signal.SIGKILL:
        cause = "It was ended from outside."
    elif death.signal_number:
        cause = f"The {name} crashed ({signal.Signals(death.signal_number).name})."
    else:
        cause = f"The {name} ended by itself (status {death.exit_code})."
    return Explanation(
        code="worker.died",
        title=f"The {name} stopped.",
        cause=cause,
        remedy="It is being started again and your project is safe. Retry what was running.",
        detail=detail,
    )


def explain_giving_up(role: Role, last: Explanation) -> Explanation:
    """Return what a person is told when a worker died too often."""
    name = _NAMES[role]
    return Explanation(
        code="worker.gave_up",
        title=f"The {name} keeps stopping.",
        cause=f"It stopped five times within three minutes. The last time: {last.cause}",
        remedy="Run the system check in the Help menu, then start it again from there. Your project is safe.",
        detail=last.detail,
    )


def explain_version(role: Role, theirs: int, ours: int) -> Explanation:
    """Return what a person is told when a worker speaks another version of the protocol."""
    return Explanation(
        code="worker.version",
        title=f"The {_NAMES[role]} was not started.",
        cause=f"It belongs to another version of the studio (it speaks protocol {theirs}, the window {ours}).",
        remedy="Install the studio again, so that all of its parts are of one version.",
    )


def last_words(role: Role) -> str:
    """The ends of a worker's stderr, log and crash trace, for the details."""
    logs = paths.logs()
    files = [path for path in (stderr_log(role), logs / f"{role}.log", logs / f"{role}.crash") if path.is_file()]
    return "\n".join(f"{path.name}:\n{text}" for path in files if (text := _tail(path)))


def stderr_log(role: Role) -> Path:
    """Where a worker's stderr goes, with what libraries print."""
    return paths.logs() / f"{role}.stderr"


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return file.read().decode(errors="replace").strip()
