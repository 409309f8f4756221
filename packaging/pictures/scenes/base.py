"""What every scene stands on: where it takes place, and a way to wait."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]

Shots = dict[str, Callable[[Path], None]]
"""How each picture is made, by its name."""


class Place(NamedTuple):
    """What a scene is made from: `studio.desktop.picture`, a folder that is nobody's, and the sample project."""

    picture: Callable[..., None]
    folder: Path
    sample: Path


@contextlib.contextmanager
def own_folders() -> Iterator[Path]:
    """Settings, projects and caches that are nobody's."""
    with tempfile.TemporaryDirectory(prefix="melisma-shots-") as folder:
        for name in ("DATA", "CONFIG", "CACHE"):
            os.environ[f"STUDIO_{name}"] = str(Path(folder) / name.lower())
        yield Path(folder)


def make_sample(folder: Path) -> Path:
    """The sample project as `studio demo` leaves it: sung, tracked, cut a little."""
    subprocess.run([sys.executable, "-m", "studio", "demo", "--out", str(folder / "demo")], cwd=ROOT, check=True)
    return next(path.parent for path in (folder / "demo").glob("*/project.json"))


def until(true: Callable[[], object], at_most_ms: int = 60_000) -> None:
    """Handle events until something is true."""
    from PySide6.QtCore import QDeadlineTimer, QEventLoop, QTimer

    deadline = QDeadlineTimer(at_most_ms)
    while not true() and not deadline.hasExpired():
        waiting = QEventLoop()
        QTimer.singleShot(20, waiting.quit)
        waiting.exec()
