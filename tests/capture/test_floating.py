"""Overlays on nothing, for a window that is seen through: what the worker draws, and where it is to be shown."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.capture.camera import Cameras
from studio.capture.canvas import Layer
from studio.capture.floating import Floating, around, composed
from studio.capture.overlays import Item, Stack
from studio.capture.screen import Area
from studio.errors import StudioError
from studio.ipc.preview import Preview, Shown
from studio.model.overlays import TEST_CAMERA
from studio.protocol.capture import CaptureTrouble, FloatOverlays, OverlaysFloated, OverlaySpec, Region, StopFloating
from tests.helpers.capture import CaptureProcess
from tests.helpers.screen import VirtualScreen

WAIT_S = 60
_PAUSE = threading.Event()
WORDS = OverlaySpec(kind="text", left=0.5, top=0.5, width=0.25, height=0.25, text="MELISMA")


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaptureProcess]:
    data = tmp_path_factory.mktemp("data")
    environment = {"STUDIO_DATA": str(data), "STUDIO_CACHE": str(data)}
    with VirtualScreen(320, 200) as screen, CaptureProcess(screen, environment) as process:
        yield process


def float_them(capture: CaptureProcess, *overlays: OverlaySpec) -> OverlaysFloated:
    request = FloatOverlays(overlays=overlays, width=800, height=400)
    return capture.wait(OverlaysFloated, since=capture.send(request), seconds=WAIT_S)


def picture_of(preview: Preview, width: int, height: int, after: int = 0) -> Shown:
    """Wait for a picture of that size."""
    stop_s = time.monotonic() + WAIT_S
    while True:
        shown = preview.newer_than(after)
        if shown is not None and shown.picture.shape == (height, width, 4):
            return shown
        assert time.monotonic() < stop_s
        _PAUSE.wait(0.01)


def test_overlays_are_drawn_alone_on_what_is_seen_through(capture: CaptureProcess) -> None:
    floated = float_them(capture, WORDS)
    assert floated.region == Region(left=400, top=200, width=200, height=100)
    assert not floated.blends, "an X server without a compositing manager"
    with Preview.attach(floated.preview) as preview:
        shown = picture_of(preview, 200, 100)
        blue_green_red, alpha = shown.picture[..., :3], shown.picture[..., 3]
        assert (alpha == 0).mean() > 0.3
        assert (blue_green_red[alpha == 0] == 0).all()
        assert (blue_green_red.min(axis=2) > 240).mean() > 0.02, "white letters"
        assert (blue_green_red.max(axis=2) <= alpha).all(), "premultiplied"

        lamp = OverlaySpec(kind="speaking", left=0.0, top=0.5, width=0.1, height=0.1)
        wider = float_them(capture, WORDS, lamp)
        assert wider.preview == floated.preview
        assert wider.region == Region(left=0, top=200, width=600, height=100)
        both = picture_of(preview, 600, 100, shown.number).picture
        assert (both[:, 400:] == shown.picture).all(), "what stays looks as it did"
        assert both[20, 40, 3] > 0
        assert not both[:, 100:390].any()

        assert float_them(capture).region == Region(left=0, top=0, width=0, height=0)
    capture.send(StopFloating())


def test_the_window_shows_a_camera_as_well(capture: CaptureProcess) -> None:
    floated = float_them(capture, OverlaySpec(kind="camera", device=TEST_CAMERA, left=0, top=0, width=0.5, height=0.5))
    with Preview.attach(floated.preview) as preview:
        shown = picture_of(preview, 400, 200)
        stop_s = time.monotonic() + WAIT_S
        while not shown.picture.all(axis=2).any() and not (shown.picture[..., 3] == 255).all():
            assert time.monotonic() < stop_s
            shown = picture_of(preview, 400, 200, shown.number)
        later = picture_of(preview, 400, 200, shown.number)
        assert (later.picture != shown.picture).any()
    capture.send(StopFloating())


def test_nothing_is_left_when_it_is_switched_off(capture: CaptureProcess) -> None:
    before = float_them(capture, WORDS)
    capture.send(StopFloating())
    assert float_them(capture, WORDS).preview != before.preview
    with pytest.raises(StudioError):
        Preview.attach(before.preview)
    capture.send(StopFloating())


def test_a_picture_that_is_gone_is_told_of(capture: CaptureProcess, tmp_path: Path) -> None:
    seen = len(capture.events)
    floated = float_them(capture, OverlaySpec(kind="image", path=str(tmp_path / "gone.png")), WORDS)

    assert capture.wait(CaptureTrouble, since=seen).why.code == "overlay.image"
    assert floated.region.width == 200
    capture.send(StopFloating())


def test_every_layout_is_let_go_of_however_quickly_they_follow() -> None:
    told: list[str] = []
    cameras = Cameras(lambda device, _why, _over: told.append(device))
    items = [Item("camera", 0.0, 0.0, 0.5, 0.5, TEST_CAMERA)]
    floating = Floating(items, Stack(items, None, cameras), (320, 200), None)
    camera = cameras.use(TEST_CAMERA)
    for _ in range(20):
        floating.change(items, Stack(items, floating.stack, cameras))
    floating.close()

    assert camera.users == 1
    cameras.close()
    assert told == []


def test_layers_are_blended_as_they_lie() -> None:
    below = np.full((4, 4, 4), 200, np.uint8)
    above = np.zeros((2, 2, 4), np.uint8)
    above[...] = (10, 20, 30, 128)
    area = Area(100, 50, 6, 4)

    picture = composed([Layer("a", 0, 100, 50, below), Layer("b", 1, 103, 51, above)], area)

    assert (picture[0, :4] == 200).all()
    through = np.array([round(200 * 127 / 255 + one) for one in (10, 20, 30, 128)])
    assert (np.abs(picture[1:3, 3].astype(int) - through) <= 1).all()
    assert (picture[1, 4] == (10, 20, 30, 128)).all()
    assert not picture[3, 4:].any()


def test_what_hangs_over_the_edge_is_cut_off() -> None:
    items = [Item("text", 0.9, 0.9, 0.5, 0.5, "Ada")]
    area = around(items, 100, 100)
    assert area == Area(90, 90, 10, 10)

    picture = composed([Layer("a", 0, 90, 90, np.full((50, 50, 4), 255, np.uint8))], area)

    assert picture.shape == (10, 10, 4)
    assert (picture == 255).all()
