"""How quick and how small the window is: measured in processes of its own, beside others, in rounds that take turns.

The parts are in `bench_gui_parts`. Times are CPU times of those processes, so that a busy machine disturbs them less;
ratios are the figures to trust.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import psutil

from studio.cli.scratch import project_folder
from studio.errors import StudioError

_PAN_ROUNDS: Final = 2
_START_ROUNDS: Final = 5
_SETTLED_S: Final = 0.75
_PATIENCE_S: Final = 240.0

_WATCH: Final = """
import os, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Watch(QObject):
    def eventFilter(self, watched, event):
        if isinstance(watched, QMainWindow) and event.type() == WHEN and (watched.isEnabled() or not FILLED):
            QTimer.singleShot(0, done)
        return False

def done():
    print('{"cpu_ms": %.1f}' % (time.process_time() * 1000), flush=True)
    os._exit(0)

watch = Watch()
"""
_FIRST_PAINT: Final = "from PySide6.QtCore import QEvent; WHEN, FILLED = QEvent.Type.Paint, False" + _WATCH
_FILLED: Final = "from PySide6.QtCore import QEvent; WHEN, FILLED = QEvent.Type.EnabledChange, True" + _WATCH
"""Our window paints a frame of itself first; when it is enabled, everything is in it."""

_BARE: Final = """
application = QApplication(sys.argv)
window = QMainWindow()
window.installEventFilter(watch)
window.resize(1440, 900)
window.show()
application.exec()
"""
_OURS: Final = """
import studio.app

make = studio.app.MainWindow

def watched(theme):
    window = make(theme)
    window.installEventFilter(watch)
    return window

studio.app.MainWindow = watched
studio.app.main(sys.argv[1:])
"""


def gui() -> dict[str, object]:
    """Every figure that a person feels: first picture, scrolling, start, memory, the longest frame."""
    with project_folder() as folder:
        _part("prepare", folder)
        first = [_part("first", folder)["cpu_ms"] for _ in range(3)]
        panning = [(_part("pan-ours", folder), _part("pan-theirs", folder)) for _ in range(_PAN_ROUNDS)]
        ours = statistics.median(one["frames_per_core_s"] for one, _ in panning)
        theirs = statistics.median(other["frames_per_core_s"] for _, other in panning)
        frames = _part("frames", folder)
        start_ours, start_bare, start_filled = _starts(folder)
        pss_mb = _window_pss_mb(folder)
    first_ms, start = statistics.median(first), start_ours / start_bare
    goals = {
        "first_picture_cpu_ms <= 150": first_ms <= 150,
        "panning_ratio >= 40": ours / theirs >= 40,
        "longest_frame_cpu_ms <= 33": frames["max_cpu_ms"] <= 33,
        "start_ratio <= 2": start <= 2,
        "pss_mb <= 90": pss_mb <= 90,
    }
    return {
        "first_picture_cpu_ms": round(first_ms, 1),
        "panning_frames_per_core_s": round(ours, 1),
        "panning_pyqtgraph_frames_per_core_s": round(theirs, 2),
        "panning_ratio": round(ours / theirs, 1),
        "ten_hours_1000_clips": frames,
        "longest_frame_cpu_ms": frames["max_cpu_ms"],
        "start_cpu_ms": round(start_ours, 1),
        "start_bare_window_cpu_ms": round(start_bare, 1),
        "start_ratio": round(start, 2),
        "start_filled_cpu_ms": round(start_filled, 1),
        "pss_mb": round(pss_mb, 1),
        "goals": goals,
        "ok": all(goals.values()),
    }


# What the measuring process does


def _starts(folder: Path) -> tuple[float, float, float]:
    """CPU time to the first paint of our window and of a bare one, and until ours is filled; in turns, once warm."""
    ours, bare, filled = [], [], []
    for _ in range(_START_ROUNDS + 1):
        filled.append(_run([sys.executable, "-c", _FILLED + _OURS, str(folder / "hour")], folder)["cpu_ms"])
        ours.append(_run([sys.executable, "-c", _FIRST_PAINT + _OURS, str(folder / "hour")], folder)["cpu_ms"])
        bare.append(_run([sys.executable, "-c", _FIRST_PAINT + _BARE], folder)["cpu_ms"])
    return statistics.median(ours[1:]), statistics.median(bare[1:]), statistics.median(filled[1:])


def _window_pss_mb(folder: Path) -> float:
    """Proportional share of memory of the real window's process, workers not counted, once it has come to rest."""
    command = [sys.executable, "-m", "studio", str(folder / "hour")]
    window = subprocess.Popen(  # noqa: S603  # our own interpreter and our own arguments
        command, env=_environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process = psutil.Process(window.pid)
        _wait_for_rest(process)
        return float(process.memory_full_info().pss) / 2**20
    finally:
        window.terminate()
        window.wait()


def _wait_for_rest(process: psutil.Process) -> None:
    stop_s = time.monotonic() + 60
    spent, quiet_s = -1.0, 0.0
    while time.monotonic() < stop_s and quiet_s < 3 * _SETTLED_S:
        try:
            process.wait(_SETTLED_S)
        except psutil.TimeoutExpired:
            now = sum(process.cpu_times()[:2])
            quiet_s = quiet_s + _SETTLED_S if now - spent < 0.03 else 0.0
            spent = now
        else:
            raise _failed("the window ended by itself")


def _part(name: str, folder: Path) -> dict[str, float]:
    return _run([sys.executable, "-m", "studio.cli.bench_gui_parts", name, str(folder)], folder)


def _run(command: list[str], folder: Path) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603  # our own interpreter and our own arguments
        command, env=_environment(folder), capture_output=True, text=True, timeout=_PATIENCE_S, check=False
    )
    try:
        found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise _failed(done.stderr.strip()[-800:] or f"status {done.returncode}") from error
    return found


def _environment(folder: Path) -> dict[str, str]:
    """Settings, caches and compiled modules of its own, as in an installed program; one thread for arithmetic."""
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    environment |= {f"STUDIO_{name}": str(folder / name.lower()) for name in ("DATA", "CONFIG", "CACHE")}
    environment["OMP_NUM_THREADS"] = "1"
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment


def _failed(cause: str) -> StudioError:
    return StudioError(
        "bench.gui", "The window was not measured.", cause=cause, remedy="Look at the log, or try on a free machine."
    )
