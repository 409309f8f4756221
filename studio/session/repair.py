"""Repairing a melody that an engine got wrong: frames in a lasso are moved by octaves, or said to be unvoiced.

A repair is a new melody of the frames from the first to the last in the lasso, which counts from then on as the newest
does; undo takes it back, and the curve that the engine found stays as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from studio.media.curve import read_curve, write_curve
from studio.model.edits import AddPitch, Several
from studio.model.pitch import PitchCurve
from studio.model.project import Pitch, PitchId, Project
from studio.session.background import Background
from studio.session.document import Document

OCTAVE = 12


@dataclass(frozen=True, eq=False, kw_only=True)
class Picked:
    """Frames of one melody, from frame `first` on; `inside` says which of them, bool (frames,)."""

    pitch: Pitch
    first: int
    inside: NDArray[np.bool_]

    @property
    def stop(self) -> int:
        """The first frame after them."""
        return self.first + len(self.inside)


class Repair(QObject):
    """Keeps what is in the lasso, and mends it. Files are written away from the window's thread. UI thread only."""

    changed = Signal()

    def __init__(self, document: Document, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._background = document, background
        self._picked: tuple[Picked, ...] = ()
        self._busy = False
        document.changed.connect(self._keep_to)
        document.folder_changed.connect(self.clear)

    @property
    def picked(self) -> tuple[Picked, ...]:
        """What is in the lasso."""
        return self._picked

    @property
    def busy(self) -> bool:
        """Whether a repair is being written."""
        return self._busy

    def pick(self, picked: Sequence[Picked]) -> None:
        """Put these frames in the lasso; those without any frame inside are left out."""
        self._become(tuple(one for one in picked if one.inside.any()))

    def clear(self) -> None:
        """Let go of what is in the lasso."""
        self._become(())

    def shift(self, semitones: int) -> None:
        """Move what is in the lasso by so many semitones."""
        factor = np.float32(2.0 ** (semitones / 12))
        octaves = abs(semitones) // OCTAVE
        way = "up" if semitones > 0 else "down"
        what = "an octave" if octaves == 1 else f"{octaves} octaves"
        self._mend(f"Move pitch {way} {what}", f"shift {semitones}", factor)

    def silence(self) -> None:
        """Say that nobody sings in the lasso."""
        self._mend("Remove pitch", "unvoiced", np.float32(np.nan))

    def _mend(self, label: str, how: str, factor: np.float32) -> None:
        if not self._picked or self._busy:
            return
        folder, picked, rate_hz = self._document.folder, self._picked, self._document.project.rate_hz

        def work(_report: object) -> tuple[Pitch, ...]:
            return tuple(_mended(folder, one, rate_hz, how, factor) for one in picked)

        def then(pitches: tuple[Pitch, ...]) -> None:
            self._busy = False
            if folder != self._document.folder:
                return
            self._document.end_gesture()
            self._document.do(Several(label_text=label, edits=tuple(AddPitch(pitch=pitch) for pitch in pitches)))
            self._become(
                tuple(
                    Picked(pitch=pitch, first=0, inside=one.inside) for pitch, one in zip(pitches, picked, strict=True)
                )
                if how != "unvoiced"
                else ()
            )

        self._busy = True
        self._background.do(work, then)

    def _keep_to(self, project: Project) -> None:
        """Let go of melodies that the project has no more."""
        kept = tuple(one for one in self._picked if one.pitch in project.pitches)
        if len(kept) != len(self._picked):
            self._become(kept)

    def _become(self, picked: tuple[Picked, ...]) -> None:
        if picked or self._picked:
            self._picked = picked
            self.changed.emit()


def _mended(folder: Path, one: Picked, rate_hz: int, how: str, factor: np.float32) -> Pitch:
    """Write the repaired frames beside the others and return what lists them."""
    old = one.pitch
    curve = read_curve(folder, old)
    hz, confidence = (column[one.first : one.stop].copy() for column in (curve.hz, curve.confidence))
    hz[one.inside] *= factor
    confidence[one.inside & np.isnan(hz)] = 0
    what = f"{old.id} {one.first} {how} {one.inside.tobytes().hex()}"
    name = f"p{blake2b(what.encode(), digest_size=8).hexdigest()}"
    file = f"media/{name}.pitch.wav"
    write_curve(folder / file, PitchCurve(frames_per_s=old.frames_per_s, hz=hz, confidence=confidence))
    start, stop = (old.start + round(frame * rate_hz / old.frames_per_s) for frame in (one.first, one.stop))
    return replace(
        old,
        id=PitchId(name),
        file=file,
        start=start,
        length=min(stop, old.start + old.length) - start,
        lineage=replace(old.lineage, settings={**old.lineage.settings, "repaired": how}),
    )
