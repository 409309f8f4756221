"""The line of a melody, over octaves from C2 to C6 that are named at the left."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.capture import look
from studio.capture.painting import bars, fill, premultiplied
from studio.capture.screen import Pixels
from studio.capture.standing import font_of

_OCTAVES: Final = math.log2(look.HIGH_HZ / look.LOW_HZ)
_LOWEST: Final = 2
_ANY_PX: Final = 12.0
_LEAST_ROWS: Final = 60
"""In a lower box the names of octaves would be too small to read."""


class Trace:
    """Draws pictures of one size after another; what stands still in them is drawn once."""

    def __init__(self) -> None:
        self._back: Pixels = np.zeros((0, 0, 4), np.uint8)
        font_of(_ANY_PX)  # what draws letters is loaded here, and not while a picture waits for it

    def draw(self, picture: Pixels, at_s: NDArray[np.floating], hz: NDArray[np.floating]) -> None:
        """`at_s` is how long ago each point was, negative. Where `hz` is NaN or 0 the line has a gap, and at a leap."""
        rows, columns = picture.shape[:2]
        if self._back.shape != picture.shape:
            self._back = _background(rows, columns)
        picture[...] = self._back
        if not len(hz):
            return
        at = (1 + at_s / look.TRACE_S) * (columns - 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            octaves = np.log2(hz / look.LOW_HZ)
        height = (rows - 1) * (1 - octaves / _OCTAVES)
        known = np.isfinite(height) & (hz > 0)
        near = np.abs(np.diff(np.where(known, octaves, 0.0))) < look.LEAP_CENTS / 1200
        joined = known[:-1] & known[1:] & near & (np.diff(at) < columns / 20)
        if not joined.any():
            return
        across = np.arange(columns)
        before = np.clip(np.searchsorted(at, across, "right") - 1, 0, len(at) - 2)
        line = np.interp(across, at, np.where(known, height, 0.0))
        line = np.where(joined[before] & (across >= at[0]), line, np.nan)
        beside = np.concatenate((line[1:], [np.nan]))
        half = max(1.0, rows / 120)
        bars(picture, np.fmin(line, beside) - half, np.fmax(line, beside) + half, look.TRACE)


def _background(rows: int, columns: int) -> Pixels:
    from PIL import Image, ImageDraw

    back = np.zeros((rows, columns, 4), np.uint8)
    fill(back, look.BACK)
    font = font_of(max(10.0, rows / 18))
    names = Image.new("L", (columns, rows))
    for octave in range(1, round(_OCTAVES)):
        row = rows - 1 - round(octave / _OCTAVES * (rows - 1))
        back[row] = premultiplied(look.GRID)
        if rows >= _LEAST_ROWS:
            ImageDraw.Draw(names).text(
                (font.size / 3, row - 2), f"C{_LOWEST + octave}", fill=200, font=font, anchor="ls"
            )
    written = np.asarray(names, np.uint16)[..., None]
    ink = np.array(look.TEXT, np.uint16)
    back[...] = (back * (255 - written) + ink * written) // 255
    return back
