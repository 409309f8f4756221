"""Looking at the screen without recording: pictures, levels, windows, and what goes on while a recording starts."""

import threading
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from studio.ipc.preview import Preview, Shown
from studio.ipc.series import Series
from studio.protocol.capture import (
    CaptureFinished,
    CaptureSound,
    CaptureSpec,
    CaptureTrouble,
    ListScreens,
    OverlaySpec,
    Screens,
    ScreenWatched,
    SetOverlays,
    StopWatching,
    WatchEnded,
    WatchScreen,
)
from tests.helpers.capture import CaptureProcess, watch
from tests.helpers.pulse import Pulse, missing, tone
from tests.helpers.screen import VirtualScreen

_PAUSE = threading.Event()


def next_picture(preview: Preview, number: int = 0) -> Shown:
    """Wait for a picture after that number."""
    stop_s = time.monotonic() + 20
    while (shown := preview.newer_than(number)) is None:
        assert time.monotonic() < stop_s, "no newer picture"
        _PAUSE.wait(0.01)
    return shown


def look(capture: CaptureProcess, spec: CaptureSpec, width: int = 240, height: int = 240) -> ScreenWatched:
    """Ask for pictures of that size."""
    asked = capture.send(WatchScreen(spec=spec, width=width, height=height))
    return capture.wait(ScreenWatched, since=asked, seconds=90)


def test_the_screen_is_shown_before_and_while_it_is_recorded(capture: CaptureProcess, tmp_path: Path) -> None:
    watched = look(capture, CaptureSpec(path=str(tmp_path / "x" / "film.mp4"), cursor=False))
    preview = Preview.attach(watched.preview)
    first = next_picture(preview)
    assert first.picture.shape == (134, 240, 4)
    assert (watched.region.width, watched.region.height) == (480, 270)
    assert watched.disk_bytes > 0
    blue, green, red = (first.picture[..., channel].astype(int) for channel in range(3))
    background = (abs(blue - 60) <= 3) & (abs(green - 40) <= 3) & (abs(red - 30) <= 3)
    assert background.mean() > 0.02  # Qt's (30, 40, 60), through the planes and back

    capture.begin(CaptureSpec(path=str(tmp_path / "x" / "film.mp4"), cursor=False))
    newer = next_picture(preview, next_picture(preview).number)
    finished = capture.end()

    assert newer.number > first.number
    assert watch(Path(finished.parts[0].path), keep=False).duration_s > 0
    preview.close()


def test_what_is_heard_is_shown_while_nothing_is_recorded(screen: VirtualScreen) -> None:
    if missing():
        pytest.skip(missing())
    with ExitStack() as stack:
        pulse = stack.enter_context(Pulse({"stage": 48000}))
        pulse.feed("stage", tone(440.0))
        capture = stack.enter_context(CaptureProcess(screen, pulse.environment))
        watched = look(capture, CaptureSpec(sounds=(CaptureSound(title="Microphone"),)))
        levels = Series.attach(watched.levels)
        stop_s = time.monotonic() + 20
        while (newest := levels.latest()) is None or newest[1] < -60:
            assert time.monotonic() < stop_s, "no level"
            _PAUSE.wait(0.02)
        assert levels.fields[:2] == ("monotonic_s", "peak_db 0")
        assert -40 < newest[1] <= 0
        assert newest[2] == -120
        levels.close()


def test_a_microphone_that_is_gone_takes_only_its_own_sound_away(capture: CaptureProcess) -> None:
    gone = CaptureSound(title="Microphone", device="Unplugged")
    asked = capture.send(WatchScreen(spec=CaptureSpec(sounds=(gone,), lenient=True)))
    watched = capture.wait(ScreenWatched, since=asked, seconds=90)
    told = capture.wait(CaptureTrouble, since=asked)

    assert watched.sounds == ()
    assert told.why.title == "Microphone is not heard."


def test_an_overlay_is_shown_at_once_and_one_that_cannot_be_is_told_of(capture: CaptureProcess, tmp_path: Path) -> None:
    watched = look(capture, CaptureSpec(cursor=False), 480, 270)
    preview = Preview.attach(watched.preview)
    bare = next_picture(preview)
    gone = OverlaySpec(kind="image", path=str(tmp_path / "gone.png"))
    lamp = OverlaySpec(kind="speaking", left=0.8, top=0.7, width=0.1, height=0.2)
    asked = capture.send(SetOverlays(overlays=(gone, lamp)))

    told = capture.wait(CaptureTrouble, since=asked)
    stop_s, number = time.monotonic() + 20, bare.number
    place = (slice(int(0.78 * 270), int(0.82 * 270)), slice(int(0.84 * 480), int(0.86 * 480)))
    while True:
        shown = next_picture(preview, number)
        number = shown.number
        if np.abs(shown.picture[place].astype(int) - bare.picture[place]).mean() > 5:
            break
        assert time.monotonic() < stop_s, "the overlay is not there"

    assert told.why.code == "overlay.image"
    preview.close()


def test_one_window_can_be_recorded_alone(capture: CaptureProcess, tmp_path: Path) -> None:
    screens = capture.wait(Screens, since=capture.send(ListScreens()), seconds=60)
    (window,) = screens.windows
    assert "moving_picture" in window.title
    assert (window.region.width, window.region.height) == (480, 270)

    finished = capture.record(CaptureSpec(path=str(tmp_path / "film.mp4"), window=window.id, seconds=0.5))

    assert watch(Path(finished.parts[0].path)).pictures[0].shape[:2] == (270, 480)


def test_a_window_that_is_closed_ends_its_recording(capture: CaptureProcess, screen: VirtualScreen) -> None:
    known = {one.id for one in capture.wait(Screens, since=capture.send(ListScreens()), seconds=60).windows}
    program = screen.show("counting")
    listed = capture.wait(Screens, since=capture.send(ListScreens()), seconds=60).windows
    (window,) = (one.id for one in listed if one.id not in known)
    seen = len(capture.events)
    capture.begin(CaptureSpec(window=window, replay_s=5.0))
    program.kill()

    why = capture.wait(CaptureFinished, since=seen, seconds=60).why

    assert why is not None
    assert (why.code, why.title) == ("capture.window", "The recording of the screen was stopped.")


def test_a_screen_that_ends_is_told_of(tmp_path: Path) -> None:
    with VirtualScreen(320, 200) as screen, CaptureProcess(screen, {}) as capture:
        watched = look(capture, CaptureSpec())
        assert watched.preview
        seen = len(capture.events)
        screen.kill()
        ended = capture.wait(WatchEnded, since=seen)
        assert ended.why.code == "capture.screen_gone"
        capture.send(StopWatching())


def test_a_black_screen_is_told_of_before_anything_is_recorded_and_when_it_is(tmp_path: Path) -> None:
    with VirtualScreen(320, 200) as screen, CaptureProcess(screen, {"STUDIO_DATA": str(tmp_path)}) as capture:
        look(capture, CaptureSpec(cursor=False))
        told = capture.wait(CaptureTrouble)
        assert (told.kind, told.over) == ("black", False)

        seen = len(capture.events)
        capture.record(CaptureSpec(path=str(tmp_path / "film.mp4"), seconds=0.3))
        assert [e.why.code for e in capture.events[seen:] if isinstance(e, CaptureTrouble)] == ["capture.black"]
