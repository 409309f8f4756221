"""A screen of its own for a test, and strangers' programs that show and play something on it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

_ROOT = Path(__file__).parents[2]


class VirtualScreen:
    """An X server with one screen of this size, and whatever is shown on it; all of it ends with the test."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._programs: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        read, write = os.pipe()
        self._server = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(write),
                "-screen",
                "0",
                f"{self.width}x{self.height}x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as answer:
            self.display = f":{answer.readline().strip()}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for program in self._programs:
            program.kill()
            program.wait()
            if program.stdout is not None:
                program.stdout.close()
        self.kill()

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to be on this screen."""
        return {
            "DISPLAY": self.display,
            "QT_QPA_PLATFORM": "xcb",
            "WAYLAND_DISPLAY": "",
            "XDG_SESSION_TYPE": "x11",
            "PYTHONPATH": f"{_ROOT}:{_ROOT / 'kernels'}",
        }

    def show(self, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start `tests.helpers.moving_picture` with these words, and return when its window is there."""
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.moving_picture", str(self.width), str(self.height), *words],
            env=os.environ | self.environment | dict(environment or {}),
            stdout=subprocess.PIPE,
        )
        self._programs.append(program)
        assert program.stdout is not None
        assert program.stdout.readline(), "the program on the screen has died"
        return program

    def resize(self, width: int, height: int) -> None:
        """Change the resolution, as a person does; not above what the screen began with."""
        name = f"{width}x{height}"
        if (width, height) != (self.width, self.height):
            sides = (width, width + 10, width + 20, width + 30, height, height + 10, height + 20, height + 30)
            self._xrandr("--newmode", name, "10", *map(str, sides))
            self._xrandr("--addmode", "screen", name)
        self._xrandr("--output", "screen", "--mode", name)

    def _xrandr(self, *words: str) -> None:
        subprocess.run(["xrandr", *words], env=os.environ | self.environment, check=True, capture_output=True)

    def kill(self) -> None:
        """End the X server, as a crash would."""
        self._server.kill()
        self._server.wait()
