"""Where the files of a recording go: the folder that was asked for, or another where that one fails; and the disk."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import av

from studio.capture import trouble
from studio.capture.movie import Template
from studio.capture.reel import Reel
from studio.capture.wanted import Hears, Wanted
from studio.errors import Explanation


def open_reel(wanted: Wanted, templates: Sequence[Template], hears: Hears) -> Reel | None:
    """Begin the first file, in the fallback folder where its own cannot be written to; None for a replay only."""
    path = wanted.path
    if path is None:
        return None

    def reel_in(place: Path) -> Reel:
        place.parent.mkdir(parents=True, exist_ok=True)
        return Reel(place, wanted.container, templates, wanted.split, hears.part_began)

    try:
        return reel_in(path)
    except (OSError, av.FFmpegError) as error:
        if wanted.fallback is None:
            raise trouble.cannot_begin(path, error) from error
        reel = reel_in(wanted.fallback / path.name)
        hears.trouble("folder_lost", trouble.elsewhere(path.parent, wanted.fallback), False)
        return reel


class DiskGuard:
    """Looks after the disk that a recording goes to. `move_to` is a folder in which it has to go on."""

    def __init__(self, reel: Reel, wanted: Wanted, hears: Hears) -> None:
        self.move_to: Path | None = None
        self._reel = reel
        self._wanted = wanted
        self._hears = hears
        self._told_low = False

    def look(self, now_s: float) -> Explanation | None:
        """Look once; what comes back is why the recording has to end."""
        reel, fallback = self._reel, self._wanted.fallback
        if not reel.is_in_place:
            if fallback is not None and reel.folder != fallback:
                fallback.mkdir(parents=True, exist_ok=True)
                self._hears.trouble("folder_lost", trouble.elsewhere(reel.folder, fallback), False)
                self.move_to = fallback
            return None
        room = None
        with contextlib.suppress(OSError):  # the folder has just gone: the next look finds that
            room = trouble.room_in(reel.folder)
        if room is None:
            return None
        left = room - self._wanted.floor_bytes
        if left < 0:
            return trouble.disk_full()
        speed = reel.size_bytes / max(1.0, now_s)
        if left < speed * trouble.LOW_S and not self._told_low:
            self._told_low = True
            self._hears.trouble("disk_low", trouble.disk_low(left / speed), False)
        return None
