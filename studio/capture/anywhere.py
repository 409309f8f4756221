"""Grabs through mss as it is: on Windows and macOS, and where an X server shares no memory with us."""

import platform

import mss
import numpy as np
from mss.exception import ScreenShotError

from studio.capture.screen import Area, Cursor, Monitor, Pixels, ScreenChanged, Window


class Anywhere:
    """A grabber that copies each picture once."""

    def __init__(self) -> None:
        self._screen = mss.MSS()
        self.area = Area(0, 0, 0, 0)
        self._slots: list[Pixels] = []

    @property
    def bounds(self) -> Area:
        self._screen._monitors = None  # it would say for ever what it saw first
        whole = self._screen.monitors[0]
        return Area(whole["left"], whole["top"], whole["width"], whole["height"])

    @property
    def blends(self) -> bool:
        return platform.system() != "Linux"

    def monitors(self) -> tuple[Monitor, ...]:
        return tuple(
            Monitor(str(m.get("output") or m.get("name") or number), _area(m), bool(m.get("is_primary")))
            for number, m in enumerate(self._screen.monitors[1:], 1)
        )

    def windows(self) -> tuple[Window, ...]:
        return ()

    def window_area(self, window: int) -> Area | None:
        return None

    def aim(self, area: Area, slots: int) -> None:
        self.area = area
        self._slots = [np.zeros((area.height, area.width, 4), np.uint8) for _ in range(slots)]

    def grab(self, slot: int) -> None:
        left, top, width, height = self.area
        try:
            shot = self._screen.grab({"left": left, "top": top, "width": width, "height": height})
        except ScreenShotError as error:
            raise ScreenChanged from error
        grabbed = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        if grabbed.shape != self._slots[slot].shape:
            raise ScreenChanged
        self._slots[slot][...] = grabbed

    def may_differ(self) -> bool:
        return True

    def picture(self, slot: int) -> Pixels:
        return self._slots[slot]

    def cursor(self) -> Cursor | None:
        return None

    def close(self) -> None:
        self._screen.close()


def _area(monitor: dict[str, int]) -> Area:
    return Area(monitor["left"], monitor["top"], monitor["width"], monitor["height"])
