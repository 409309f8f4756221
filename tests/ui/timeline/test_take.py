"""A take is seen from its first moment: its row, its head, its level, and that it is being recorded."""

import time

import numpy as np
import pytest
from PySide6.QtGui import QImage

from studio.model.project import TrackId
from studio.session.desk import Desk
from studio.session.looping import Loop
from studio.session.playhead import Levels
from studio.session.taking import Taking
from studio.ui import theme as themes
from studio.ui.timeline.step_wave import STEPS_PER_S
from studio.ui.timeline.take_wave import TakeWave
from studio.ui.timeline.view import TimelineView
from tests.ui.timeline.conftest import RATE


def taking(*, track: str = "new", began_s: float = 10.0, frames: int = 0, loop: Loop | None = None) -> Taking:
    return Taking(
        name="one",
        folder="",
        track=TrackId(track),
        start=RATE,
        rate_hz=RATE,
        began_s=began_s,
        has_begun=True,
        frames=frames,
        loop=loop,
    )


def levels(at_s: float, peak_db: float) -> Levels:
    return Levels(at_s, peak_db, peak_db, peak_db - 6, peak_db - 6, -120, -120, -120, -120, -120)


def test_the_wave_is_as_long_as_the_take_and_as_loud_as_the_microphone() -> None:
    wave = TakeWave()
    wave.feed(taking(), levels(10.0, -6.0))
    wave.feed(taking(), levels(11.0, -20.0))
    assert wave.length_s == pytest.approx(1.0 + 1 / STEPS_PER_S)

    columns = wave.columns(-0.5, 0.5, 5)
    assert columns.shape == (5, 2)
    assert columns[:, 0].tolist() == pytest.approx([0.0, 0.501, 0.1, 0.1, 0.0], abs=0.01)
    assert np.all(columns[:, 1] <= columns[:, 0])


def test_another_take_begins_with_an_empty_wave() -> None:
    wave = TakeWave()
    wave.feed(taking(), levels(15.0, -6.0))
    other = Taking(name="two", folder="", track=TrackId("new"), start=0, rate_hz=RATE, began_s=20.0, has_begun=True)
    wave.feed(other, levels(20.0, -6.0))
    assert wave.length_s == 1 / STEPS_PER_S


def test_a_take_on_a_new_track_has_a_row_and_a_head_at_once(view: TimelineView, desk: Desk) -> None:
    head, transport = view.heads.take, desk.transport
    assert head.isHidden()

    began_s = time.monotonic()
    transport._recorder.taking = taking(began_s=began_s)
    transport.state_changed.emit()
    view.canvas.take.wave.feed(transport._recorder.taking, levels(began_s, -3.0))
    view.finish()
    assert head.isVisible()
    assert head.accessibleName() == "Take 1, recording"
    assert head.geometry().top() >= view.heads.headers[-1].geometry().bottom()
    assert view.heads.rect().contains(head.geometry())

    row = view.sight.row_of(TrackId("new"))
    image: QImage = view.canvas.grab().toImage()
    scale = image.devicePixelRatio()
    right = view.sight.viewport.x_of(RATE + RATE / STEPS_PER_S)
    top = row.clip_top - view.sight.top
    word = [
        image.pixelColor(round(x * scale), round(y * scale))
        for x in range(round(right) + 24, round(right) + 60)
        for y in range(round(top), round(top) + 16)
    ]
    red = themes.DARK.error_text
    assert any(abs(one.red() - red.red()) < 40 and one.green() < 120 for one in word), "Recording is cut off"

    transport._recorder.taking = None
    transport.state_changed.emit()
    assert head.isHidden()


@pytest.mark.parametrize(("sung_s", "number", "from_s", "to_s"), [(0.5, 1, 1.0, 1.5), (4.5, 3, 1.0, 1.5)])
def test_in_a_loop_only_the_pass_that_is_sung_is_drawn(
    view: TimelineView, desk: Desk, sung_s: float, number: int, from_s: float, to_s: float
) -> None:
    transport = desk.transport
    transport._clock = lambda: 10.0 + sung_s
    transport._recorder.taking = taking(frames=round(sung_s * RATE), loop=Loop(RATE, 3 * RATE))
    transport.state_changed.emit()
    view.finish()

    assert transport.pass_number == number
    assert transport.position() == to_s * RATE
    box, viewport = view.canvas.take.box(), view.sight.viewport
    assert (box.left(), box.right()) == pytest.approx((viewport.x_of(from_s * RATE), viewport.x_of(to_s * RATE)), abs=1)
    assert view.heads.take.accessibleName() == f"Take {number}, recording"
    transport._recorder.taking = None
    transport.state_changed.emit()
