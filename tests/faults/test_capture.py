"""What breaks while the screen is recorded, and what is kept: FAULTS 6, 12, 14, 16, 17, 33, 34, 36."""

import itertools
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from studio.media import captures
from studio.protocol.capture import (
    CaptureFinished,
    CaptureProgress,
    CaptureSound,
    CaptureSpec,
    CaptureStarted,
    CaptureTrouble,
    ReplaySaved,
    SaveReplay,
    StartCapture,
)
from studio.protocol.common import Refused
from tests.helpers.capture import CaptureProcess, watch
from tests.helpers.pulse import Pulse, missing, tone
from tests.helpers.screen import VirtualScreen

Injected = Callable[[int], None]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Xvfb")


@pytest.fixture
def screen() -> Iterator[VirtualScreen]:
    with VirtualScreen(480, 270) as screen:
        screen.show("counting")
        yield screen


@pytest.fixture
def capture(screen: VirtualScreen) -> Iterator[CaptureProcess]:
    with CaptureProcess(screen, {}) as process:
        yield process


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of this size of its own."""
    folder.mkdir()
    size = f"size={megabytes}m"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(folder)], check=False).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def grown(capture: CaptureProcess, seconds: float, since: int = 0) -> CaptureProgress:
    """Wait until so much is recorded."""
    return capture.wait(CaptureProgress, lambda said: said.figures.duration_s >= seconds, since=since)


def killed(
    screen: VirtualScreen, path: Path, after_s: float, sounds: tuple[CaptureSound, ...], environment: dict[str, str]
) -> float:
    """Kill a recording after so long; how many seconds of it are not in the file."""
    with CaptureProcess(screen, environment) as capture:
        capture.begin(CaptureSpec(path=str(path), sounds=sounds, cursor=False))
        began_s, _ = capture.timed(CaptureStarted)
        threading.Event().wait(max(0.0, began_s + after_s - time.monotonic()))
        killed_s = time.monotonic()
        capture.kill()
    film = watch(path, keep=False)
    assert all(a <= b for a, b in itertools.pairwise(film.numbers))
    return killed_s - began_s - film.duration_s


@pytest.mark.parametrize("kills", [2, pytest.param(40, marks=[pytest.mark.full_faults, pytest.mark.timeout(600)])])
def test_a_killed_recording_plays_and_is_offered(
    screen: VirtualScreen,
    tmp_path: Path,
    injected: Injected,
    kills: int,
    say: Callable[[str], None],
) -> None:
    chance = random.Random(6)  # noqa: S311 a seed makes a failure come again
    lost_s = []
    with ExitStack() as stack:
        environment: dict[str, str] = {}
        sounds: tuple[CaptureSound, ...] = ()
        if not missing():
            pulse = stack.enter_context(Pulse({"stage": 48000}))
            pulse.feed("stage", tone(440.0))
            environment, sounds = pulse.environment, (CaptureSound(title="Microphone"),)
        for number in range(kills):
            path = tmp_path / f"film {number}.mp4"
            lost_s.append(killed(screen, path, chance.uniform(1.5, 3.0), sounds, environment))

            ((note, found),) = captures.interrupted()
            assert found.files == (str(path),)
            captures.seen(note)
            assert captures.interrupted() == ()
            injected(1)
    say(f"lost at most {max(lost_s):.2f} s in {kills} kills")
    assert max(lost_s) <= 1.0, lost_s


def test_a_full_disk_ends_the_recording_and_keeps_it(
    capture: CaptureProcess, tmp_path: Path, injected: Injected
) -> None:
    with small_disk(tmp_path / "disk", 66) as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(1 << 20))
        path = disk / "film.mp4"
        seen = len(capture.events)
        capture.begin(CaptureSpec(path=str(path), quality=1))

        finished = capture.wait(CaptureFinished, since=seen, seconds=60)

        film = watch(path, keep=False)
        told = [event.why.code for event in capture.events[seen:] if isinstance(event, CaptureTrouble)]
        assert finished.why is not None
        assert finished.why.code == "capture.disk_full"
        assert told[-1] == "capture.disk_full"
        assert abs(film.duration_s - finished.figures.duration_s) < 0.1
        injected(1)


def test_a_full_disk_takes_no_replay_away(capture: CaptureProcess, tmp_path: Path, injected: Injected) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        (disk / "ballast").write_bytes(bytes((1 << 20) - 40_000))
        seen = len(capture.events)
        capture.begin(CaptureSpec(replay_s=2.0, quality=1))
        capture.wait(CaptureProgress, lambda said: said.figures.replay_bytes > 200_000, since=seen)

        for _ in range(3):
            refused = capture.wait(Refused, since=capture.send(SaveReplay(path=str(disk / "Replay.mp4"))))
            assert refused.why.code == "capture.replay_disk"
            assert [file.name for file in disk.iterdir()] == ["ballast"]
        saved = capture.wait(ReplaySaved, since=capture.send(SaveReplay(path=str(tmp_path / "Replay.mp4"))))
        capture.end()

        assert watch(Path(saved.part.path), keep=False).duration_s >= 1.0
        injected(3)


def test_a_folder_that_cannot_be_written_to_is_replaced(
    capture: CaptureProcess, tmp_path: Path, injected: Injected
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    spec = CaptureSpec(path=str(blocked / "film.mp4"), fallback=str(tmp_path / "rescued"), seconds=0.5)
    finished = capture.record(spec)

    assert [part.path for part in finished.parts] == [str(tmp_path / "rescued" / "film.mp4")]
    assert watch(tmp_path / "rescued" / "film.mp4", keep=False).duration_s > 0.4
    assert [e.why.code for e in capture.events if isinstance(e, CaptureTrouble)] == ["capture.elsewhere"]
    injected(1)


def test_a_folder_that_is_deleted_is_left_for_another(
    capture: CaptureProcess, tmp_path: Path, injected: Injected
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    seen = len(capture.events)
    capture.begin(CaptureSpec(path=str(folder / "film.mp4"), fallback=str(tmp_path / "rescued")))
    grown(capture, 0.8, since=seen)

    shutil.rmtree(folder)
    capture.wait(CaptureTrouble, lambda said: said.kind == "folder_lost", since=seen)
    grown(capture, 2.2, since=seen)
    finished = capture.end()

    film = watch(tmp_path / "rescued" / Path(finished.parts[-1].path).name, keep=False)
    assert finished.why is None
    assert film.duration_s > 0.4
    assert film.times_s[0] == 0
    injected(1)


def test_a_display_that_ends_leaves_a_file_that_plays(tmp_path: Path, injected: Injected) -> None:
    path = tmp_path / "film.mp4"
    with VirtualScreen(320, 200) as screen, CaptureProcess(screen, {}) as capture:
        screen.show("counting")
        seen = len(capture.events)
        capture.begin(CaptureSpec(path=str(path)))
        grown(capture, 0.8, since=seen)

        screen.kill()
        finished = capture.wait(CaptureFinished, since=seen)

        assert finished.why is not None
        assert finished.why.code == "capture.screen_gone"
    assert watch(path, keep=False).duration_s >= 0.7
    injected(1)


def test_another_resolution_begins_another_part(tmp_path: Path, injected: Injected) -> None:
    path = tmp_path / "film.mp4"
    with VirtualScreen(480, 270) as screen, CaptureProcess(screen, {}) as capture:
        screen.show("counting")
        seen = len(capture.events)
        capture.begin(CaptureSpec(path=str(path), cursor=False))
        for number, (width, height) in enumerate([(400, 200), (480, 270)], 1):
            grown(capture, 0.8 * number, since=seen)
            told = len(capture.events)
            screen.resize(width, height)
            said = capture.wait(CaptureTrouble, since=told)
            assert f"{width} × {height}" in said.why.cause
        grown(capture, 2.6, since=seen)
        finished = capture.end()

    films = [watch(Path(part.path)) for part in finished.parts]
    assert finished.why is None
    assert [film.pictures[0].shape[:2] for film in films] == [(270, 480), (200, 400), (270, 480)]
    assert all(a <= b for film in films for a, b in itertools.pairwise(film.numbers))
    injected(2)


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0"}, "capture.wayland"),
        ({"DISPLAY": ""}, "capture.display"),
        ({"DISPLAY": ":9999"}, "capture.display"),
    ],
)
def test_where_nothing_can_be_seen_that_is_said(
    screen: VirtualScreen, tmp_path: Path, environment: dict[str, str], code: str, injected: Injected
) -> None:
    with CaptureProcess(screen, environment) as capture:
        asked = capture.send(StartCapture(spec=CaptureSpec(path=str(tmp_path / "film.mp4"))))
        refused = capture.wait(Refused, since=asked, seconds=60)

    assert refused.why.code == code
    assert os.listdir(tmp_path) in ([], ["data"], ["cache"], ["cache", "data"], ["data", "cache"])
    injected(1)
