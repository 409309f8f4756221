"""A camera over the picture: the moving test picture that FFmpeg makes, and cameras that are not there."""

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from studio.capture import camera_devices, camera_trouble
from studio.capture.camera import Camera, Cameras
from studio.capture.camera_devices import Device
from studio.capture.overlays import Item, Stack
from studio.errors import Explanation
from studio.model.overlays import TEST_CAMERA as TEST
from studio.protocol.capture import (
    CaptureProgress,
    CaptureSpec,
    CaptureTrouble,
    ListScreens,
    OverlaySpec,
    Screens,
    SetOverlays,
)
from tests.capture.conftest import HEIGHT, WIDTH
from tests.helpers.capture import CaptureProcess, Picture, watch

FPS = 30
WAIT_S = 60
_PAUSE = threading.Event()

Told = list[tuple[str, str, bool]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def cameras(told: Told) -> Iterator[Cameras]:
    def tell(device: str, why: Explanation, over: bool) -> None:
        told.append((device, why.code, over))

    cameras = Cameras(tell)
    yield cameras
    cameras.close()


def until(is_so: Callable[[], object]) -> None:
    stop_s = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < stop_s
        _PAUSE.wait(0.01)


def test_pictures(count: int, width: int, height: int) -> list[Picture]:
    """What the test camera shows first, in this size."""
    with av.open("testsrc2=size=1280x720:rate=30", format="lavfi") as source:
        frames = (frame for _, frame in zip(range(count), source.decode(video=0), strict=False))
        return [
            np.asarray(f.reformat(width=width, height=height, format="bgr24", interpolation="AREA").to_ndarray())
            for f in frames
        ]


test_pictures.__test__ = False  # type: ignore[attr-defined]  # it is no test, but what they compare with


def test_the_camera_is_in_the_recorded_pixels(capture: CaptureProcess, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    face = OverlaySpec(kind="camera", device=TEST, left=0.5, top=0.5, width=0.4, height=0.4, mirrored=True)
    left, top, width, height = WIDTH // 2, HEIGHT // 2 // 2 * 2, 192, 108

    seen = len(capture.events)
    capture.begin(CaptureSpec(path=str(path), fps=FPS, quality=10, overlays=(face,), cursor=False))
    capture.wait(CaptureProgress, lambda said: said.figures.camera_fps > 5, since=seen, seconds=WAIT_S)
    counted = capture.wait(CaptureProgress, since=len(capture.events))
    capture.wait(CaptureProgress, lambda said: said.figures.frames > counted.figures.frames + 12, since=seen)
    finished = capture.end()

    film = watch(path)
    known = [picture[:, ::-1] for picture in test_pictures(900, 96, 54)]
    boxes = [picture[top : top + height, left : left + width] for picture in film.pictures[-8:]]
    shown = [box.reshape(54, 2, 96, 2, 3).mean(axis=(1, 3)) for box in boxes]
    away = np.array([[np.abs(box - picture).mean() for picture in known] for box in shown])
    numbers = away.argmin(axis=1)
    assert away.min(axis=1).max() < 12, "each is a picture of the camera"
    assert np.median(away, axis=1).min() > 1.5 * away.min(axis=1).max(), "and no other one"
    assert (np.diff(numbers) >= 0).all()
    assert numbers[-1] > numbers[0]
    assert all(a <= b for a, b in zip(film.numbers, film.numbers[1:], strict=False)), "the screen goes on beside it"
    assert finished.figures.camera_cpu_ms > 0
    assert [event for event in capture.events[seen:] if isinstance(event, CaptureTrouble)] == []


def test_a_camera_that_is_missing_is_told_of_and_the_recording_goes_on(capture: CaptureProcess, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    gone = OverlaySpec(kind="camera", device="Unplugged cam", left=0.5, top=0.5, width=0.4, height=0.4)
    seen = len(capture.events)

    capture.begin(CaptureSpec(path=str(path), fps=FPS, overlays=(gone,)))
    said = capture.wait(CaptureTrouble, since=seen, seconds=WAIT_S)
    capture.wait(CaptureProgress, lambda said: said.figures.frames > 5, since=seen, seconds=WAIT_S)
    asked = capture.send(SetOverlays(overlays=()))
    over = capture.wait(CaptureTrouble, lambda said: said.over, since=asked, seconds=WAIT_S)
    finished = capture.end()

    assert (said.kind, said.device, said.why.code) == ("camera", "Unplugged cam", "camera.missing")
    assert said.why.title == "The camera Unplugged cam is not shown."
    assert over.device == "Unplugged cam"
    assert finished.why is None
    film = watch(path)
    box = film.pictures[-1][HEIGHT // 2 + 60 :].reshape(-1, 3).astype(int)
    assert (np.abs(box - (60, 40, 30)).max(axis=1) <= 3).mean() > 0.05, "nothing lies over the screen"


def test_the_test_picture_is_always_listed(capture: CaptureProcess) -> None:
    screens = capture.wait(Screens, since=capture.send(ListScreens()), seconds=60)

    assert screens.cameras[-1].id == TEST
    assert len({one.id for one in screens.cameras}) == len(screens.cameras)


def test_a_camera_is_opened_once_for_all_who_show_it(cameras: Cameras, told: Told) -> None:
    camera = cameras.use(TEST)
    again = cameras.use(TEST)
    assert again is camera
    until(lambda: camera.newest is not None)
    taken = camera.newest
    assert taken is not None
    assert (taken.frame.width, taken.frame.height) == (1280, 720)

    cameras.leave(again)
    until(lambda: (newest := camera.newest) is not None and newest.number > taken.number + 5)
    cameras.leave(camera)
    cameras.leave(cameras.use(TEST))  # the next layout shows it as well
    assert cameras.use(TEST) is camera
    cameras.leave(camera)
    until(lambda: camera.newest is None)  # nobody has shown it for some seconds: it was let go
    assert cameras.use(TEST) is not camera

    assert told == []


def test_a_camera_that_is_unplugged_comes_back_by_itself(
    cameras: Cameras, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = Device("cam", "Desk cam", "lavfi", "testsrc=size=64x48:rate=30:duration=0.2")
    plugged: list[Device | None] = [short]
    monkeypatch.setattr(camera_devices, "find", lambda _id: plugged[0])
    camera = cameras.use("cam")
    until(lambda: told)
    assert told == [("cam", "camera.stopped", False)]
    assert camera.newest is None

    plugged[0] = None
    until(lambda: len(told) == 3)
    plugged[0] = Device("cam", "Desk cam", "lavfi", "testsrc=size=64x48:rate=30,realtime")
    until(lambda: camera.newest is not None)

    assert told[1:] == [
        ("cam", "camera.stopped", True), ("cam", "camera.missing", False), ("cam", "camera.missing", True),
    ]  # fmt: skip


def test_what_is_no_camera_is_told_of(cameras: Cameras, told: Told) -> None:
    cameras.use("/dev/null")
    until(lambda: told)
    cameras.use("/dev/video99")
    until(lambda: len(told) == 2)

    assert told == [("/dev/null", "camera.broken", False), ("/dev/video99", "camera.missing", False)]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EBUSY, "camera.busy"),
        (errno.EACCES, "camera.refused"),
        (errno.EPERM, "camera.refused"),
        (errno.ENODEV, "camera.missing"),
        (errno.EIO, "camera.broken"),
    ],
)
def test_each_reason_has_its_sentence(number: int, code: str) -> None:
    why = camera_trouble.cannot_open("Desk cam", OSError(number, os.strerror(number)))

    assert why.code == code
    assert why.title == "The camera Desk cam is not shown."
    assert why.cause
    assert why.remedy


def test_the_picture_fills_its_box_without_being_squeezed(cameras: Cameras) -> None:
    stack = Stack([Item("camera", 0.0, 0.0, 0.5, 1.0, TEST)], cameras=cameras)
    try:
        until(lambda: stack.layers(0.0, 320, 240)[0].picture[..., 3].any())
        (layer,) = stack.layers(0.0, 320, 240)
        assert layer.picture.shape == (240, 160, 4)
        assert (layer.picture[..., 3] == 255).all()
    finally:
        stack.close()


def test_a_camera_without_pictures_leaves_its_box_empty(cameras: Cameras) -> None:
    stack = Stack([Item("camera", 0.0, 0.0, 0.5, 0.5, "nowhere")], cameras=cameras)
    try:
        assert not stack.layers(0.0, 320, 240)[0].picture.any()
    finally:
        stack.close()


def test_two_layouts_never_look_alike_by_chance() -> None:
    first, second = (Stack([Item("text", 0.0, 0.0, 0.5, 0.5, words)]) for words in ("Ada", "Eve"))
    (before,), (after,) = first.layers(0.0, 320, 240), second.layers(0.0, 320, 240)

    assert before.looks != after.looks


def test_a_camera_may_be_closed_at_any_time(told: Told) -> None:
    camera = Camera(TEST, lambda device, why, over: told.append((device, why.code, over)), lambda _camera: True)
    camera.close()
    assert camera.newest is None
