"""Grabbing in place: what the X server says of changes, and where a region lies."""

import threading

import pytest

from studio.capture.screen import Area, ScreenChanged, Target
from studio.capture.xshm import SharedScreen
from studio.errors import StudioError
from tests.helpers.pulse import until
from tests.helpers.screen import VirtualScreen


def test_a_still_screen_need_not_be_grabbed(monkeypatch: pytest.MonkeyPatch) -> None:
    with VirtualScreen(320, 200) as screen:
        monkeypatch.setenv("DISPLAY", screen.display)
        screen.show("still")
        grabber = SharedScreen()
        try:
            grabber.aim(Area(0, 0, 320, 200), 2)

            def quiet() -> bool:
                if grabber.may_differ():
                    grabber.grab(0)
                    return False
                return True

            until(lambda: all(quiet() for _ in range(5)), 10, "nothing is drawn any more")
            before = grabber.picture(0).copy()
            grabber.grab(1)
            assert (grabber.picture(1) == before).all()

            screen.show("counting")
            until(grabber.may_differ, 5, "something is drawn")
            for _ in range(20):  # whatever is told last is what is grabbed next
                if grabber.may_differ():
                    grabber.grab(0)
                threading.Event().wait(0.01)
        finally:
            grabber.close()


def test_a_region_that_does_not_fit_any_more_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with VirtualScreen(320, 200) as screen:
        monkeypatch.setenv("DISPLAY", screen.display)
        grabber = SharedScreen()
        try:
            grabber.aim(Area(0, 0, 400, 100), 1)
            with pytest.raises(ScreenChanged):
                grabber.grab(0)
            (monitor,) = grabber.monitors()
            assert Target(monitor=monitor.name).area_on(grabber) == Area(0, 0, 320, 200)
            with pytest.raises(StudioError, match="monitor called nothing"):
                Target(monitor="nothing").area_on(grabber)
        finally:
            grabber.close()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Area(0, 0, 320, 200), Area(0, 0, 320, 200)),
        (Area(-10, -10, 51, 51), Area(0, 0, 40, 40)),
        (Area(301, 150, 100, 101), Area(301, 150, 18, 50)),
        (Area(400, 0, 10, 10), Area(400, 0, 0, 10)),
    ],
)
def test_a_region_is_cut_to_the_screen_with_even_sides(wanted: Area, found: Area) -> None:
    assert wanted.within(Area(0, 0, 320, 200)) == found
