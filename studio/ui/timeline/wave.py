"""Waveforms as pixels: columns of minimum, maximum and RMS become a picture without a loop over pixels."""

import numpy as np
from numpy.typing import NDArray

Columns = NDArray[np.float32]
"""What one pixel column of sound holds: minimum, maximum, RMS; shape (columns, 3)."""

Shades = NDArray[np.uint8]
"""A picture of indices into a `WaveLook`, shape (height, width): what QImage calls Format_Indexed8."""

Rgb = tuple[int, int, int]

_STEPS = 15
_PEAK = _STEPS
_BODY = 2 * _STEPS + 1
_ZERO_LINE = _BODY + 1
_CLIPPED = _BODY + 2
_HAIR = 0.05
FULL_SCALE = 1.0

WaveLook = tuple[int, ...]
"""Opaque colours: 0 the background, to 15 the peaks, 16 to 31 the body over them, the zero line, the red cap."""


def mix(below: Rgb, above: Rgb, opacity: float) -> Rgb:
    """`above` at an opacity over `below`."""
    red, green, blue = (round(low + (high - low) * opacity) for low, high in zip(below, above, strict=True))
    return red, green, blue


def packed(colour: Rgb) -> int:
    """A colour as one opaque pixel."""
    return 0xFF000000 | colour[0] << 16 | colour[1] << 8 | colour[2]


def wave_look(background: Rgb, colour: Rgb, zero_line: Rgb, clipped: Rgb, strength: float = 1.0) -> WaveLook:
    """RMS in the track's colour, peaks at 45 % of it behind, both at `strength` over the background."""
    body = mix(background, colour, strength)
    peak = mix(background, colour, 0.45 * strength)
    covers = [step / _STEPS for step in range(_STEPS + 1)]
    return (
        *(packed(mix(background, peak, cover)) for cover in covers),
        *(packed(mix(peak, body, cover)) for cover in covers),
        packed(mix(background, zero_line, strength)),
        packed(mix(background, clipped, strength)),
    )


def joined(columns: Columns) -> Columns:
    """The columns, each reaching to its neighbour where a steep wave would leave a hole between them."""
    out = columns.copy()
    out[:-1, 1] = np.maximum(columns[:-1, 1], np.minimum(columns[1:, 0], columns[1:, 1]))
    out[:-1, 0] = np.minimum(columns[:-1, 0], columns[1:, 1])
    return out


def paint_wave(into: Shades, columns: Columns, *, gain: NDArray[np.float32] | float = 1.0, zoom: float = 1.0) -> None:
    """Fill `into` with the waveform of its columns; the edges are smooth, and a column that clips wears a red cap.

    `gain` (linear, one number or one a column) is what is heard; `zoom` only stretches the picture.
    """
    height = into.shape[0]
    half = height / 2
    heard = columns * (gain if isinstance(gain, float) else gain[:, None])
    scale = half * zoom
    top, bottom = half - heard[:, 1] * scale, half - heard[:, 0] * scale
    silent = bottom - top < _HAIR
    thin = np.where(silent, 0.0, np.maximum(1.0 - (bottom - top), 0.0) / 2).astype(np.float32)
    top, bottom = np.clip(top - thin, 0, height), np.clip(bottom + thin, 0, height)
    aside = (top > half) | (bottom < half)  # closer in than one wave: the line itself is the body
    body = heard[:, 2] * scale + aside * height
    body_top, body_bottom = np.maximum(half - body, top), np.minimum(half + body, bottom)
    y = np.arange(height, dtype=np.int16)[:, None]
    _span(y, top, bottom, out=into)
    into *= _PEAK
    inside = np.empty_like(into)
    _span(y, body_top, body_bottom, out=inside)
    inside *= _BODY - _PEAK
    into += inside
    _smooth(into, body_top, body_bottom, _STEPS + 1)
    _smooth(into, top, bottom, 0)
    into[min(int(half), height - 1), silent] = _ZERO_LINE
    over = np.maximum(heard[:, 1], -heard[:, 0]) >= FULL_SCALE
    if over.any():
        cap = max(height // 40, 2)
        into[:cap, over] = _CLIPPED
        into[height - cap :, over] = _CLIPPED


def _span(y: NDArray[np.int16], top: NDArray[np.float32], bottom: NDArray[np.float32], out: Shades) -> None:
    """1 in every pixel that lies wholly between top and bottom, else 0; one comparison by unsigned wrap-around."""
    first = np.ceil(top).astype(np.int16)
    rows = np.maximum(np.floor(bottom).astype(np.int16) - first, 0)
    below = (y - first).view(np.uint16)
    np.less(below, rows.view(np.uint16), out=out.view(np.bool_))


def _smooth(into: Shades, top: NDArray[np.float32], bottom: NDArray[np.float32], first_shade: int) -> None:
    """Shade the pixel that holds each edge by how much of it is covered."""
    columns = np.arange(into.shape[1])
    for edge, outside in ((top, np.ceil(top) - top), (bottom, bottom - np.floor(bottom))):
        partly = (outside > 0.0) & (bottom - top >= 0.99)
        rows = np.minimum(edge[partly].astype(np.intp), into.shape[0] - 1)
        into[rows, columns[partly]] = (outside[partly] * _STEPS).astype(np.uint8) + first_shade
