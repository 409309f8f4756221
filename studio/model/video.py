"""What is to be seen of a project: which picture of which video at every sample of the timeline. Pure functions."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from studio.model.pictures import Pictures
from studio.model.project import Clip, Project


class Moment(NamedTuple):
    """A picture: of which video, and at what time in its file."""

    pictures: Pictures
    time_s: float


class Shot(NamedTuple):
    """A stretch of the timeline, half-open, that shows a video; `time_s` is the time in the file at its start."""

    clip: Clip
    pictures: Pictures
    start: int
    stop: int
    time_s: float


def shots(project: Project) -> tuple[Shot, ...]:
    """Everything that is to be seen, in the order of time; where videos lie over each other the upper track counts."""
    cuts = sorted({edge for shot in _all(project) for edge in (shot.start, shot.stop)})
    found: list[Shot] = []
    for start, stop in pairwise(cuts):
        top = next((shot for shot in _all(project) if shot.start <= start and stop <= shot.stop), None)
        if top is None:
            continue
        if found and found[-1].clip.id == top.clip.id and found[-1].stop == start:
            found[-1] = found[-1]._replace(stop=stop)
        else:
            time_s = top.time_s + (start - top.start) / project.rate_hz
            found.append(top._replace(start=start, stop=stop, time_s=time_s))
    return tuple(found)


def moment_at(project: Project, sample: float) -> Moment | None:
    """The picture at a sample of the timeline; None where there is none."""
    for shot in _all(project):
        if shot.start <= sample < shot.stop:
            return Moment(shot.pictures, shot.time_s + (sample - shot.start) / project.rate_hz)
    return None


def has_pictures(project: Project) -> bool:
    """Whether anything of the project can be seen."""
    return next(_all(project), None) is not None


def _all(project: Project) -> Iterator[Shot]:
    """Each clip whose medium has pictures, as far as they last, track by track from the top."""
    media = {medium.id: medium.pictures for medium in project.media if medium.pictures is not None}
    for clip in project.clips if media else ():
        pictures = media.get(clip.media)
        if pictures is None:
            continue
        lasts = round(pictures.length_s * project.rate_hz) - clip.source_start
        stop = clip.start + min(clip.length, lasts)
        if stop > clip.start:
            time_s = pictures.begins_s + clip.source_start / project.rate_hz
            yield Shot(clip, pictures, clip.start, stop, time_s)
