"""`studio capture`: a screen into a file, from the terminal."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Studio, answer
from tests.helpers.capture import watch
from tests.helpers.screen import VirtualScreen


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualScreen]:
    with VirtualScreen(480, 270) as screen:
        screen.show("counting")
        monkeypatch.setenv("DISPLAY", screen.display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield screen


def test_the_screen_is_recorded(studio: Studio, screen: VirtualScreen, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"

    done = studio("capture", "--out", out, "--seconds", 1, "--audio", "none", "--overlay", "text=Hello", "--json")

    said = answer(done)
    assert done.returncode == 0, done.stderr
    assert said["file"] == str(out)
    assert said["region"] == [0, 0, 480, 270]
    assert said["duration_s"] == pytest.approx(1.0, abs=0.04)
    for figure in ("frames", "dropped", "late", "grab_to_packet_ms_p50", "grab_to_packet_ms_p95", "cpu_ms_per_frame"):
        assert isinstance(said[figure], int | float)
    assert watch(out, keep=False).duration_s == pytest.approx(1.0, abs=0.04)


def test_a_camera_is_laid_over_or_told_of(studio: Studio, screen: VirtualScreen, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"

    done = studio(
        "capture", "--out", out, "--seconds", 3, "--audio", "none", "--json",
        "--overlay", "camera:test", "--overlay", "camera=Desk cam",
    )  # fmt: skip

    said = answer(done)
    assert done.returncode == 0, done.stderr
    assert said["camera_cpu_ms"] > 0  # type: ignore[operator]  # a number
    troubles = said["troubles"]
    assert isinstance(troubles, list)
    assert [told.split(".")[0] for told in troubles] == ["The camera Desk cam is not shown"]
    assert troubles[0] in done.stderr
    box = watch(out).pictures[-1][int(0.74 * 270) : int(0.94 * 270), int(0.75 * 480) : int(0.97 * 480)]
    assert {(240, 0, 0), (0, 240, 0), (0, 0, 240)} <= {tuple(c) for c in (box // 48 * 48).reshape(-1, 3).tolist()}


def test_wrong_calls_are_told(studio: Studio, tmp_path: Path) -> None:
    there = tmp_path / "there.mp4"
    there.write_bytes(b"precious")

    for words in (
        ("--out", there, "--seconds", 1),
        ("--out", tmp_path / "a.avi", "--seconds", 1),
        ("--out", tmp_path / "a.mp4", "--seconds", 0),
        ("--out", tmp_path / "a.mp4", "--seconds", 1, "--region", "1,2,3"),
        ("--out", tmp_path / "a.mp4", "--seconds", 1, "--overlay", "clown"),
    ):
        done = studio("capture", *words)
        assert done.returncode == 2, words
        assert done.stderr.startswith("studio: ")
    assert there.read_bytes() == b"precious"


def test_ctrl_c_ends_the_recording_and_keeps_it(screen: VirtualScreen, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    with subprocess.Popen(
        [sys.executable, "-m", "studio", "capture", "--out", str(out), "--seconds", "60", "--audio", "none"],
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not out.exists() or out.stat().st_size < 2000:
            assert process.poll() is None
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=120)

    assert process.returncode == 0, told
    assert watch(out, keep=False).duration_s > 0.3
