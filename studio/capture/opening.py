"""Opens the screen with the fastest grabber that works here, or says why there is none."""

import os
import platform

from mss.exception import ScreenShotError

from studio.capture.anywhere import Anywhere
from studio.capture.screen import Grabber
from studio.errors import StudioError


def open_screen() -> Grabber:
    """Return the fastest grabber that works here; a `StudioError` says why there is none."""
    if platform.system() == "Linux":
        return _open_x11()
    return Anywhere()


def _open_x11() -> Grabber:
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        raise StudioError(
            "capture.wayland",
            "The screen is not recorded.",
            cause="This desktop (Wayland) hands its picture to programs through its portal and PipeWire only, "
            "from which the studio cannot take it.",
            remedy="Log in to an X11 (Xorg) session, or record the picture with another program, which can show the "
            "overlays from their page for a browser source.",
        )
    if not os.environ.get("DISPLAY"):
        raise StudioError(
            "capture.display",
            "The screen is not recorded.",
            cause="There is no screen: DISPLAY is not set.",
            remedy="Start the studio inside a desktop session, or under Xvfb.",
        )
    from studio.capture.xshm import NoSharedMemory, SharedScreen  # only where there is X11

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
