"""Which connections to other machines the studio has open: read from the system, not from what we believe."""

import psutil
from msgspec import Struct


class Connections(Struct, frozen=True):
    """What was seen of the desktop and its workers. `remote` names every other end, "127.0.0.1:8080"."""

    remote: tuple[str, ...]
    processes: int

    @property
    def sentence(self) -> str:
        """The same in words."""
        if not self.remote:
            return "None. The studio has not opened any connection."
        return f"Open now: {', '.join(self.remote)}."


def connections() -> Connections:
    """Look at this process and everything below it."""
    own = psutil.Process()
    seen: list[str] = []
    count = 0
    for process in (own, *own.children(recursive=True)):
        try:
            found = process.net_connections(kind="inet")
        except psutil.Error:  # it has just ended
            continue
        count += 1
        seen += [f"{one.raddr.ip}:{one.raddr.port}" for one in found if one.raddr]
    return Connections(tuple(sorted(set(seen))), count)
