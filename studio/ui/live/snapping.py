"""Where an overlay lies when it is dragged near something: edges, the middle, a margin, other overlays. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QRectF

MARGIN: Final = 0.02
NEAR_PX: Final = 7.0
_LINES: Final = (0.0, MARGIN, 0.5, 1 - MARGIN, 1.0)


class Snapped(NamedTuple):
    """A box, and the lines that it snapped to, in shares: `x` upright ones, `y` level ones."""

    box: QRectF
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()


def moved(box: QRectF, others: Iterable[QRectF], near_x: float, near_y: float) -> Snapped:
    """The box as a whole, with an edge or its middle on a line that is near."""
    others = tuple(others)
    by_x, x = _nearest((box.left(), box.center().x(), box.right()), _lines(others, upright=True), near_x)
    by_y, y = _nearest((box.top(), box.center().y(), box.bottom()), _lines(others, upright=False), near_y)
    return Snapped(box.translated(by_x, by_y), x, y)


def resized(box: QRectF, sides: str, others: Iterable[QRectF], near_x: float, near_y: float) -> Snapped:
    """The box with those of its sides ("l", "r", "t", "b") that are dragged on a line that is near."""
    others, box = tuple(others), QRectF(box)
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    if "l" in sides or "r" in sides:
        edge = box.left() if "l" in sides else box.right()
        by, x = _nearest((edge,), _lines(others, upright=True), near_x)
        box.adjust(by if "l" in sides else 0.0, 0.0, by if "r" in sides else 0.0, 0.0)
    if "t" in sides or "b" in sides:
        edge = box.top() if "t" in sides else box.bottom()
        by, y = _nearest((edge,), _lines(others, upright=False), near_y)
        box.adjust(0.0, by if "t" in sides else 0.0, 0.0, by if "b" in sides else 0.0)
    return Snapped(box, x, y)


def _lines(others: Sequence[QRectF], *, upright: bool) -> tuple[float, ...]:
    of_others = (
        (o.left(), o.center().x(), o.right()) if upright else (o.top(), o.center().y(), o.bottom()) for o in others
    )
    return (*_LINES, *(line for three in of_others for line in three))


def _nearest(edges: Sequence[float], lines: Sequence[float], near: float) -> tuple[float, tuple[float, ...]]:
    """How far to move so that an edge lies on the nearest line, and that line; 0 where none is near."""
    best, at = min(((line - edge, line) for line in lines for edge in edges), key=lambda found: abs(found[0]))
    return (best, (at,)) if abs(best) <= near else (0.0, ())
