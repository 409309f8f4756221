"""The capture worker's overlays for a window of their own: begun, changed and ended as a person asks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from studio.capture.camera import Cameras
from studio.capture.opening import open_screen
from studio.capture.overlays import Stack
from studio.capture.wanted import Sound
from studio.errors import StudioError
from studio.protocol.capture import CaptureSound, FloatOverlays, OverlaysFloated, Region
from studio.workers.overlay_parts import items_of, source_of
from studio.workers.runtime import Context

if TYPE_CHECKING:
    from studio.capture.floating import Floating


class FloatingOverlays:
    """At most one window is drawn for."""

    def __init__(self, open_sound: Callable[[CaptureSound], Sound]) -> None:
        self._open_sound = open_sound
        self._request: FloatOverlays | None = None
        self._floating: Floating | None = None
        self._blends = False

    def show(self, request: FloatOverlays, cameras: Cameras, context: Context) -> OverlaysFloated:
        """Draw what is asked for from now on; the pictures stay where they are where only the layout is another one."""
        from studio.capture.floating import Floating

        before, items = self._request, items_of(request.overlays, context)
        stays = before is not None and replace(before, overlays=request.overlays) == request
        if self._floating is not None and stays:
            self._floating.change(items, Stack(items, self._floating.stack, cameras))
        else:
            self.close()
            source = source_of(request.sound, self._open_sound, "by the overlays", context)
            size = request.width, request.height
            self._floating = Floating(items, Stack(items, None, cameras), size, source)
            self._blends = _blends()
        self._request = request
        left, top, width, height = self._floating.area
        region = Region(left=left, top=top, width=width, height=height)
        return OverlaysFloated(preview=self._floating.preview, region=region, blends=self._blends)

    def close(self) -> None:
        """Draw for nobody any more."""
        self._request = None
        if self._floating is not None:
            self._floating.close()
            self._floating = None


def _blends() -> bool:
    try:
        screen = open_screen()
    except StudioError:  # Wayland, where programs may not look at the screen: it always blends
        return True
    try:
        return screen.blends
    finally:
        screen.close()
