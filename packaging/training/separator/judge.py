"""Judges the built-in separator on sounds in folders: `python -m separator.judge --mixes DIR --bands DIR --voices DIR`.

A folder of mixes has `NAME.voc.flac` beside `NAME.acc.flac`, whose sum is the mix. Of each it prints by how many dB the
voice is nearer to the truth than the mix was (SI-SDR), what the band alone leaves in the vocals and the voice alone in
the accompaniment, in dB of what went in. Of the sounds in the other folders it prints the last two.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import soundfile
import soxr
from msgspec.structs import replace
from numpy.typing import NDArray

from studio.audio.chunks import Joiner, spans
from studio.engines.base import Effort, Report, Sound, Whole
from studio.engines.separation.builtin import BuiltinSeparator
from studio.engines.separation.spectrum import RATE_HZ
from studio.workers.first_listen import Answer, Listening, listened

GATE_DB: Final = -20.0
"""What may be left where there is nothing to find."""

_ENDINGS: Final = {".wav", ".flac", ".ogg", ".mp3"}
_WHOLE: Final = Whole(length_s=1.0, mean=0.0, std=0.1, peak=1.0, side_db=0.0)


class Figures(NamedTuple):
    """What was found of one sound, in dB; None where it was not asked."""

    name: str
    nearer_db: float | None = None
    in_vocals_db: float | None = None
    in_accompaniment_db: float | None = None


class Judge:
    """Runs the separator as the studio does, chunk by chunk, and counts what it needs."""

    def __init__(self) -> None:
        self._separator = BuiltinSeparator()
        self.core_s = self.sound_s = 0.0

    def vocals(self, sound: Sound) -> Sound:
        """What it takes for the voice, of a sound at `RATE_HZ`."""
        began_s = time.process_time()
        chunking = self._separator.chunking({})
        joiner = Joiner(1, sound.shape[1])
        made: list[NDArray[np.float32]] = []
        chunk_length, overlap = (round(length_s * RATE_HZ) for length_s in (chunking.chunk_s, chunking.overlap_s))
        plan = spans(len(sound), chunk_length, overlap)

        def chunk(index: int) -> Sound:
            return np.ascontiguousarray(sound[plan[index].start : plan[index].stop])

        first = Listening(listen=self._listen, enough=self._separator.enough)
        answer = listened(first, Answer(), len(plan), chunk, RATE_HZ, _quiet, keep=lambda _answer: None)
        whole = replace(_WHOLE, heard=answer.heard)
        for index, span in enumerate(plan):
            made.append(joiner.add(span, self._separate(chunk(index), whole)))
        self.core_s += time.process_time() - began_s
        self.sound_s += len(sound) / RATE_HZ
        return np.asarray(np.concatenate(made, axis=1)[0])

    def _listen(self, chunk: Sound, rate_hz: int, report: Report) -> float:
        return self._separator.listen(chunk, rate_hz, settings={}, report=report)

    def _separate(self, chunk: Sound, whole: Whole) -> NDArray[np.float32]:
        return self._separator.separate(
            chunk, RATE_HZ, count=2, whole=whole, settings={}, effort=Effort(), report=_quiet
        )

    def mixes(self, folder: Path) -> Iterator[Figures]:
        """All three figures of every mix in a folder."""
        for path in sorted(folder.glob("*.voc.flac")):
            name = path.name.removesuffix(".voc.flac")
            voice, band = read(path), read(path.with_name(f"{name}.acc.flac"))
            mix = voice + band
            nearer_db = likeness_db(voice, self.vocals(mix)) - likeness_db(voice, mix)
            yield Figures(name, nearer_db, self.band(band), self.voice(voice))

    def band(self, sound: Sound) -> float:
        """What is left of a band in the vocals."""
        return beside_db(self.vocals(sound), sound)

    def voice(self, sound: Sound) -> float:
        """What is left of a voice in the accompaniment."""
        return beside_db(sound - self.vocals(sound), sound)


def _quiet(_share: float, _doing: str) -> None:
    """Nobody is told."""


def read(path: Path) -> Sound:
    """A file as one or two channels at `RATE_HZ`."""
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(soxr.resample(samples, rate_hz, RATE_HZ), np.float32)


def sounds(folder: Path) -> list[Path]:
    """The sound files in a folder, or the file itself."""
    return sorted(path for path in folder.iterdir() if path.suffix in _ENDINGS) if folder.is_dir() else [folder]


def likeness_db(truth: Sound, estimate: Sound) -> float:
    """SI-SDR: how much of the estimate is the truth at any level, beside the rest of it."""
    a, b = truth.ravel().astype(float), estimate.ravel().astype(float)
    part = (a @ b) / (a @ a + 1e-12) * a
    return beside_db(part, part - b)


def beside_db(sound: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """The energy of one sound beside another's, at least -120."""
    own, others = (float(np.square(part, dtype=np.float64).sum()) for part in (sound, other))
    return 10 * float(np.log10(own / (others + 1e-12) + 1e-12))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for kind in ("mixes", "bands", "voices"):
        parser.add_argument(f"--{kind}", type=Path, nargs="*", default=[])
    wanted = parser.parse_args()
    judge, found = Judge(), list[Figures]()

    def told(figures: Figures) -> None:
        words = [f"{figures.name[:40]:40}"]
        words += [
            f"{label} {value:+7.2f}" for label, value in zip(_LABELS, figures[1:], strict=True) if value is not None
        ]
        print("  ".join(words), flush=True)
        found.append(figures)

    for folder in wanted.mixes:
        for figures in judge.mixes(folder):
            told(figures)
    for folder in wanted.bands:
        for path in sounds(folder):
            told(Figures(path.name, in_vocals_db=judge.band(read(path))))
    for folder in wanted.voices:
        for path in sounds(folder):
            told(Figures(path.name, in_accompaniment_db=judge.voice(read(path))))
    nearer = [figures.nearer_db for figures in found if figures.nearer_db is not None]
    if nearer:
        print(f"nearer to the truth: mean {np.mean(nearer):+.2f} dB, worst {min(nearer):+.2f} dB")
    for label, values in zip(_LABELS[1:], list(zip(*found, strict=True))[2:], strict=True):
        asked = [value for value in values if isinstance(value, float)]
        print(f"{label} at most {GATE_DB:g} dB: {sum(value <= GATE_DB for value in asked)} of {len(asked)}")
    print(f"{judge.core_s / max(judge.sound_s, 1e-9):.3f} core-seconds a second of sound")


_LABELS: Final = ("nearer by", "in the vocals", "in the accompaniment")

if __name__ == "__main__":
    main()
