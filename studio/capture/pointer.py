"""The mouse pointer as a layer of the picture."""

import numpy as np

from studio.capture.canvas import Layer
from studio.capture.screen import Area, Cursor, Pixels


class Pointer:
    """Keeps the pointer's picture as layers need it, with even sides, as long as it is the same picture."""

    def __init__(self) -> None:
        self._seen: Pixels | None = None
        self._even: Pixels = np.zeros((0, 0, 4), np.uint8)
        self._version = 0

    def layer(self, cursor: Cursor, area: Area) -> Layer:
        """The pointer where it lies in the area that is recorded."""
        if cursor.picture is not self._seen:
            height, width = cursor.picture.shape[:2]
            padded = np.pad(cursor.picture, ((0, height % 2), (0, width % 2), (0, 0)))
            self._seen, self._even = cursor.picture, np.ascontiguousarray(padded)
            self._version += 1
        return Layer("cursor", self._version, cursor.left - area.left, cursor.top - area.top, self._even)
