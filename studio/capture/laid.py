"""What lies over the grabbed pictures: the pointer, and the overlays of the moment."""

from collections import deque

from studio.capture.canvas import Layer
from studio.capture.pointer import Pointer
from studio.capture.screen import Area, Cursor
from studio.capture.wanted import Overlays
from studio.media.wav import Frames


class Laid:
    """The layers of each picture, drawn by the picture thread; `change` and `hear` may be called by others."""

    def __init__(self, overlays: Overlays | None) -> None:
        self._overlays = overlays
        self._next: deque[Overlays | None] = deque()
        self._pointer = Pointer()

    def change(self, overlays: Overlays | None) -> None:
        """Have these from the next picture on; those before are closed then."""
        self._next.append(overlays)

    def hear(self, frames: Frames) -> None:
        """Tell the overlays what is said just now."""
        overlays = self._overlays
        if overlays is not None:
            overlays.hear(frames)

    def layers(self, cursor: Cursor | None, area: Area, now_s: float) -> list[Layer]:
        """What to draw over the picture of an area at a moment of the clock, lowest first."""
        layers = [self._pointer.layer(cursor, area)] if cursor is not None else []
        while self._next:
            before, self._overlays = self._overlays, self._next.popleft()
            if before is not None:
                before.close()
        overlays = self._overlays
        if overlays is not None:
            layers += overlays.layers(now_s, area.width, area.height)
        return layers

    def close(self) -> None:
        """Let go of the overlays, also of those that were never shown."""
        for overlays in (self._overlays, *self._next):
            if overlays is not None:
                overlays.close()
