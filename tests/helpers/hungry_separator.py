"""A separator whose model does not fit: memory really runs out, in the way that its settings name."""

import ctypes
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import numpy as np
import psutil
import pytest

from studio.engines import residents
from studio.engines.base import Chunking, Effort, EngineInfo, Report, Settings, Sound, Stems, Whole

MIB = 1 << 20
ROOM = 96 * MIB
MODEL = 512 * MIB


class Hungry:
    """Takes its model from `residents`; `kind` says how memory runs out, `suffices` whether less effort helps."""

    info: ClassVar = EngineInfo(id="hungry", task="separate", name="Hungry", licence="MIT", stems=(2,))

    def chunking(self, settings: Settings) -> Chunking:
        return Chunking(chunk_s=4.0, overlap_s=1.0, halves=False)

    def efforts(self, settings: Settings) -> tuple[Effort, ...]:
        return (Effort(), Effort(half=True))

    def model_hash(self, settings: Settings) -> str:
        return "0123"

    def stems(self, count: int) -> tuple[str, ...]:
        return ("vocals", "accompaniment")

    def separate(
        self, mix: Sound, rate_hz: int, *, count: int, whole: Whole, settings: Settings, effort: Effort, report: Report
    ) -> Stems:
        report(0.1, "Loading the network")
        needs = MODEL // (4 if effort.half else 1)
        enough = effort.half and bool(settings.get("suffices"))
        kind = str(settings.get("kind"))

        def load() -> object:
            return bytearray(MIB) if enough else _eat(kind)

        with residents.on("cpu").use(f"hungry {effort.half}", needs, load):
            return np.zeros((1, *mix.shape), np.float32)


def _eat(kind: str) -> object:
    with _little_room():
        match kind:
            case "python":
                return np.ones(MODEL, np.uint8)
            case "torch":
                import torch

                return torch.ones(MODEL, dtype=torch.uint8)
            case "native":  # what C++ throws when memory is out, and nobody catches, ends the process
                new = ctypes.CDLL("libstdc++.so.6")["_Znwm"]
                new.argtypes, new.restype = [ctypes.c_size_t], ctypes.c_void_p
                return new(MODEL)
            case "kernel":  # as its out-of-memory killer does it
                os.kill(os.getpid(), signal.SIGKILL)
            case _:
                pass
    raise AssertionError(f"there was memory enough ({kind})")


@contextmanager
def _little_room() -> Iterator[None]:
    """Let the kernel refuse this process more than a little more memory."""
    import torch  # its libraries need more than that

    del torch
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Install it as a plug-in would be, for the processes that are started from now on."""
    card = folder / "hungry_separator-1.0.dist-info"
    card.mkdir(parents=True)
    (card / "METADATA").write_text("Metadata-Version: 2.1\nName: hungry-separator\nVersion: 1.0\n")
    (card / "entry_points.txt").write_text("[studio.engines]\nhungry = tests.helpers.hungry_separator:Hungry\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), str(Path(__file__).parents[2]))))
