"""Where a dragged overlay comes to lie."""

import pytest
from PySide6.QtCore import QRectF

from studio.ui.live import snapping


@pytest.mark.parametrize(
    ("left", "lies", "line"),
    [(0.024, 0.02, (0.02,)), (0.396, 0.4, (0.5,)), (0.775, 0.78, (0.98,)), (0.33, 0.33, ())],
    ids=["left margin", "middle", "right margin", "nothing near"],
)
def test_a_box_snaps_with_its_edges_and_its_middle(left: float, lies: float, line: tuple[float, ...]) -> None:
    snapped = snapping.moved(QRectF(left, 0.3, 0.2, 0.1), [], 0.01, 0.01)
    assert snapped.box.left() == pytest.approx(lies)
    assert snapped.box.width() == pytest.approx(0.2)
    assert snapped.x == pytest.approx(line)


def test_a_box_snaps_to_another_one_and_only_where_it_is_near() -> None:
    other = QRectF(0.1, 0.2, 0.3, 0.1)
    snapped = snapping.moved(QRectF(0.407, 0.35, 0.2, 0.1), [other], 0.01, 0.01)
    assert snapped.box.left() == pytest.approx(0.4)
    assert snapped.box.top() == pytest.approx(0.35)


def test_only_the_side_that_is_dragged_snaps() -> None:
    snapped = snapping.resized(QRectF(0.1, 0.1, 0.395, 0.2), "r", [], 0.01, 0.01)
    assert snapped.box.getRect() == pytest.approx((0.1, 0.1, 0.4, 0.2))
    assert snapped.y == ()
