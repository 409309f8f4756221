"""The picture planes that are encoded: what the screen shows, with the layers laid over it."""

import time
from collections.abc import Sequence
from typing import NamedTuple

import av
import numpy as np

from studio.capture.screen import Pixels
from voicekernels.cpu import colour


class Layer(NamedTuple):
    """A small BGRA picture with premultiplied alpha at a place; `version` tells pictures of one layer apart."""

    key: str
    version: int
    left: int
    top: int
    picture: Pixels

    @property
    def looks(self) -> tuple[str, int, int, int]:
        """What makes two layers look the same."""
        return self.key, self.version, self.left, self.top


class Canvas:
    """I420 planes of one size. Only what changed is converted; what layers covered is put right underneath them.

    `laid_s` is how long the layers of the newest picture took.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.planes: Pixels = np.zeros((height * 3 // 2, width), np.uint8)
        half = (height // 2, width // 2)
        self._y = self.planes[:height]
        flat = self.planes.reshape(-1)
        luma = width * height
        self._u = flat[luma : luma * 5 // 4].reshape(half)
        self._v = flat[luma * 5 // 4 :].reshape(half)
        self.laid_s = 0.0
        self._covered = np.ones(height // 2, np.bool_)  # at first nothing is right yet
        self._looks: tuple[tuple[str, int, int, int], ...] = ()

    def show(self, new: Pixels, old: Pixels, layers: Sequence[Layer] = ()) -> bool:
        """Show a picture that follows `old`, with layers over it; return whether anything looks different."""
        first = bool(self._covered.all())
        looks = tuple(layer.looks for layer in layers)
        if new is old and looks == self._looks and not first:
            return False
        changed = colour.update(new, old, self._y, self._u, self._v, self._covered)
        self._covered[:] = False
        began_s = time.perf_counter()
        for layer in layers:
            self._lay(layer)
        self.laid_s = time.perf_counter() - began_s
        differs = first or changed > 0 or looks != self._looks
        self._looks = looks
        return differs

    def _lay(self, layer: Layer) -> None:
        """Blend the part of a layer that lies inside, on even pixels."""
        height, width = layer.picture.shape[:2]
        left, top = layer.left // 2 * 2, layer.top // 2 * 2
        right, bottom = min(left + width, self.width), min(top + height, self.height)
        from_x, from_y = max(0, left), max(0, top)
        inside = layer.picture[from_y - top : (bottom - top) // 2 * 2, from_x - left : (right - left) // 2 * 2]
        if inside.shape[0] <= 0 or inside.shape[1] <= 0:
            return
        if inside.shape[0] % 2 or inside.shape[1] % 2:
            inside = inside[: inside.shape[0] // 2 * 2, : inside.shape[1] // 2 * 2]
        colour.blend(inside, self._y, self._u, self._v, from_x, from_y)
        self._covered[from_y // 2 : (bottom + 1) // 2] = True


def frame_of(planes: Pixels) -> av.VideoFrame:
    """I420 planes of shape (height × 3/2, width) as a frame that looks at them, or at a copy of them.

    PyAV 18 takes planes that it looks at in place for a picture whose height is a multiple of four: with two rows more
    it would find the colours in the wrong place.
    """
    if planes.shape[0] % 6 == 0:
        return av.VideoFrame.from_numpy_buffer(planes, format="yuv420p")
    width, height = planes.shape[1], planes.shape[0] * 2 // 3
    frame = av.VideoFrame(width, height, "yuv420p")
    flat, start = planes.reshape(-1), 0
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        rows[...] = flat[start : start + rows.size].reshape(rows.shape)
        start += rows.size
    return frame


def warm_up() -> None:
    """Compile what turns pixels into planes, or fetch it from the cache: seconds the first time on a machine."""
    canvas = Canvas(4, 4)
    picture = np.zeros((4, 4, 4), np.uint8)
    whole = np.zeros((2, 2, 4), np.uint8)
    canvas.show(picture, picture, [Layer("cut off", 0, 0, 0, picture[:2, :2]), Layer("whole", 0, 0, 0, whole)])
