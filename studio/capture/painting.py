"""Colours on small pictures of premultiplied BGRA: areas and columns."""

import numpy as np
from numpy.typing import NDArray

from studio.capture.screen import Pixels


def premultiplied(colour: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    blue, green, red, alpha = colour
    return blue * alpha // 255, green * alpha // 255, red * alpha // 255, alpha


def _packed(colour: tuple[int, int, int, int]) -> np.uint32:
    """A colour as one number, of which numpy writes many at once."""
    packed: np.uint32 = np.array(premultiplied(colour), np.uint8).view(np.uint32)[0]
    return packed


def fill(picture: Pixels, colour: tuple[int, int, int, int]) -> None:
    picture.view(np.uint32)[...] = _packed(colour)


def bars(
    picture: Pixels, tops: NDArray[np.floating], bottoms: NDArray[np.floating], colour: tuple[int, int, int, int]
) -> None:
    """Colour each column from its top to its bottom row, at least one pixel where the two meet; none where NaN."""
    known = np.isfinite(tops) & np.isfinite(bottoms)
    if not known.any():
        return
    first = np.where(known, np.floor(tops), len(picture)).astype(np.int16)
    last = np.where(known, np.ceil(bottoms), -1).astype(np.int16)
    band = slice(max(0, int(first.min())), int(last.max()) + 1)
    rows = np.arange(len(picture), dtype=np.int16)[band, None]
    np.putmask(picture.view(np.uint32)[band, :, 0], (rows >= first) & (rows <= last), _packed(colour))
