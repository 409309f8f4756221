"""What recording the screen costs, beside ffmpeg's own grabber with the same encoder and settings, taking turns.

Both record a virtual 1080p screen that the bench starts itself, and x264 has to say that it was set the same way.
`python -m studio.cli.bench_capture WIDTH HEIGHT KIND` is what is shown on it.
"""

import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, NamedTuple

from studio.errors import StudioError

Kind = Literal["moving", "still"]

_WIDTH, _HEIGHT, _FPS = 1920, 1080, 30
_SECONDS: Final = 6
_ROUNDS: Final = 3
_GOAL_MOVING: Final = 0.7
_GOAL_STILL: Final = 0.15
_GOAL_PACKET_MS: Final = 30.0


class _Run(NamedTuple):
    """One recording: processor time and pictures in the file, and what x264 says there of how it was set."""

    cpu_ms: float
    frames: int
    size_bytes: int
    set_to: frozenset[str]
    figures: dict[str, float]


def bench_capture() -> dict[str, object]:
    """Processor time a picture, ours and ffmpeg's; ratios are medians over rounds that take turns, below 1 is less."""
    absent = [tool for tool in ("Xvfb", "ffmpeg", "ffprobe") if shutil.which(tool) is None]
    if absent:
        raise StudioError(
            "bench.capture",
            "Recording the screen was not measured.",
            cause=f"Not installed: {', '.join(absent)}.",
            remedy="Install them with the system's package manager (xvfb, ffmpeg).",
        )
    found: dict[str, object] = {"bench": "capture", "screen": f"{_WIDTH} x {_HEIGHT}, {_FPS} pictures a second"}
    kinds: tuple[tuple[Kind, float], ...] = (("moving", _GOAL_MOVING), ("still", _GOAL_STILL))
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for kind, goal in kinds:
            with _stage(kind) as display:
                measured = _measure(Path(folder), kind, display)
            measured["goal"] = f"ratio <= {goal}"
            good &= float(str(measured["ratio"])) <= goal and not measured["x264_options_that_differ"]
            found[kind] = measured
    return {**found, "ok": good}


def _measure(folder: Path, kind: Kind, display: str) -> dict[str, object]:
    environment = os.environ | {"DISPLAY": display, "WAYLAND_DISPLAY": "", "XDG_SESSION_TYPE": "x11"}
    _ours(folder / f"{kind} warm.mp4", 1, environment)
    begin_ms = _theirs(folder / f"{kind} first.mp4", 1 / _FPS, environment).cpu_ms
    rounds: list[tuple[_Run, float]] = []
    theirs_bytes, theirs_frames, differing = 0, 0, frozenset[str]()
    for number in range(_ROUNDS):
        ours = _ours(folder / f"{kind} ours {number}.mp4", _SECONDS, environment)
        theirs = _theirs(folder / f"{kind} theirs {number}.mp4", _SECONDS, environment)
        theirs_bytes, theirs_frames = theirs_bytes + theirs.size_bytes, theirs_frames + theirs.frames
        differing |= ours.set_to ^ theirs.set_to
        rounds.append((ours, (theirs.cpu_ms - begin_ms) / max(1, theirs.frames - 1)))
    figures = [ours.figures for ours, _ in rounds]
    return {
        "cpu_ms_per_frame": round(statistics.median(ours.cpu_ms / ours.frames for ours, _ in rounds), 2),
        "ffmpeg_cpu_ms_per_frame": round(statistics.median(their for _, their in rounds), 2),
        "ratio": round(statistics.median(ours.cpu_ms / ours.frames / their for ours, their in rounds), 3),
        "x264_options_that_differ": sorted(differing),
        "bytes_per_frame": round(sum(ours.size_bytes for ours, _ in rounds) / sum(ours.frames for ours, _ in rounds)),
        "ffmpeg_bytes_per_frame": round(theirs_bytes / theirs_frames),
        "encoded": sum(one["encoded"] for one in figures),
        "grab_to_packet_ms_p95": statistics.median(one["grab_to_packet_ms_p95"] for one in figures),
        "grab_to_packet_goal_ms": _GOAL_PACKET_MS,
        "pacing_ms_p95": statistics.median(one["pacing_ms_p95"] for one in figures),
        "dropped": sum(one["dropped"] for one in figures),
        "of_frames": _ROUNDS * _SECONDS * _FPS,
    }


def _ours(path: Path, seconds: float, environment: dict[str, str]) -> _Run:
    words = ("capture", "--out", str(path), "--seconds", str(seconds), "--fps", str(_FPS))
    done = subprocess.run(  # noqa: S603 ourselves
        [sys.executable, "-m", "studio", *words, "--audio", "none", "--encoder", "x264", "--json"],
        env=environment,
        capture_output=True,
        check=False,
    )
    said = json.loads(done.stdout)
    if not said["ok"]:
        why = said["error"]
        raise StudioError(why["code"], why["title"], cause=why["cause"], remedy=why["remedy"])
    cpu_ms = said["cpu_ms_per_frame"] * said["frames"]
    return _Run(cpu_ms, said["frames"], path.stat().st_size, _x264_options(path), said)


def _theirs(path: Path, seconds: float, environment: dict[str, str]) -> _Run:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 fixed words
        ["ffmpeg", "-v", "error", "-f", "x11grab", "-framerate", str(_FPS), "-video_size", f"{_WIDTH}x{_HEIGHT}",  # noqa: S607
         "-i", environment["DISPLAY"], "-t", f"{seconds:.4f}", "-c:v", "libx264", "-preset", "ultrafast",
         "-tune", "zerolatency", "-crf", "23", "-g", str(2 * _FPS), "-pix_fmt", "yuv420p", str(path)],
        env=environment, check=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    counted = subprocess.run(  # noqa: S603 fixed words
        ["ffprobe", "-v", "error", "-show_entries", "stream=nb_frames", "-of", "csv=p=0", str(path)],  # noqa: S607
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return _Run(cpu_s * 1000, int(counted.stdout.strip() or 1), path.stat().st_size, _x264_options(path), {})


def _x264_options(path: Path) -> frozenset[str]:
    """What x264 writes into its first packet of the settings it runs with, as `name=value`."""
    written = re.search(rb"x264 - core.*? options: ([ -~]*)", path.read_bytes())
    return frozenset(written[1].decode("ascii").split()) if written else frozenset()


@contextmanager
def _stage(kind: Kind) -> Iterator[str]:
    """A screen of our own with a picture on it; its display."""
    read, write = os.pipe()
    with subprocess.Popen(  # noqa: S603 fixed words
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{_WIDTH}x{_HEIGHT}x24", "-nolisten", "tcp"],  # noqa: S607
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            display = f":{answer.readline().strip()}"
        try:
            with subprocess.Popen(  # noqa: S603 ourselves, again
                [sys.executable, "-m", "studio.cli.bench_capture", str(_WIDTH), str(_HEIGHT), kind],
                env=os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
                stdout=subprocess.PIPE,
            ) as shown:
                assert shown.stdout is not None
                shown.stdout.readline()
                try:
                    yield display
                finally:
                    shown.kill()
        finally:
            server.kill()


def _show(width: int, height: int, kind: str) -> None:
    """Fill the screen with coloured blocks, which move where they are to."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QRasterWindow

    class Window(QRasterWindow):
        number = 0

        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
            with QPainter(self) as painter:
                painter.fillRect(0, 0, width, height, QColor(30, 40, 60))
                for i in range(40):
                    left, top = (self.number * 7 + i * 150) % width, (i * 83 + self.number * 3) % height
                    painter.fillRect(left, top, 160, 90, QColor.fromHsv((i * 30 + self.number) % 360, 200, 220))
                painter.setPen(QColor("white"))
                for row in range(20, height, 24):
                    painter.drawText(20 + self.number % 40, row, "The quick brown fox jumps over the lazy dog. " * 6)

        def step(self) -> None:
            self.number += 1
            self.update()

    application = QGuiApplication(sys.argv[:1])
    window = Window()
    window.setFlags(Qt.WindowType.FramelessWindowHint)
    window.setGeometry(0, 0, width, height)
    window.show()
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(window.step)
    if kind == "moving":
        timer.start(33)
    QTimer.singleShot(500, lambda: os.write(1, b"shown\n"))
    application.exec()


if __name__ == "__main__":
    _show(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
