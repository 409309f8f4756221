"""A project as sound: the one mixer behind both playback and export.

Each sample depends on its place on the timeline alone, so however a stretch is cut into blocks, the samples are the
same to the last bit.

Pan law: equal power around a centre of 0 dB. In the middle a mono sound is heard on both sides as it is; at either
end it is 3 dB louder on its one side, and as loud to the ear as before. Stereo sound is balanced by the same gains.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from studio.errors import Explanation, StudioError
from studio.media.wav import Frames, MappedWav
from studio.model.fades import gain_in, gain_out
from studio.model.levels import db_to_gain
from studio.model.project import Clip, Media, MediaId, Project, Track, TrackId

OpenMedia = Callable[[Media], MappedWav]
"""Returns the sound of a medium; a `StudioError` says why there is none, and silence is mixed instead."""

_CENTRE: Final = (1.0, 1.0)


def media_in(project_dir: Path) -> OpenMedia:
    """Return what opens the media of the project in that folder."""
    return lambda medium: MappedWav.open(project_dir / medium.file)


def audible(project: Project) -> tuple[Track, ...]:
    """Return the tracks that are heard: the soloed ones if any is soloed, and of those the ones not muted."""
    solo = any(track.soloed for track in project.tracks)
    return tuple(track for track in project.tracks if not track.muted and (track.soloed or not solo))


def pan_gains(pan: float) -> tuple[float, float]:
    """Return the gains of the left and the right side, for `pan` from -1 (left) to 1 (right)."""
    if pan == 0.0:
        return _CENTRE  # exactly, so that an untouched sound leaves the mixer untouched
    angle = (pan + 1.0) * (np.pi / 4)
    return float(np.sqrt(2) * np.cos(angle)), float(np.sqrt(2) * np.sin(angle))


def alone(project: Project, track: TrackId) -> Project:
    """Return the project with nothing but the clips of one track, at 0 dB in the middle, as if laid out afresh."""
    plain = replace(project.track(track), gain_db=0.0, pan=0.0, muted=False, soloed=False)
    return replace(project, tracks=(plain,))


class _Part(NamedTuple):
    """A clip that is heard, with its gains worked out."""

    clip: Clip
    sound: Frames
    left: np.float32
    right: np.float32


class Mixer:
    """Mixes a project. What it cannot find is silent, and named in `troubles`."""

    def __init__(self, project: Project, open_media: OpenMedia, tracks: Collection[TrackId] | None = None) -> None:
        """`tracks` limits what is mixed further, to those of the audible ones: their stems add up to the mix."""
        self.length = project.length
        self.rate_hz = project.rate_hz
        self._open_media = open_media
        self._project = project
        self._sounds: dict[MediaId, Frames | None] = {}
        self._troubles: dict[MediaId, Explanation] = {}
        chosen = (track for track in audible(project) if tracks is None or track.id in tracks)
        self._parts = [part for track in chosen for part in self._parts_of(track)]
        self._starts = np.array([part.clip.start for part in self._parts], np.int64)
        self._ends = np.array([part.clip.end for part in self._parts], np.int64)

    @property
    def troubles(self) -> tuple[Explanation, ...]:
        """Why some clips are silent, one for each medium that is missing or does not fit."""
        return tuple(self._troubles.values())

    def render(self, start: int, frames: int) -> Frames:
        """Return `frames` stereo frames of the timeline from sample `start` on, shape (frames, 2)."""
        sides = np.zeros((2, frames), np.float32)
        for index in np.flatnonzero((self._starts < start + frames) & (self._ends > start)):
            _add(sides, self._parts[index], start, start + frames)
        return np.ascontiguousarray(sides.T)

    def _parts_of(self, track: Track) -> list[_Part]:
        left, right = pan_gains(track.pan)
        parts = []
        for clip in track.clips:
            sound = self._sound(clip.media)
            if sound is not None:
                gain = db_to_gain(track.gain_db) * db_to_gain(clip.gain_db)
                parts.append(_Part(clip, sound, np.float32(gain * left), np.float32(gain * right)))
        return parts

    def _sound(self, id: MediaId) -> Frames | None:
        if id not in self._sounds:
            try:
                self._sounds[id] = self._opened(id)
            except StudioError as error:
                self._sounds[id] = None
                self._troubles[id] = error.explanation
        return self._sounds[id]

    def _opened(self, id: MediaId) -> Frames:
        medium = next((medium for medium in self._project.media if medium.id == id), None)
        if medium is None:
            raise StudioError(
                "media-unlisted",
                "A clip is silent.",
                cause="The project does not list the sound that it stands on.",
                remedy="Undo the last step, or delete the clip.",
            )
        sound = self._open_media(medium)
        if sound.rate_hz != self.rate_hz:
            raise StudioError(
                "media-rate",
                f"{medium.name} is not heard.",
                cause=f"Its sample rate is {sound.rate_hz} Hz, that of the project {self.rate_hz} Hz.",
                remedy="Import it again; the copy will fit the project.",
            )
        return sound.frames


def _add(sides: NDArray[np.float32], part: _Part, start: int, stop: int) -> None:
    clip = part.clip
    begin = max(start, clip.start)
    end = min(stop, clip.end, clip.start + len(part.sound) - clip.source_start)
    if begin >= end:
        return
    inside, outside = begin - clip.start, end - clip.start
    source = part.sound[clip.source_start + inside : clip.source_start + outside]
    envelope = _envelope(clip, inside, outside)
    for side, gain in enumerate((part.left, part.right)):
        channel = source[:, min(side, source.shape[1] - 1)]
        shaped = channel if envelope is None else channel * envelope
        sides[side, begin - start : end - start] += shaped if gain == 1 else shaped * gain


def _envelope(clip: Clip, inside: int, outside: int) -> NDArray[np.float32] | None:
    """The gain of both fades over samples of the clip, or None where there is no fade."""
    fading_in = inside < clip.fade_in.length
    fading_out = outside > clip.length - clip.fade_out.length
    if fading_in and fading_out:
        return gain_in(clip.fade_in, inside, outside) * gain_out(clip.fade_out, clip.length, inside, outside)
    if fading_in:
        return gain_in(clip.fade_in, inside, outside)
    if fading_out:
        return gain_out(clip.fade_out, clip.length, inside, outside)
    return None
