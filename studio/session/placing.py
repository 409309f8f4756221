"""How finished sound comes into a project: the edits that place imported files and takes. Pure."""

import uuid
from collections.abc import Sequence
from pathlib import PurePath

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

ADOPTED_RATES_HZ = range(44100, 96001)
"""An empty project takes over the rate of the first file that is imported, when it is one of these."""
COLOURS = 8


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
    the stretch from there, or from the end of the sound before, to `start` is marked.
    """
    known = {media.id for media in project.media}
    edits: list[Edit] = [
        AddMedia(media=replace(media, name=name if not part else f"{name}, part {part + 1}"))
        for part, media in enumerate(segments)
        if media.id not in known
    ]
    clips: list[Clip] = []
    at = start
    for media in segments:
        if media.length:
            clips.append(_whole(media, name, at))
            at += media.length
    there = next((one for one in project.tracks if one.id == track), None)
    if there is not None and not any(old.start < at and start < old.end for old in there.clips):
        edits += [PlaceClip(track=there.id, clip=clip) for clip in clips]
    else:
        title = name if there is None else f"{there.name}, {name.lower()}"
        fresh = new_track(project, title, tuple(clips))
        edits.append(AddTrack(track=replace(fresh, id=track) if track and there is None else fresh))
    if gap_from is not None and there is not None:
        gap_from = max([gap_from, *(old.end for old in there.clips if old.end <= start)])
    if gap_from is not None and gap_from < start:
        marker = Marker(id=new_marker_id(), start=gap_from, length=start - gap_from, text="Gap in the recording")
        edits.append(AddMarker(marker=marker))
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
    folders = {media.file.split("/")[1] for media in project.media if media.file.startswith("takes/")}
    return len(folders) + 1


def _whole(media: Media, name: str, start: int) -> Clip:
    return Clip(id=new_clip_id(), media=media.id, source_start=0, start=start, length=media.length, name=name)
