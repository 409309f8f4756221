"""A small separator and a small cleaner, whole in every way but that they know little of music."""

import os
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from studio.engines.base import Chunking, Effort, EngineInfo, Report, Settings, Sound, Stems, Whole

_STEMS = {2: ("vocals", "accompaniment"), 4: ("vocals", "drums", "bass", "other")}


class Tiny:
    """The middle is the voice; further stems are ever smoother versions of the sides."""

    info: ClassVar = EngineInfo(id="tiny", task="separate", name="Tiny", licence="MIT", stems=(2, 4))
    rate_hz = 0

    def chunking(self, settings: Settings) -> Chunking:
        return Chunking(rate_hz=self.rate_hz, chunk_s=1.0, overlap_s=0.25)

    def efforts(self, settings: Settings) -> tuple[Effort, ...]:
        return (Effort(), Effort(half=True), Effort(cpu=True))

    def model_hash(self, settings: Settings) -> str:
        return "0123"

    def stems(self, count: int) -> tuple[str, ...]:
        return _STEMS[count]

    def separate(
        self, mix: Sound, rate_hz: int, *, count: int, whole: Whole, settings: Settings, effort: Effort, report: Report
    ) -> Stems:
        report(0.0, "Looking at the middle")
        middle = mix.mean(axis=1, keepdims=True)
        level = np.float32(whole.peak / (whole.peak + np.abs(mix).max()))  # depends on chunk and whole, as engines do
        report(0.5, "Looking at the middle")
        made = [np.broadcast_to(middle * level, mix.shape)]
        made += [(mix - middle) * np.float32(0.5**number) for number in range(1, count - 1)]
        return np.stack(made).astype(np.float32)


class Halver:
    """Cleans by making the sound quieter by half."""

    info: ClassVar = EngineInfo(id="halver", task="denoise", name="Halver", licence="MIT")

    def chunking(self, settings: Settings) -> Chunking:
        return Chunking(chunk_s=2.0, overlap_s=0.5)

    def efforts(self, settings: Settings) -> tuple[Effort, ...]:
        return (Effort(),)

    def model_hash(self, settings: Settings) -> str:
        return ""

    def denoise(
        self,
        sound: Sound,
        rate_hz: int,
        *,
        strength: float,
        whole: Whole,
        settings: Settings,
        effort: Effort,
        report: Report,
    ) -> Sound:
        report(0.0, "Halving")
        return sound * np.float32(1 - 0.5 * strength)


def install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Install both as a plug-in would be, for the processes that are started from now on."""
    card = folder / "tiny_separator-1.0.dist-info"
    card.mkdir(parents=True)
    (card / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-separator\nVersion: 1.0\n")
    (card / "entry_points.txt").write_text(
        "[studio.engines]\ntiny = tests.helpers.tiny_separator:Tiny\nhalver = tests.helpers.tiny_separator:Halver\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), str(Path(__file__).parents[2]))))
