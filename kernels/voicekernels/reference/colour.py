"""Screen pixels to the picture planes that video encoders take, and small pictures laid over those planes.

BGRA is uint8 of shape (height, width, 4), as the screen gives it; the planes are I420 in BT.709 limited range: Y of
shape (height, width), U and V of shape (height / 2, width / 2), all uint8. Height and width are even.
"""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
STRIP_ROWS = 2
"""Rows that are compared, converted and forced together."""

# ITU-R BT.709-6: luma of R, G, B, and what scales the differences B - Y and R - Y to ± 0.5.
_LUMA = np.array([0.0722, 0.7152, 0.2126])  # B, G, R as they lie in memory
_SPREAD_B, _SPREAD_R = 1.8556, 1.5748


def to_i420(bgra: Pixels, y: Pixels, u: Pixels, v: Pixels) -> None:
    """Fill the planes with the picture; a chroma sample is the mean of the four pixels that it covers."""
    pixels = bgra[..., :3].astype(np.float64)
    y[...] = np.rint(16 + pixels @ _LUMA * (219 / 255))
    height, width = y.shape
    mean = pixels.reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3))
    luma = mean @ _LUMA
    u[...] = np.rint(128 + (mean[..., 0] - luma) / _SPREAD_B * (224 / 255))
    v[...] = np.rint(128 + (mean[..., 2] - luma) / _SPREAD_R * (224 / 255))


def update(new: Pixels, old: Pixels, y: Pixels, u: Pixels, v: Pixels, forced: NDArray[np.bool_]) -> int:
    """Convert only what changed: each strip of two rows that differs between `new` and `old`, or is `forced`.

    The planes hold `old` before and `new` afterwards. `forced` has one entry a strip. Returns how many strips differ;
    those that were only forced do not count. The fourth byte of a pixel means nothing and is not compared.
    """
    changed = 0
    for strip in range(len(forced)):
        rows = slice(2 * strip, 2 * strip + 2)
        differs = not np.array_equal(new[rows, :, :3], old[rows, :, :3])
        changed += differs
        if differs or forced[strip]:
            to_i420(new[rows], y[rows], u[strip : strip + 1], v[strip : strip + 1])
    return changed


def blend(over: Pixels, y: Pixels, u: Pixels, v: Pixels, left: int, top: int) -> None:
    """Lay a BGRA picture with premultiplied alpha over the planes, its corner at an even (left, top).

    `over` has even sides and lies wholly inside the planes.
    """
    height, width = over.shape[:2]
    half = over.astype(np.float64).reshape(height // 2, 2, width // 2, 2, 4).mean(axis=(1, 3))
    colour = over[..., :3].astype(np.float64)
    alpha = over[..., 3] / 255
    place = y[top : top + height, left : left + width]
    place[...] = np.rint(place * (1 - alpha) + 16 * alpha + colour @ _LUMA * (219 / 255))
    luma = half[..., :3] @ _LUMA
    for plane, channel, spread in ((u, 0, _SPREAD_B), (v, 2, _SPREAD_R)):
        part = plane[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2]
        mean_alpha = half[..., 3] / 255
        part[...] = np.rint(
            part * (1 - mean_alpha) + 128 * mean_alpha + (half[..., channel] - luma) / spread * (224 / 255)
        )
