"""The meter falls evenly, holds peaks, and remembers that it clipped."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.ui.meter import FALL_DB_PER_S, HOLD_S, Held, Meter
from studio.ui.theme import DARK


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(qtbot: QtBot, clock: Clock) -> Meter:
    made = Meter("Output level", DARK, clock=clock)
    qtbot.addWidget(made)
    made.resize(240, 28)
    return made


def test_a_level_falls_evenly_and_its_peak_stays_for_a_moment() -> None:
    held = Held()
    held.feed(-6.0, 0.0)

    held.feed(-120.0, 0.5)
    assert held.level_db == pytest.approx(-6.0 - 0.5 * FALL_DB_PER_S)
    assert held.peak_db == -6.0

    held.feed(-120.0, HOLD_S + 0.1)
    assert held.peak_db == -120.0


def test_the_clip_light_stays_until_it_is_clicked(meter: Meter, clock: Clock) -> None:
    meter.feed(0.4, -12.0)
    clock.now_s += 60
    meter.feed(-120.0, -120.0)
    assert meter.clipped_db == pytest.approx(0.4)
    assert "clipped at +0.4" in meter.accessibleName()

    QTest.mouseClick(meter, Qt.MouseButton.LeftButton)
    assert meter.clipped_db is None
    assert "not clipped" in meter.accessibleName()


def test_the_clip_light_can_be_put_out_with_the_keyboard(meter: Meter) -> None:
    meter.feed(0.0, 0.0)
    QTest.keyClick(meter, Qt.Key.Key_Return)
    assert meter.clipped_db is None


def test_the_meter_rests_once_everything_has_fallen(meter: Meter, clock: Clock) -> None:
    meter.feed(-3.0, -3.0)
    assert not meter.is_still
    for _ in range(10):
        clock.now_s += 1.0
        meter.feed(-120.0, -120.0)
    assert meter.is_still


def test_the_colours_of_the_bars_say_how_loud_it_is(meter: Meter, qtbot: QtBot) -> None:
    meter.feed(0.0, -30.0)
    image = meter.grab().toImage()
    ratio = image.width() / meter.width()
    loud, soft = round(6 * ratio), round(12 * ratio)

    def row(y: int) -> set[str]:
        return {image.pixelColor(x, y).name() for x in range(image.width())}

    assert {DARK.good.name(), DARK.warning.name(), DARK.error.name()} <= row(loud + round(1 * ratio))
    assert DARK.warning.name() not in row(soft + round(1 * ratio))


def test_it_turns_red_and_warns_above_the_level_that_was_set(meter: Meter) -> None:
    meter.warn_above(-9.0)
    meter.feed(-8.0, -30.0)
    assert meter.clipped_db == pytest.approx(-8.0)
    assert "peak of -8.0" in meter.accessibleName()
    assert "above −9.0" in meter.toolTip()
    meter.clear()

    meter.warn_above(-1.0)
    meter.feed(-8.0, -30.0)
    assert meter.clipped_db is None
    image = meter.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert DARK.error.name() not in colours
