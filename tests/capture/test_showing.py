"""What the preview is given: every pixel of it is drawn, whatever the size of what is recorded."""

import threading
from collections.abc import Callable

import numpy as np
import pytest

from studio.capture.canvas import Canvas
from studio.capture.showing import Showing
from studio.ipc.preview import Preview


@pytest.mark.parametrize(("width", "height"), [(900, 600), (642, 428), (1366, 768), (20, 1000)])
def test_no_pixel_of_a_preview_is_left_out(width: int, height: int) -> None:
    picture = np.full((height, width, 4), (96, 64, 32, 255), np.uint8)
    canvas = Canvas(width, height)
    canvas.show(picture, picture)
    showing = Showing(1128, 634, 20.0)
    try:
        with Preview.attach(showing.preview) as preview:
            for junk in (77, 200):  # memory that is used again must not shine through
                np.full((634, 1128, 4), junk, np.uint8)
            showing.look(canvas, True)
            shown = preview.newer_than(0)
            assert shown is not None
            rows, columns = shown.picture.shape[:2]
            assert abs(columns / rows - width / height) < 0.05
            assert np.abs(shown.picture[..., :3].astype(int) - (96, 64, 32)).max() <= 4
    finally:
        showing.close()


def test_who_draws_need_not_know_that_nobody_looks_any_more() -> None:
    picture = np.zeros((36, 64, 4), np.uint8)
    canvas = Canvas(64, 36)
    canvas.show(picture, picture)
    showing = Showing(64, 36, 20.0)
    ending, failed = threading.Event(), []

    def draw(work: Callable[[], None]) -> None:
        try:
            while not ending.is_set():
                work()
            work()
        except Exception as error:  # noqa: BLE001 what the recording would end with
            failed.append(error)

    works = (lambda: showing.look(canvas, True), lambda: showing.hear(0, np.ones((8, 2), np.float32)))
    threads = [threading.Thread(target=draw, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    showing.close()
    ending.set()
    for thread in threads:
        thread.join()
    showing.look(canvas, True)
    assert failed == []
