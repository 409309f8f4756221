"""How finished sound comes into a project: the edits that place imported files and takes. Pure."""

import re
import uuid
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Final

from msgspec.structs import replace

from studio.model.edits import (
    AddMarker,
    AddMedia,
    AddTrack,
    Edit,
    PlaceClip,
    ReplaceRange,
    SetPictures,
    SetRate,
    Several,
)
from studio.model.project import Clip, ClipId, Marker, MarkerId, Media, Project, Track, TrackId
from studio.session.looping import Loop, Pass

ADOPTED_RATES_HZ = range(44100, 96001)
"""An empty project takes over the rate of the first file that is imported, when it is one of these."""
COLOURS = 8
_NUMBERED: Final = re.compile(r"Takes? (?:\d+ to )?(\d+)")


def new_clip_id() -> ClipId:
    """An id that no project has yet."""
    return ClipId(f"c{uuid.uuid4().hex[:16]}")


def new_track_id() -> TrackId:
    """An id that no project has yet."""
    return TrackId(f"t{uuid.uuid4().hex[:16]}")


def new_marker_id() -> MarkerId:
    """An id that no project has yet."""
    return MarkerId(f"k{uuid.uuid4().hex[:16]}")


def new_track(project: Project, name: str, clips: tuple[Clip, ...] = ()) -> Track:
    """A track with the colour that is used least; of equals the first."""
    used = [sum(track.colour % COLOURS == colour for track in project.tracks) for colour in range(COLOURS)]
    return Track(id=new_track_id(), name=name, clips=clips, colour=used.index(min(used)))


def is_empty(project: Project) -> bool:
    """Whether nothing in the project depends on its rate yet."""
    return not project.media and not project.markers


def rate_to_import_at(project: Project) -> int:
    """The rate to ask of an import: 0 (as in the file) for an empty project, else the project's."""
    return 0 if is_empty(project) else project.rate_hz


def must_import_again(project: Project, media: Media) -> bool:
    """Whether a medium has a rate that the project neither has nor adopts."""
    if media.rate_hz == project.rate_hz:
        return False
    return not (is_empty(project) and media.rate_hz in ADOPTED_RATES_HZ)


def placed_import(project: Project, media: Media, track: TrackId | None, start: int) -> Several:
    """One edit for an imported file: on a track of its own, or behind what already lies there on `track`."""
    edits: list[Edit] = []
    if media.rate_hz != project.rate_hz:
        edits.append(SetRate(rate_hz=media.rate_hz))
    known = next((one for one in project.media if one.id == media.id), None)
    if known is None:
        edits.append(AddMedia(media=media))
    elif media.pictures is not None and known.pictures != media.pictures:
        edits.append(SetPictures(media=media.id, pictures=media.pictures))
    name = PurePath(media.name).stem or media.name
    there = next((one for one in project.tracks if one.id == track), None)
    if there is None:
        edits.append(AddTrack(track=new_track(project, name, (_whole(media, name, start),))))
    else:
        clip = _whole(media, name, start)
        free = max([start, *(old.end for old in there.clips if old.end > start and old.start < clip.end)])
        edits.append(PlaceClip(track=there.id, clip=_whole(media, name, free)))
    return Several(label_text=f"Import {media.name}", edits=tuple(edits))


def placed_take(
    project: Project,
    segments: Sequence[Media],
    track: TrackId | None,
    start: int,
    *,
    name: str,
    gap_from: int | None = None,
) -> Several:
    """One edit for a take: its segments abut from `start`; on a new track where they would cover something.

    A track that does not exist yet is made, with that id. `gap_from` says since which sample sound may be missing;
    the stretch from there, or from the end of the sound before, to `start` is marked. What lies before the timeline
    begins stays in the file.
    """
    edits = _added(project, segments, name)
    length = sum(media.length for media in segments)
    early, start = max(0, -start), max(0, start)
    clips = _windows(segments, Pass(start, early, length - early), name)
    stop = start + length - early
    there = next((one for one in project.tracks if one.id == track), None)
    if there is not None and not any(old.start < stop and start < old.end for old in there.clips):
        edits += [PlaceClip(track=there.id, clip=clip) for clip in clips]
    elif clips:
        title = name if there is None else f"{there.name}, {name.lower()}"
        fresh = new_track(project, title, clips)
        edits.append(AddTrack(track=replace(fresh, id=track) if track and there is None else fresh))
    if gap_from is not None and there is not None:
        gap_from = max([gap_from, *(old.end for old in there.clips if old.end <= start)])
    if gap_from is not None and gap_from < start:
        marker = Marker(id=new_marker_id(), start=gap_from, length=start - gap_from, text="Gap in the recording")
        edits.append(AddMarker(marker=marker))
    return Several(label_text="Record take", edits=tuple(edits))


def placed_passes(
    project: Project, segments: Sequence[Media], track: TrackId | None, start: int, loop: Loop, *, heard: bool
) -> Several:
    """One edit for a take that went round a loop: each pass on a new track, and all but the last muted.

    `start` is where its first sample lies, counted on past the end of the loop. The first track gets the id `track`
    where there is none yet that has it. Without `heard` the last pass is muted, too: it would sound into the next one.
    """
    passes = loop.passes(start, sum(media.length for media in segments), project.rate_hz)
    first = take_number(project)
    last = first + len(passes) - 1
    edits = _added(project, segments, f"Take {first}" if last <= first else f"Takes {first} to {last}")
    for number, one in enumerate(passes, first):
        name = f"Take {number}"
        fresh = new_track(project, name, _windows(segments, one, name))
        if number == first and track and all(other.id != track for other in project.tracks):
            fresh = replace(fresh, id=track)
        fresh = replace(fresh, muted=not heard or number < last)
        edits.append(AddTrack(track=fresh))
        project = replace(project, tracks=(*project.tracks, fresh))  # the next one has another colour
    return Several(label_text="Record take", edits=tuple(edits))


def rendered(project: Project, media: Media, track: TrackId, start: int, stop: int) -> Several:
    """One edit that puts a rendered stretch in the place of the clips from which it was made."""
    clip = Clip(
        id=new_clip_id(),
        media=media.id,
        source_start=0,
        start=start,
        length=min(media.length, stop - start),
        name=media.name,
    )
    edits: list[Edit] = [] if any(known.id == media.id for known in project.media) else [AddMedia(media=media)]
    edits.append(ReplaceRange(track=track, start=start, stop=stop, clip=clip))
    return Several(label_text="Join clips", edits=tuple(edits))


def stretch(project: Project, track: TrackId, start: int, stop: int) -> tuple[Clip, ...]:
    """The clips that sound between two timeline samples of a track, without their names; none without the track."""
    there = next((one for one in project.tracks if one.id == track), None)
    clips = there.clips if there is not None else ()
    return tuple(replace(clip, name="") for clip in clips if clip.start < stop and start < clip.end)


def same_places(these: Sequence[Clip], those: Sequence[Clip]) -> bool:
    """Whether two stretches hold the same clips in the same places, whatever became of their sound."""
    return [(clip.id, clip.start, clip.length) for clip in these] == [
        (clip.id, clip.start, clip.length) for clip in those
    ]


def take_number(project: Project) -> int:
    """The number of the next take: one more than the takes that the project has."""
    takes = [media for media in project.media if media.file.startswith("takes/")]
    numbers = [int(found[1]) for found in (_NUMBERED.match(media.name) for media in takes) if found is not None]
    return max([len({media.file.split("/")[1] for media in takes}), *numbers]) + 1


def _added(project: Project, segments: Sequence[Media], name: str) -> list[Edit]:
    """The edits that make the files of a take known, where they are not."""
    known = {media.id for media in project.media}
    return [
        AddMedia(media=replace(media, name=name if not part else f"{name}, part {part + 1}"))
        for part, media in enumerate(segments)
        if media.id not in known
    ]


def _windows(segments: Iterable[Media], what: Pass, name: str) -> tuple[Clip, ...]:
    """The clips that let a stretch of a take be heard, whose segments abut."""
    clips: list[Clip] = []
    first = 0
    for media in segments:
        start, stop = max(first, what.at), min(first + media.length, what.at + what.length)
        if start < stop:
            clips.append(
                Clip(
                    id=new_clip_id(),
                    media=media.id,
                    source_start=start - first,
                    start=what.start + start - what.at,
                    length=stop - start,
                    name=name,
                )
            )
        first += media.length
    return tuple(clips)


def _whole(media: Media, name: str, start: int) -> Clip:
    return Clip(id=new_clip_id(), media=media.id, source_start=0, start=start, length=media.length, name=name)
