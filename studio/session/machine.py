"""The facts about this machine that the system check looks at, as far as the desktop can find them by itself."""

import ctypes
import importlib.metadata
import os
import platform
import shutil
import socket
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import psutil

from studio import paths
from studio.errors import StudioError
from studio.ipc import segment
from studio.session.doctor import Display, Folder, Leftovers
from studio.session.recovery import interrupted_takes, read_project

_SHARED: Final = Path("/dev/shm")  # noqa: S108 where Linux keeps shared memory
_PACKAGES: Final = (
    "PySide6_Essentials",
    "pyqtgraph",
    "msgspec",
    "numpy",
    "av",
    "sounddevice",
    "soxr",
    "praat-parselmouth",
    "swift-f0",
    "torch",
    "torchaudio",
    "torchcrepe",
)
_QT_NEEDS: Final = ("libEGL.so.1", "libxkbcommon.so.0")
_QT_NEEDS_ON_X11: Final = ("libxcb-cursor.so.0", "libxkbcommon-x11.so.0", "libxcb-icccm.so.4")
_ANSWER_S: Final = 2.0


def versions() -> dict[str, str]:
    """The version of every package that matters and is installed; imports none of them."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def folders() -> tuple[Folder, ...]:
    """The studio's own folders, tried out."""
    return _try("Data", paths.data()), _try("Cache", paths.cache())


def shared_memory_bytes() -> int | None:
    """Free shared memory, or None where the system keeps it elsewhere."""
    return shutil.disk_usage(_SHARED).free if _SHARED.is_dir() else None


def display() -> Display:
    """Where a window would appear if one were opened now."""
    asked = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if asked in ("offscreen", "minimal", "vnc"):
        return Display(kind="offscreen", name=asked)
    if platform.system() != "Linux":
        return Display(kind="native", name=platform.system())
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    shows_itself = not wayland and os.environ.get("XDG_SESSION_TYPE") != "wayland"
    if wayland and asked != "xcb":
        path = Path(os.environ.get("XDG_RUNTIME_DIR", "/"), wayland)
        absent = _absent(_QT_NEEDS)
        return Display(kind="Wayland", name=wayland, reachable=_answers(path), missing=absent, shows_itself=False)
    if x11:
        missing = _absent((*_QT_NEEDS, *_QT_NEEDS_ON_X11))
        answers = _x_answers(x11)
        return Display(kind="X11", name=x11, reachable=answers, missing=missing, shows_itself=shows_itself)
    return Display(kind="none")


def leftovers() -> Leftovers:
    """Sweep the shared memory of dead processes away, and look through the projects that have no name yet."""
    swept = segment.sweep()
    untitled, takes, locks = [], [], []
    for folder in sorted(paths.untitled().iterdir()):
        if not (folder / "project.json").is_file():
            continue
        try:
            project = read_project(folder)
            takes += [f"{folder.name}/{take.take}" for take in interrupted_takes(folder, project)]
        except (StudioError, OSError):
            untitled.append(folder.name)  # the window says why it cannot be read
            continue
        if project.length:
            untitled.append(folder.name)
        if _is_stale(folder / ".lock"):
            locks.append(folder.name)
    return Leftovers(segments=swept, untitled=tuple(untitled), takes=tuple(takes), stale_locks=tuple(locks))


def _try(title: str, path: Path) -> Folder:
    """Write, sync and rename a small file, as saving a project does."""
    trouble = ""
    try:
        with tempfile.TemporaryDirectory(dir=path, prefix=".check-") as folder:
            first, second = Path(folder, "a"), Path(folder, "b")
            with first.open("wb") as file:
                file.write(b"Melisma")
                file.flush()
                os.fsync(file.fileno())
            first.replace(second)
            if second.read_bytes() != b"Melisma":
                trouble = "what was written is not what was read"
    except OSError as error:
        trouble = f"nothing can be written there ({error.strerror or error})"
    return Folder(title=title, path=str(path), free_bytes=shutil.disk_usage(path).free, trouble=trouble)


def _absent(libraries: Iterable[str]) -> tuple[str, ...]:
    """Those shared libraries that the system's loader does not find."""
    absent = []
    for library in libraries:
        try:
            ctypes.CDLL(library)
        except OSError:
            absent.append(library)
    return tuple(absent)


def _x_answers(name: str) -> bool:
    host, _, screen = name.rpartition(":")
    number = screen.partition(".")[0]
    if not number.isdigit():
        return False
    if host and host != "unix":
        try:
            socket.create_connection((host, 6000 + int(number)), _ANSWER_S).close()
        except OSError:
            return False
        return True
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 the X server's own place
    return _answers(Path(path)) or _answers(f"\0{path}")


def _answers(address: Path | str) -> bool:
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(_ANSWER_S)
        try:
            door.connect(str(address))
        except OSError:
            return False
    return True


def _is_stale(lock: Path) -> bool:
    """Whether the process that locked a project (Qt writes its pid on the first line) is gone."""
    try:
        pid = lock.read_text().partition("\n")[0]
    except (OSError, UnicodeDecodeError):
        return False
    return pid.isdigit() and not psutil.pid_exists(int(pid))
