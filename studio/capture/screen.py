"""What can be grabbed: the screen, its monitors, and regions of it, in real pixels whatever a desktop scales by."""

import os
import platform
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from studio.errors import StudioError

Pixels = NDArray[np.uint8]
"""BGRA, shape (height, width, 4); the fourth byte means nothing where it comes from a screen."""


class Area(NamedTuple):
    """A rectangle of pixels of the whole screen."""

    left: int
    top: int
    width: int
    height: int

    def within(self, bounds: Self) -> Self:
        """The part of it inside `bounds`, with even sides, as encoders need them."""
        left, top = max(self.left, bounds.left), max(self.top, bounds.top)
        right = min(self.left + self.width, bounds.left + bounds.width)
        bottom = min(self.top + self.height, bounds.top + bounds.height)
        return type(self)(left, top, max(0, right - left) // 2 * 2, max(0, bottom - top) // 2 * 2)


class Monitor(NamedTuple):
    """One of the displays that make up the screen."""

    name: str
    area: Area
    primary: bool


class Cursor(NamedTuple):
    """The mouse pointer: BGRA with premultiplied alpha, and where its corner lies on the whole screen."""

    picture: Pixels
    left: int
    top: int


class ScreenChanged(Exception):
    """The screen has another size than the area asked for fits into: look at it anew and go on."""


class Grabber(Protocol):
    """Grabs one area into slots that the caller rotates through. Used by one thread, but for `picture`."""

    area: Area

    @property
    def bounds(self) -> Area:
        """The whole screen, asked now."""
        ...

    def monitors(self) -> tuple[Monitor, ...]:
        """The displays, asked now."""
        ...

    def aim(self, area: Area, slots: int) -> None:
        """Grab this area from now on, into so many slots."""
        ...

    def grab(self, slot: int) -> None:
        """Put what the screen shows now into a slot; `ScreenChanged` where the area does not fit it any more."""
        ...

    def may_differ(self) -> bool:
        """Whether the screen may look different than when this was last asked; asked before it is grabbed."""
        ...

    def picture(self, slot: int) -> Pixels:
        """What was grabbed into a slot, in place: good until that slot is grabbed into again."""
        ...

    def cursor(self) -> Cursor | None:
        """The pointer, or None where it is hidden or unknown."""
        ...

    def close(self) -> None:
        """Let go of the screen."""
        ...


class Target(NamedTuple):
    """What a person chose to record: a region, a monitor by its name, or with neither the whole screen."""

    region: Area | None = None
    monitor: str = ""

    def area_on(self, grabber: Grabber) -> Area:
        """Where it lies now; a `StudioError` says why it cannot be recorded."""
        bounds = grabber.bounds
        wanted = self.region or bounds
        if self.monitor:
            monitors = grabber.monitors()
            chosen = next((monitor for monitor in monitors if monitor.name == self.monitor), None)
            if chosen is None:
                raise StudioError(
                    "capture.monitor",
                    "The screen is not recorded.",
                    cause=f"There is no monitor called {self.monitor}.",
                    remedy=f"Choose one of these: {', '.join(monitor.name for monitor in monitors) or 'none'}.",
                )
            wanted = chosen.area
        area = wanted.within(bounds)
        if area.width < 2 or area.height < 2:
            raise StudioError(
                "capture.region",
                "The screen is not recorded.",
                cause=f"The region {wanted.width} × {wanted.height} at {wanted.left}, {wanted.top} lies outside "
                f"the screen of {bounds.width} × {bounds.height}.",
                remedy="Choose a region on the screen.",
            )
        return area


def open_screen() -> Grabber:
    """Return the fastest grabber that works here; a `StudioError` says why there is none."""
    if platform.system() == "Linux":
        return _open_x11()
    from studio.capture.anywhere import Anywhere

    return Anywhere()


def is_black(picture: Pixels) -> bool:
    """Whether nothing at all is seen, as where a desktop lets no program look at the screen."""
    return not picture[..., :3].any()


def _open_x11() -> Grabber:
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        raise StudioError(
            "capture.wayland",
            "The screen is not recorded.",
            cause="This desktop (Wayland) shows programs a black picture unless its own portal lets them in, "
            "which the studio cannot ask yet.",
            remedy="Log in to an X11 (Xorg) session, or record the picture with another program; sound works here.",
        )
    if not os.environ.get("DISPLAY"):
        raise StudioError(
            "capture.display",
            "The screen is not recorded.",
            cause="There is no screen: DISPLAY is not set.",
            remedy="Start the studio inside a desktop session, or under Xvfb.",
        )
    from mss.exception import ScreenShotError

    from studio.capture.anywhere import Anywhere
    from studio.capture.xshm import NoSharedMemory, SharedScreen

    try:
        return SharedScreen()
    except NoSharedMemory:
        return Anywhere()
    except ScreenShotError as error:
        raise StudioError(
            "capture.display",
            "The screen is not recorded.",
            cause=f"The display {os.environ['DISPLAY']} cannot be read: {error}.",
            remedy="Check that it is running and that you may use it.",
        ) from error
