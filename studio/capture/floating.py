"""Overlays on nothing: a picture of them alone, for a window of their own that the screen is seen through."""

import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Final

import numpy as np

from studio.capture.canvas import Layer
from studio.capture.listening import Source
from studio.capture.overlays import Item, Stack, box_of
from studio.capture.screen import Area, Pixels
from studio.capture.track import Aligned
from studio.ipc.preview import Preview

_FPS: Final = 30
_OPAQUE: Final = 255


class Floating:
    """Draws from its construction until `close`, into a `Preview` of BGRA with premultiplied alpha.

    A picture covers the box around all overlays of a screen of this size, and is drawn where something changed only.
    """

    def __init__(self, items: Sequence[Item], stack: Stack, size: tuple[int, int], source: Source | None) -> None:
        """`stack` and `source` are closed with it; StudioError without shared memory."""
        self._width, self._height = size
        self._source = source
        self._preview = Preview.create(self._width * self._height)
        self._stacks = deque([stack])
        """What is drawn, and after it what is to be drawn in its place."""
        self.area = around(items, *size)
        """The part of the screen that the pictures cover; without overlays it has no size."""
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="floating", daemon=True)
        self._thread.start()

    @property
    def preview(self) -> str:
        """The name of the pictures."""
        return self._preview.name

    @property
    def stack(self) -> Stack:
        """What was asked for last."""
        return self._stacks[-1]

    def change(self, items: Sequence[Item], stack: Stack) -> None:
        """Draw these from the next picture on."""
        self.area = around(items, self._width, self._height)
        self._stacks.append(stack)

    def close(self) -> None:
        """Draw nothing any more."""
        self._ending.set()
        self._thread.join()
        if self._source is not None:
            self._source.close()
        self._preview.close()

    def _run(self) -> None:
        aligned = Aligned(self._source, time.monotonic()) if self._source is not None else None
        looks: object = None
        try:
            while not self._ending.wait(1 / _FPS):
                while len(self._stacks) > 1:
                    self._stacks.popleft().close()
                stack, area = self._stacks[0], self.area
                now_s = time.monotonic()
                for frames in aligned.pull(now_s) if aligned is not None else ():
                    stack.hear(frames)
                layers = stack.layers(now_s, self._width, self._height)
                now_looks = (area, tuple(layer.looks for layer in layers))
                if area.width and now_looks != looks:
                    self._preview.put(composed(layers, area))
                    looks = now_looks
        finally:
            for stack in self._stacks:
                stack.close()


def around(items: Sequence[Item], width: int, height: int) -> Area:
    """The part of a screen of this size that holds all of them; of no size without any."""
    boxes = [box_of(item, width, height) for item in items]
    left, top = (max(0, min((box[side] for box in boxes), default=0)) for side in (0, 1))
    right = min(width, max((box.left + box.width for box in boxes), default=0))
    bottom = min(height, max((box.top + box.height for box in boxes), default=0))
    return Area(left, top, max(0, right - left), max(0, bottom - top))


def composed(layers: Sequence[Layer], area: Area) -> Pixels:
    """The layers over each other on nothing, as far as they lie in this area of the screen."""
    picture = np.zeros((area.height, area.width, 4), np.uint8)
    for layer in layers:
        left, top = layer.left - area.left, layer.top - area.top
        from_x, from_y = max(0, left), max(0, top)
        below = picture[from_y : top + layer.picture.shape[0], from_x : left + layer.picture.shape[1]]
        above = layer.picture[from_y - top :, from_x - left :][: below.shape[0], : below.shape[1]]
        if below[..., 3].any():
            keeps = _OPAQUE - above[..., 3:].astype(np.uint16)
            below[...] = above + (below * keeps + _OPAQUE // 2) // _OPAQUE
        else:
            below[...] = above
    return picture
