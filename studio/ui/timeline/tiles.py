"""Pictures of rows that are kept, so that scrolling moves pictures instead of painting sound."""

from collections import OrderedDict
from typing import NamedTuple

from PySide6.QtGui import QImage

from studio.model.project import TrackId


class TileKey(NamedTuple):
    """Which stretch of which row, at which zoom and height, both in device pixels."""

    track: TrackId
    nth: int
    samples_per_px: float
    height_px: int


class Tile(NamedTuple):
    """A picture and the state of its row (a number that grows with every change) that it shows."""

    stamp: int
    image: QImage


class Tiles:
    """Keeps the most recently used pictures within a budget of bytes."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._tiles: OrderedDict[TileKey, Tile] = OrderedDict()
        self._bytes = 0

    def get(self, key: TileKey) -> Tile | None:
        """The picture, now the most recently used; may show an older state of its row."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def fresh(self, key: TileKey, stamp: int) -> bool:
        """Whether the picture is there and shows this state of its row."""
        tile = self._tiles.get(key)
        return tile is not None and tile.stamp == stamp

    def put(self, key: TileKey, tile: Tile) -> None:
        """Keep a picture, and let go of the ones that were not used for longest."""
        old = self._tiles.pop(key, None)
        self._bytes += tile.image.sizeInBytes() - (old.image.sizeInBytes() if old else 0)
        self._tiles[key] = tile
        while self._bytes > self._budget_bytes and len(self._tiles) > 1:
            _, oldest = self._tiles.popitem(last=False)
            self._bytes -= oldest.image.sizeInBytes()

    def clear(self) -> None:
        """Forget everything, as after a change of colours."""
        self._tiles.clear()
        self._bytes = 0
