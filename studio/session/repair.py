"""Repairing a melody that an engine got wrong: frames in a lasso are moved by octaves, looked for again, or removed.

A repair is a new melody of the frames from the first to the last in the lasso, which counts from then on as the newest
does; undo takes it back, and the curve that the engine found stays as it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Literal

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from studio.errors import StudioError
from studio.media.curve import read_curve, write_curve
from studio.model.edits import AddPitch, Several
from studio.model.pitch import PitchCurve
from studio.model.project import Pitch, PitchId, Project
from studio.protocol.common import JobId
from studio.protocol.jobs import PitchTracked, TrackPitch
from studio.protocol.messages import Result
from studio.session.background import Background
from studio.session.document import Document
from studio.session.jobs import Jobs
from studio.session.settings_file import SettingsFile

Hertz = NDArray[np.float32]

OCTAVE = 12
_BESIDE = 1.06
"""The next candidate lies at least a semitone from the one that is there."""
_AROUND_S = 0.25
"""So much more is listened to on both sides: a tracker wants to know where the voice comes from."""


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

    def span(self, rate_hz: int) -> tuple[int, int]:
        """The samples of the medium that they cover, half-open."""
        per_frame = rate_hz / self.pitch.frames_per_s
        return self.pitch.start + round(self.first * per_frame), self.pitch.start + round(self.stop * per_frame)

    def joined(self, other: "Picked") -> "Picked":
        """What is inside of this, or of another part of the same melody."""
        first, stop = min(self.first, other.first), max(self.stop, other.stop)
        inside = np.zeros(stop - first, np.bool_)
        for one in (self, other):
            inside[one.first - first : one.stop - first] |= one.inside
        return Picked(pitch=self.pitch, first=first, inside=inside)


class Repair(QObject):
    """Keeps what is in the lasso, and mends it. Files are written away from the window's thread. UI thread only."""

    changed = Signal()

    def __init__(
        self,
        document: Document,
        background: Background,
        jobs: Jobs,
        settings: SettingsFile,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._background, self._jobs, self._settings = document, background, jobs, settings
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

    def pick_more(self, picked: Sequence[Picked]) -> None:
        """Put these frames in the lasso, too."""
        joined = {one.pitch.id: one for one in self._picked}
        for one in picked:
            known = joined.get(one.pitch.id)
            joined[one.pitch.id] = one if known is None else known.joined(one)
        self.pick(tuple(joined.values()))

    def clear(self) -> None:
        """Let go of what is in the lasso."""
        self._become(())

    def shift(self, semitones: int) -> None:
        """Move what is in the lasso by so many semitones."""
        factor = np.float32(2.0 ** (semitones / 12))
        octaves = abs(semitones) // OCTAVE
        way = "up" if semitones > 0 else "down"
        what = "an octave" if octaves == 1 else f"{octaves} octaves"

        def moved(_folder: Path, _one: Picked, hz: Hertz) -> Hertz:
            return hz * factor

        self._mend(f"Move pitch {way} {what}", f"shift {semitones}", moved)

    def next_candidate(self, way: Literal[1, -1]) -> None:
        """Look again for what is in the lasso, only above (1) or below (-1) what was found there.

        Raises StudioError where there is no room between that and the limits of the settings, and for several melodies.
        """
        if not self._picked or self._busy:
            return
        if len(self._picked) > 1:
            raise StudioError(
                "pitch.several",
                "The pitch was not looked for again.",
                cause=f"The lasso holds parts of {len(self._picked)} melodies, and only one is searched at a time.",
                remedy="Draw the lasso within one clip, and around a part that was found in one go.",
            )
        (one,), folder = self._picked, self._document.folder
        found = read_curve(folder, one.pitch).hz[one.first : one.stop][one.inside]
        pitch, edges = self._settings.value.pitch, (float(np.nanmin(found)), float(np.nanmax(found)))
        low_hz, high_hz = (edges[1] * _BESIDE, pitch.high_hz) if way > 0 else (pitch.low_hz, edges[0] / _BESIDE)
        if low_hz * _BESIDE > high_hz:
            raise StudioError(
                "pitch.no_candidate",
                "There is no other pitch to look for.",
                cause=f"Between {pitch.low_hz:g} and {pitch.high_hz:g} Hz nothing is left on that side.",
                remedy="Widen the limits of the pitch in Preferences.",
            )
        make = partial(self._order, one, folder, low_hz, high_hz)
        name = self._document.project.medium(one.pitch.media).name

        def then(result: Result) -> None:
            assert isinstance(result, PitchTracked)
            if folder == self._document.folder and self._picked == (one,):
                taken = partial(_taken_over, other=result.pitch, rate_hz=self._document.project.rate_hz)
                self._mend("Next pitch up" if way > 0 else "Next pitch down", f"{low_hz:.1f} to {high_hz:.1f}", taken)

        self._jobs.start(make, f"Looking again for the pitch of {name}", then)

    def _order(self, one: Picked, folder: Path, low_hz: float, high_hz: float, job: JobId) -> TrackPitch:
        media = self._document.project.medium(one.pitch.media)
        start, stop = one.span(media.rate_hz)
        around = round(_AROUND_S * media.rate_hz)
        start, stop = max(start - around, 0), min(stop + around, media.length)
        known = self._settings.value.pitch.engine
        return TrackPitch(
            job=job,
            media=media,
            project_dir=str(folder),
            start=start,
            length=stop - start,
            engine=known,
            low_hz=low_hz,
            high_hz=high_hz,
        )

    def silence(self) -> None:
        """Say that nobody sings in the lasso."""

        def nothing(_folder: Path, _one: Picked, hz: Hertz) -> Hertz:
            return np.full_like(hz, np.nan)

        self._mend("Remove pitch", "unvoiced", nothing)

    def _mend(self, label: str, how: str, change: Callable[[Path, Picked, Hertz], Hertz]) -> None:
        if not self._picked or self._busy:
            return
        folder, picked, rate_hz = self._document.folder, self._picked, self._document.project.rate_hz

        def work(_report: object) -> tuple[Pitch, ...]:
            return tuple(_mended(folder, one, rate_hz, how, change) for one in picked)

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


def _taken_over(folder: Path, one: Picked, hz: Hertz, *, other: Pitch, rate_hz: int) -> Hertz:
    """The frames as another melody has them; those where it hears nobody stay as they are."""
    curve = read_curve(folder, other)
    at = (one.span(rate_hz)[0] - other.start) * other.frames_per_s / rate_hz
    wanted = np.clip(np.arange(len(hz)) + round(at), 0, len(curve.hz) - 1)
    heard = curve.hz[wanted]
    return np.where(np.isnan(heard), hz, heard)


def _mended(folder: Path, one: Picked, rate_hz: int, how: str, change: Callable[[Path, Picked, Hertz], Hertz]) -> Pitch:
    """Write the repaired frames beside the others and return what lists them."""
    old = one.pitch
    curve = read_curve(folder, old)
    hz, confidence = (column[one.first : one.stop].copy() for column in (curve.hz, curve.confidence))
    hz[one.inside] = change(folder, one, hz)[one.inside]
    confidence[one.inside & np.isnan(hz)] = 0
    what = f"{old.id} {one.first} {how} {one.inside.tobytes().hex()}"
    name = f"p{blake2b(what.encode(), digest_size=8).hexdigest()}"
    file = f"media/{name}.pitch.wav"
    write_curve(folder / file, PitchCurve(frames_per_s=old.frames_per_s, hz=hz, confidence=confidence))
    start, stop = one.span(rate_hz)
    return replace(
        old,
        id=PitchId(name),
        file=file,
        start=start,
        length=min(stop, old.start + old.length) - start,
        lineage=replace(old.lineage, settings={**old.lineage.settings, "repaired": how}),
    )
