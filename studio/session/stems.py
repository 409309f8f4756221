"""Where stems and cleaned sounds come to lie in a project, and which tracks belong together. Pure."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from studio.model.edits import AddMedia, AddTrack, DeleteClips, Edit, PlaceClip, SetTrackMute, SetTrackSolo, Several
from studio.model.edits.base import part
from studio.model.project import Clip, ClipId, Lineage, Media, MediaId, Project, Track, TrackId
from studio.protocol.jobs import CleanStep
from studio.session.placing import new_clip_id, new_track_id
from studio.session.recipes import Recipe

COLOUR_OF: Final = {
    "vocals": 0,
    "voice": 0,
    "drums": 1,
    "guitar": 2,
    "bass": 3,
    "accompaniment": 4,
    "other": 5,
    "piano": 6,
}
"""Each stem has the same colour in every song."""

NAMES: Final[dict[int, tuple[str, ...]]] = {
    2: ("vocals", "accompaniment"),
    4: ("vocals", "drums", "bass", "other"),
    6: ("vocals", "drums", "bass", "guitar", "piano", "other"),
}
"""What stems are called where there are so many, in the order in which every engine makes them."""

_NOT_THE_ENGINES: Final = frozenset({"stem", "stems", "start", "length", "chain", "keep"})
"""What a lineage says of the job itself; the rest was chosen for the engine."""


class Piece(Struct, frozen=True):
    """A clip, or a stretch of one, as it lay on its track when work on it was asked for."""

    clip: Clip
    track: TrackId

    @property
    def name(self) -> str:
        """What the clip is called."""
        return self.clip.name


def pieces(project: Project, clips: Sequence[ClipId], span: tuple[int, int] | None = None) -> tuple[Piece, ...]:
    """The clips, cut to what lies of them between two timeline samples where `span` is given."""
    found = []
    for chosen in clips:
        clip = project.clip(chosen)
        named = replace(clip, name=clip.name or project.medium(clip.media).name)
        start, stop = span or (clip.start, clip.end)
        if start < clip.end and clip.start < stop:
            found.append(Piece(part(named, start, stop), project.track_of(chosen).id))
    return tuple(found)


def stretch_to_try(piece: Piece, at: int, length: int) -> Piece:
    """A stretch of a piece from timeline sample `at` on, moved to the left where the piece ends before."""
    clip = piece.clip
    start = max(clip.start, min(at if clip.start <= at < clip.end else clip.start, clip.end - length))
    return Piece(part(clip, start, min(clip.end, start + length)), piece.track)


def stem_of(media: Media) -> str:
    """Which stem a sound is, "vocals" for instance; "" for a sound that is none."""
    stem = media.lineage.settings.get("stem") if media.lineage is not None else None
    return stem if isinstance(stem, str) else ""


def names_of(made: Sequence[Media]) -> tuple[str, ...]:
    """What each of some stems is called; those with the same samples are one medium, and differ by their place."""
    said = [stem_of(media) or media.name for media in made]
    if len(set(said)) < len(said):
        return NAMES.get(len(made), tuple(f"stem {number + 1}" for number in range(len(made))))
    return tuple(said)


def stem_title(stem: str) -> str:
    """A stem as a word on the screen."""
    return f"{stem[:1].upper()}{stem[1:]}"


class Lane(Struct, frozen=True, kw_only=True):
    """A sound that is to lie on a track of its own below its source: what the track and the clip are called."""

    media: Media
    name: str
    clip: str
    colour: int
    muted: bool = False


def landed(project: Project, piece: Piece, stems: Sequence[Media], engine: str) -> tuple[Several, tuple[TrackId, ...]]:
    """One edit that puts stems as tracks right below their source, at its place; and the ids of those tracks."""
    lanes = [
        Lane(
            media=media,
            name=f"{stem_title(stem)}, {engine}",
            clip=f"{piece.name}, {stem}",
            colour=COLOUR_OF.get(stem, place % 8),
        )
        for place, (media, stem) in enumerate(zip(stems, names_of(stems), strict=True))
    ]
    return laid_below(project, piece, lanes, f"Separate {piece.name}")


def laid_below(
    project: Project, piece: Piece, lanes: Sequence[Lane], label: str
) -> tuple[Several, tuple[TrackId, ...]]:
    """One edit that puts sounds as tracks right below their source, at its place; and the ids of those tracks.

    What is heard does not double: the source is silent afterwards. Where more lies on its track than the sounds were
    made from, only that part goes to a silent track of its own. Volume, fades, place and solo of the source hold for
    each of them, so that stems sound together as the source did.
    """
    edits: list[Edit] = _new_media(project, [replace(lane.media, name=lane.clip) for lane in lanes])
    source = next((track for track in project.tracks if track.id == piece.track), None)
    now = _where_now(source, piece)
    index = len(project.tracks) if source is None else project.tracks.index(source) + 1
    if source is not None and now is not None:
        silent, kept = _silenced(source, now, index)
        edits += silent
        index += kept
    like = source or Track(id=piece.track, name="")
    place = now or piece.clip
    tracks = []
    for offset, lane in enumerate(lanes):
        clip = replace(
            place, id=new_clip_id(), media=lane.media.id, source_start=0, name=lane.clip, length=place.length
        )
        track = Track(
            id=new_track_id(),
            name=lane.name,
            clips=(clip,),
            gain_db=like.gain_db,
            pan=like.pan,
            muted=lane.muted,
            soloed=like.soloed and not lane.muted,
            colour=lane.colour,
        )
        edits.append(AddTrack(track=track, index=index + offset))
        tracks.append(track.id)
    return Several(label_text=label, edits=tuple(edits)), tuple(tracks)


def cleaned(project: Project, piece: Piece, media: Media, label: str) -> tuple[Several, ClipId | None]:
    """One edit that puts a cleaned sound in the place of its source, and the id of its clip.

    A clip that is gone meanwhile gets no successor: then only the sound is listed.
    """
    edits: list[Edit] = _new_media(project, [media])
    source = next((track for track in project.tracks if track.id == piece.track), None)
    now = _where_now(source, piece)
    if source is None or now is None:
        return Several(label_text=label, edits=tuple(edits)), None
    clip = replace(now, id=new_clip_id(), media=media.id, source_start=0)
    edits += _taken_out(source, now)
    edits.append(PlaceClip(track=source.id, clip=clip))
    return Several(label_text=label, edits=tuple(edits)), clip.id


class Group(Struct, frozen=True):
    """The tracks on which the stems of one separation lie, and the sound from which they were made."""

    tracks: tuple[TrackId, ...]
    source: MediaId
    lineage: Lineage


def group_of(project: Project, track: TrackId) -> Group | None:
    """The stems that belong together with what lies on a track; None where that is no stem."""
    by_id = {media.id: media for media in project.media}

    def lineage(one: Track) -> Lineage | None:
        media = by_id.get(one.clips[0].media) if one.clips else None
        return media.lineage if media is not None and stem_of(media) else None

    wanted = lineage(project.track(track))
    if wanted is None or not wanted.made_from:
        return None
    same = tuple(one.id for one in project.tracks if _is_kin(lineage(one), wanted))
    return Group(same, wanted.made_from[0], _of_all(wanted))


def groups_from(project: Project, media: MediaId) -> tuple[Group, ...]:
    """Every group of stems that was made from a sound, in the order of their tracks."""
    found: list[Group] = []
    for track in project.tracks:
        if not any(track.id in group.tracks for group in found):
            group = group_of(project, track.id)
            if group is not None and group.source == media:
                found.append(group)
    return tuple(found)


def sources_of(project: Project, group: Group) -> tuple[TrackId, ...]:
    """The tracks on which the source of a group lies."""
    return tuple(track.id for track in project.tracks if any(clip.media == group.source for clip in track.clips))


def heard_from(project: Project, group: Group, *, source: bool) -> Several:
    """One edit after which either the source is heard or its stems, never both."""
    edits: list[Edit] = [
        SetTrackMute(track=track.id, muted=(track.id in group.tracks) == source)
        for track in project.tracks
        if track.id in group.tracks or track.id in sources_of(project, group)
    ]
    return Several(label_text="Hear the source" if source else "Hear the stems", edits=tuple(edits))


def _is_kin(one: Lineage | None, other: Lineage) -> bool:
    return one is not None and one.made_from == other.made_from and _of_all(one) == _of_all(other)


def _of_all(lineage: Lineage) -> Lineage:
    """What all stems of one separation have in common."""
    return replace(lineage, settings={key: value for key, value in lineage.settings.items() if key != "stem"})


def _new_media(project: Project, media: Sequence[Media]) -> list[Edit]:
    known = {one.id for one in project.media}
    return [AddMedia(media=one) for one in {one.id: one for one in media}.values() if one.id not in known]


def _where_now(track: Track | None, piece: Piece) -> Clip | None:
    """The piece as it lies now, wherever its clip was moved; None where its sound is not there any more."""
    clip = next((one for one in track.clips if one.id == piece.clip.id), None) if track is not None else None
    if clip is None or clip.media != piece.clip.media:
        return None
    start = clip.start + piece.clip.source_start - clip.source_start
    if piece.clip.source_start < clip.source_start or piece.clip.source_end > clip.source_end:
        return None
    return part(clip, start, start + piece.clip.length)


def _silenced(track: Track, piece: Clip, index: int) -> tuple[list[Edit], int]:
    """The edits that silence a piece, and how many tracks they add at `index`."""
    solo: list[Edit] = [SetTrackSolo(track=track.id, soloed=False)] if track.soloed else []
    if len(track.clips) == 1 and track.clips[0].length == piece.length:
        return [*solo, SetTrackMute(track=track.id, muted=True)], 0
    silent = replace(track, id=new_track_id(), name=f"{track.name}, source", clips=(), muted=True, soloed=False)
    own = replace(piece, id=new_clip_id())
    return [*_taken_out(track, piece), AddTrack(track=replace(silent, clips=(own,)), index=index)], 1


def _taken_out(track: Track, piece: Clip) -> list[Edit]:
    """The edits that leave of a clip what lies before and after a piece of it."""
    whole = next(clip for clip in track.clips if clip.id == piece.id)
    edits: list[Edit] = [DeleteClips(clips=(whole.id,))]
    if whole.start < piece.start:
        edits.append(PlaceClip(track=track.id, clip=part(whole, whole.start, piece.start)))
    if piece.end < whole.end:
        right = part(whole, piece.end, whole.end)
        edits.append(PlaceClip(track=track.id, clip=replace(right, id=new_clip_id())))
    return edits


def is_sung_again(group: Group) -> bool:
    """Whether these were sung in another voice, and not only taken apart."""
    return "voice" in group.lineage.settings


def source_piece(project: Project, group: Group) -> Piece:
    """The sound that a group was made from, where it lies on the timeline or, failing that, where the group does."""
    settings = group.lineage.settings
    start, length = settings.get("start", 0), settings.get("length", 0)
    first = int(start) if isinstance(start, int | float) else 0
    last = first + (int(length) if isinstance(length, int | float) else 0)
    for clip in project.clips:
        if clip.media == group.source and clip.source_start <= first and last <= clip.source_end:
            at = clip.start + first - clip.source_start
            (piece,) = pieces(project, (clip.id,), (at, at + max(1, last - first)))
            return piece
    stem = project.track(group.tracks[0]).clips[0]
    media = project.medium(group.source)
    clip = Clip(
        id=stem.id,
        media=media.id,
        source_start=first,
        start=stem.start,
        length=max(1, last - first),
        name=media.name,
    )
    return Piece(clip, group.tracks[-1])


def recipe_of(group: Group) -> Recipe:
    """How stems were made, ready to be done again."""
    settings = group.lineage.settings
    count = settings.get("stems")
    own = {key: value for key, value in settings.items() if key not in _NOT_THE_ENGINES}
    return Recipe(
        engine=group.lineage.engine,
        stems=count if isinstance(count, int) else 2,
        settings=own,
        chain=_chain(str(settings.get("chain") or "")),
        keep=tuple(str(settings.get("keep") or "").split()),
    )


def _chain(written: str) -> tuple[CleanStep, ...]:
    """The cleaning that a lineage tells of: "vocals:rnnoise:0.8 mix:room:1"."""
    steps = []
    for step in written.split():
        stem, engine, strength = step.split(":")
        steps.append(CleanStep(engine=engine, strength=float(strength), stem="" if stem == "mix" else stem))
    return tuple(steps)
