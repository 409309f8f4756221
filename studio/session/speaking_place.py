"""Where spoken lines come to lie on the timeline: one behind the other, each speaker on a track. Pure."""

import uuid

from msgspec.structs import replace

from studio.model.edits import (
    AddMedia,
    AddTake,
    AddTrack,
    ClipMove,
    DeleteClips,
    Edit,
    MoveClips,
    PlaceClip,
    RemoveTake,
    SetFavourite,
    Several,
)
from studio.model.project import Clip, Media, MediaId, Project, Track
from studio.model.script import NEW_LINE_S
from studio.model.spoken import Line, LineId, Take, TakeId
from studio.session.placing import new_clip_id, new_track


def new_line_id() -> LineId:
    """An id that no script has yet."""
    return LineId(f"l{uuid.uuid4().hex[:16]}")


def new_take_id() -> TakeId:
    """An id that no script has yet."""
    return TakeId(f"s{uuid.uuid4().hex[:16]}")


def clip_of(project: Project, line: Line) -> Clip | None:
    """Where a line lies on the timeline: the first clip of any of its takes."""
    sounds = {take.media for take in line.takes}
    found = [clip for clip in project.clips if clip.media in sounds]
    return min(found, key=lambda clip: clip.start) if found else None


def landed(project: Project, line_id: LineId, take: Take, media: Media) -> Several:
    """One edit for a line that was just spoken: its take, and its clip in its place among those of the other lines."""
    line = project.script.line(line_id)
    edits: list[Edit] = []
    if all(one.id != media.id for one in project.media):
        edits.append(AddMedia(media=media))
    if line.takes and line.take is not None and line.take.favourite:
        edits.append(SetFavourite(line=line.id, take=line.take.id, favourite=False))
    edits.append(AddTake(line=line.id, take=take))
    edits += _put(project, line, media)
    return Several(label_text="Speak line", edits=tuple(edits))


def chosen(project: Project, line_id: LineId, take: Take) -> Several:
    """One edit after which a take is the one that counts, and that is heard on the timeline."""
    line = project.script.line(line_id)
    choose = SetFavourite(line=line.id, take=take.id, favourite=True)
    return Several(label_text="Choose take", edits=(choose, *_put(project, line, project.medium(MediaId(take.media)))))


def removed(project: Project, line_id: LineId, take: Take) -> Several:
    """One edit that forgets a take; where it lay on the timeline there is the one that counts now, or nothing."""
    line = project.script.line(line_id)
    edits: list[Edit] = [RemoveTake(line=line.id, take=take.id)]
    there = clip_of(project, line)
    if there is not None and there.media == take.media:
        left = replace(line, takes=tuple(one for one in line.takes if one.id != take.id)).take
        if left is None:
            edits.append(DeleteClips(clips=(there.id,)))
        elif left.media != take.media:
            edits += _put(project, line, project.medium(MediaId(left.media)))
    return Several(label_text="Delete take", edits=tuple(edits))


def _put(project: Project, line: Line, media: Media) -> list[Edit]:
    """The edits that bring a sound to where its line lies; lines that follow make room, or come nearer."""
    there = clip_of(project, line)
    if there is not None:
        if there.media == media.id:
            return []
        whole = there.source_start == 0 and there.length == project.medium(there.media).length
        length = media.length if whole else min(there.length, media.length)
        clip = replace(there, id=new_clip_id(), media=media.id, name=media.name, source_start=0, length=length)
        moves = _moved(project, line, there.end, length - there.length)
        track = project.track_of(there.id).id
        return [DeleteClips(clips=(there.id,)), *moves, PlaceClip(track=track, clip=clip)]
    start, gap = _start(project, line)
    clip = Clip(id=new_clip_id(), media=media.id, source_start=0, start=start, length=media.length, name=media.name)
    moves = _moved(project, line, start, media.length + gap)
    track_there = _track(project, line)
    if track_there is None:
        return [*moves, AddTrack(track=new_track(project, project.script.speaker(line.speaker).name, (clip,)))]
    return [*moves, PlaceClip(track=track_there.id, clip=clip)]


def _start(project: Project, line: Line) -> tuple[int, int]:
    """Where a line begins that lies nowhere yet, and how much silence belongs between it and the next."""
    gap = round(NEW_LINE_S * project.rate_hz)
    index = project.script.index(line.id)
    before = [clip_of(project, other) for other in project.script.lines[:index]]
    ends = [clip.end for clip in before if clip is not None]
    if ends:
        return max(ends) + gap, gap
    after = [clip_of(project, other) for other in project.script.lines[index + 1 :]]
    starts = [clip.start for clip in after if clip is not None]
    return (min(starts) if starts else 0), gap


def _moved(project: Project, line: Line, from_sample: int, by: int) -> list[Edit]:
    """The lines behind this one that begin at a sample or later, moved."""
    if not by:
        return []
    index = project.script.index(line.id)
    sounds = {take.media for other in project.script.lines[index + 1 :] for take in other.takes}
    moves = [
        ClipMove(clip=clip.id, track=track.id, start=max(0, clip.start + by))
        for track in project.tracks
        for clip in track.clips
        if clip.media in sounds and clip.start >= from_sample
    ]
    return [MoveClips(moves=tuple(moves))] if moves else []


def _track(project: Project, line: Line) -> Track | None:
    """The track on which the same speaker's other lines lie."""
    sounds = {take.media for one in project.script.lines if one.speaker == line.speaker for take in one.takes}
    return next((track for track in project.tracks if any(clip.media in sounds for clip in track.clips)), None)
