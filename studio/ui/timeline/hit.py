"""What lies under the mouse. Pure geometry, so that cursors, hovers and presses always agree."""

from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct

from studio.model.project import Clip, TrackId
from studio.ui.timeline.clip_painter import ClipIndex
from studio.ui.timeline.rows import CLIP_HEADER, Row, Rows
from studio.ui.timeline.viewport import Viewport

Part = Literal["empty", "header", "body", "left", "right", "fade_in", "fade_out", "gain", "row_edge"]

EDGE_PX: Final = 6
HANDLE_PX: Final = 9
GAIN_PX: Final = 4
_SMALLEST_PX: Final = 28
"""A clip narrower than this has only a header and a body."""
HIGHEST_GAIN_DB: Final = 12.0
_LOWEST_LINE_DB: Final = -36.0


class Hit(Struct, frozen=True):
    """A part of a clip, of a row between clips, or of nothing."""

    part: Part
    row: Row | None = None
    clip: Clip | None = None


def hit(
    x: float, y: float, viewport: Viewport, rows: Rows, top: float, index: Callable[[TrackId], ClipIndex | None]
) -> Hit:
    """What lies at a pixel of the tracks; of clips that overlap, the one painted last."""
    row = rows.at(y + top)
    if row is None:
        return Hit("empty")
    clips = index(row.track)
    sample = viewport.sample_at(x)
    found = clips.between(sample, sample + viewport.samples_per_px) if clips else ()
    if not found or not row.clip_top <= y + top < row.clip_bottom:
        return Hit("empty", row)
    clip = found[-1]
    return Hit(part_of(x, y + top, clip, row, viewport), row, clip)


def part_of(x: float, y: float, clip: Clip, row: Row, viewport: Viewport) -> Part:
    """Which part of a clip lies at a pixel; `y` counts from the first track's top."""
    left, right = viewport.x_of(clip.start), viewport.x_of(clip.end)
    if y < row.clip_top + CLIP_HEADER:
        return "header"
    if right - left < _SMALLEST_PX:
        return "body"
    handle_y = fade_handle_y(row)
    for part, handle_x in zip(("fade_in", "fade_out"), fade_handles_x(clip, viewport), strict=True):
        if abs(x - handle_x) <= HANDLE_PX and abs(y - handle_y) <= HANDLE_PX:
            return "fade_in" if part == "fade_in" else "fade_out"
    if x - left <= EDGE_PX:
        return "left"
    if right - x <= EDGE_PX:
        return "right"
    if abs(y - gain_y(clip.gain_db, row)) <= GAIN_PX:
        return "gain"
    return "body"


def fade_handle_y(row: Row) -> float:
    """The height of the two fade handles, just below the header."""
    return row.clip_top + CLIP_HEADER + 7


def fade_handles_x(clip: Clip, viewport: Viewport) -> tuple[float, float]:
    """Where the fade handles lie: at the inner ends of the fades, and never on the edge itself."""
    left, right = viewport.x_of(clip.start), viewport.x_of(clip.end)
    rise = max(clip.fade_in.length / viewport.samples_per_px, EDGE_PX + 4)
    fall = max(clip.fade_out.length / viewport.samples_per_px, EDGE_PX + 4)
    return left + rise, right - fall


def gain_y(gain_db: float, row: Row) -> float:
    """The height of a clip's gain line: 0 dB a quarter below the header, +12 dB at it."""
    top = row.clip_top + CLIP_HEADER
    part = (HIGHEST_GAIN_DB - gain_db) / (HIGHEST_GAIN_DB - _LOWEST_LINE_DB)
    return top + min(max(part, 0.02), 0.98) * (row.clip_bottom - top)
