"""What can be grabbed: the screen, its monitors, and regions of it, in real pixels whatever a desktop scales by."""

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


class Window(NamedTuple):
    """A window of another program, or of this one."""

    id: int
    title: str
    area: Area


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

    @property
    def blends(self) -> bool:
        """Whether windows can be seen through, as far as each is transparent."""
        ...

    def monitors(self) -> tuple[Monitor, ...]:
        """The displays, asked now."""
        ...

    def windows(self) -> tuple[Window, ...]:
        """The windows that can be recorded alone, asked now; none where the system tells nothing of them."""
        ...

    def window_area(self, window: int) -> Area | None:
        """Where a window lies now; None where it is closed, or folded away."""
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
    """What a person chose to record: a region, a monitor by its name, a window, or with neither the whole screen.

    A window is followed where it is moved; what lies over it is recorded too.
    """

    region: Area | None = None
    monitor: str = ""
    window: int = 0

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
        elif self.window:
            place = grabber.window_area(self.window)
            if place is None:
                raise StudioError(
                    "capture.window",
                    "The window is not recorded.",
                    cause="The window was closed, or folded away.",
                    remedy="Open it again, or choose another one.",
                )
            wanted = place
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


def is_black(picture: Pixels) -> bool:
    """Whether nothing at all is seen, as where a desktop lets no program look at the screen."""
    return not picture[..., :3].any()
