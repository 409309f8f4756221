"""A decoded picture as it is to be seen: upright, in the shape that the file says, in the colours of a screen."""

from fractions import Fraction
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

Bgra = NDArray[np.uint8]
"""A picture, shape (height, width, 4)."""

_STEP_PX: Final = 16
"""In a picture of another width, FFmpeg 8.1's way from YUV to BGRA leaves pixels at its edges as they were."""


def as_bgra(frame: VideoFrame, width: int, height: int, quarters: int | None = None) -> Bgra:
    """A picture in this size, as the eye should see it: turned as the file says, or by so many right angles."""
    turned = (round(frame.rotation / 90) if quarters is None else quarters) % 4
    across, down = (height, width) if turned % 2 else (width, height)
    scaled = (across, down) != (frame.width, frame.height)
    way = Interpolation.BILINEAR if scaled else Interpolation.BICUBIC
    whole = across % _STEP_PX == 0
    raw = frame.reformat(width=across, height=down, format="bgra" if whole else "bgr24", interpolation=way).to_ndarray()
    made = np.asarray(raw, np.uint8)
    if not whole:
        made = np.dstack((made, np.full((down, across), 255, np.uint8)))
    return np.ascontiguousarray(np.rot90(made, turned)) if turned else made


def size_of(frame: VideoFrame, stream_ratio: Fraction | None = None) -> tuple[int, int]:
    """How wide and high a picture is shown in whole: its pixels need not be square, and it may lie on its side."""
    ratio = stream_ratio or Fraction(1)
    width, height = max(1, round(frame.width * ratio)), frame.height
    return (height, width) if round(frame.rotation / 90) % 2 else (width, height)


def fitting(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    """The largest size of the same shape that is neither larger than this nor larger than itself."""
    scale = min(1.0, width / size[0], height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
