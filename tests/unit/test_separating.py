"""Stems and cleaned sounds as edits: where they land, what falls silent, what belongs together."""

import pytest
from msgspec.structs import replace

from studio.model.edits import ClipMove, MoveClips, SetClipGain, Several
from studio.model.project import Clip, ClipId, Fade, Lineage, Media, MediaId, Project, Track, TrackId
from studio.protocol.jobs import CleanStep
from studio.session import stems
from studio.session.recipes import Recipe
from studio.session.trial import matched

RATE = 48000


def sound(id: str, length: int = 10 * RATE, lineage: Lineage | None = None) -> Media:
    return Media(
        id=MediaId(id), name=id, file=f"media/{id}.wav", rate_hz=RATE, channels=2, length=length, lineage=lineage
    )


def stem(name: str, start: int, length: int, engine: str = "builtin") -> Media:
    settings: dict[str, str | float | int | bool | None] = {"stem": name, "stems": 2, "start": start, "length": length}
    lineage = Lineage(engine=engine, settings=settings, made_from=(MediaId("song"),))
    return sound(f"{engine} {name} {start}", length, lineage)


def pair(start: int = 0, length: int = 4 * RATE, engine: str = "builtin") -> tuple[Media, Media]:
    return stem("vocals", start, length, engine), stem("accompaniment", start, length, engine)


def clip(id: str, start: int, length: int, source_start: int = 0) -> Clip:
    return Clip(id=ClipId(id), media=MediaId("song"), source_start=source_start, start=start, length=length, name=id)


def song(*clips: Clip) -> Project:
    """Three tracks, the song on the middle one, 3 dB down and to the left."""
    return Project(
        rate_hz=RATE,
        media=(sound("song"),),
        tracks=(
            Track(id=TrackId("above"), name="Above"),
            Track(id=TrackId("song"), name="Song", clips=clips, gain_db=-3.0, pan=-0.5),
            Track(id=TrackId("below"), name="Below"),
        ),
    )


def names(project: Project) -> list[str]:
    return [track.name for track in project.tracks]


def test_stems_land_right_below_their_source_at_its_place_and_the_source_falls_silent() -> None:
    project = song(clip("a", RATE, 4 * RATE, 2 * RATE))
    (piece,) = stems.pieces(project, [ClipId("a")])
    edit, tracks = stems.landed(project, piece, pair(2 * RATE), "built-in")
    after = edit.apply(project)

    assert names(after) == ["Above", "Song", "Vocals, built-in", "Accompaniment, built-in", "Below"]
    assert after.track(TrackId("song")).muted
    for track in map(after.track, tracks):
        (made,) = track.clips
        assert (made.start, made.length, made.source_start) == (RATE, 4 * RATE, 0)
        assert (track.gain_db, track.pan, track.muted) == (-3.0, -0.5, False)
    assert after.track(tracks[0]).colour != after.track(tracks[1]).colour


def test_all_of_it_is_one_step() -> None:
    project = song(clip("a", 0, 4 * RATE))
    (piece,) = stems.pieces(project, [ClipId("a")])
    edit, _tracks = stems.landed(project, piece, pair(), "built-in")
    assert isinstance(edit, Several)
    assert edit.label == "Separate a"


def test_volume_and_fades_of_the_source_hold_for_each_stem() -> None:
    whole = replace(clip("a", 0, 4 * RATE), gain_db=-6.0, fade_in=Fade(length=RATE), fade_out=Fade(length=RATE))
    project = song(whole)
    (piece,) = stems.pieces(project, [ClipId("a")])
    edit, tracks = stems.landed(project, piece, pair(), "built-in")
    after = edit.apply(project)
    for track in tracks:
        (made,) = after.track(track).clips
        assert (made.gain_db, made.fade_in, made.fade_out) == (-6.0, whole.fade_in, whole.fade_out)


def test_a_volume_that_was_changed_meanwhile_counts() -> None:
    project = song(clip("a", 0, 4 * RATE))
    (piece,) = stems.pieces(project, [ClipId("a")])
    project = SetClipGain(ClipId("a"), -9.0).apply(project)
    edit, tracks = stems.landed(project, piece, pair(), "built-in")
    assert [edit.apply(project).track(track).clips[0].gain_db for track in tracks] == [-9.0, -9.0]


def test_what_else_lies_on_the_track_goes_on_sounding() -> None:
    project = song(clip("a", 0, 4 * RATE), clip("b", 5 * RATE, 2 * RATE, 5 * RATE))
    (piece,) = stems.pieces(project, [ClipId("a")])
    edit, _tracks = stems.landed(project, piece, pair(), "built-in")
    after = edit.apply(project)

    assert names(after) == ["Above", "Song", "Song, source", "Vocals, built-in", "Accompaniment, built-in", "Below"]
    assert not after.track(TrackId("song")).muted
    assert [left.id for left in after.track(TrackId("song")).clips] == ["b"]
    silent = after.tracks[2]
    assert silent.muted
    assert [(one.start, one.length, one.media) for one in silent.clips] == [(0, 4 * RATE, "song")]


def test_of_a_selected_stretch_only_that_falls_silent() -> None:
    project = song(clip("a", 0, 9 * RATE))
    (piece,) = stems.pieces(project, [ClipId("a")], (2 * RATE, 5 * RATE))
    edit, tracks = stems.landed(project, piece, pair(2 * RATE, 3 * RATE), "built-in")
    after = edit.apply(project)

    left = after.track(TrackId("song")).clips
    assert [(one.start, one.end, one.source_start) for one in left] == [
        (0, 2 * RATE, 0),
        (5 * RATE, 9 * RATE, 5 * RATE),
    ]
    assert [after.track(track).clips[0].start for track in tracks] == [2 * RATE, 2 * RATE]


def test_stems_follow_a_clip_that_was_moved_while_they_were_made() -> None:
    project = song(clip("a", 0, 4 * RATE))
    (piece,) = stems.pieces(project, [ClipId("a")])
    moved = MoveClips((ClipMove(clip=ClipId("a"), track=TrackId("song"), start=3 * RATE),)).apply(project)
    edit, tracks = stems.landed(moved, piece, pair(), "built-in")
    assert [edit.apply(moved).track(track).clips[0].start for track in tracks] == [3 * RATE, 3 * RATE]


def test_stems_of_a_clip_that_is_gone_land_where_it_was() -> None:
    project = song(clip("a", RATE, 4 * RATE))
    (piece,) = stems.pieces(project, [ClipId("a")])
    gone = replace(project, tracks=())
    edit, tracks = stems.landed(gone, piece, pair(), "built-in")
    after = edit.apply(gone)
    assert names(after) == ["Vocals, built-in", "Accompaniment, built-in"]
    assert [after.track(track).clips[0].start for track in tracks] == [RATE, RATE]


def test_two_silent_stems_with_one_sound_are_both_there() -> None:
    project = song(clip("a", 0, 4 * RATE))
    (piece,) = stems.pieces(project, [ClipId("a")])
    vocals, _ = pair()
    edit, tracks = stems.landed(project, piece, (vocals, vocals), "built-in")
    after = edit.apply(project)
    assert [after.track(track).name for track in tracks] == ["Vocals, built-in", "Accompaniment, built-in"]
    assert len(after.media) == 2


def separated(engine: str = "builtin") -> Project:
    project = song(clip("a", 0, 4 * RATE))
    (piece,) = stems.pieces(project, [ClipId("a")])
    return stems.landed(project, piece, pair(engine=engine), engine)[0].apply(project)


def test_the_stems_of_one_separation_belong_together() -> None:
    project = separated()
    (piece,) = stems.pieces(project, [ClipId("a")])
    project = stems.landed(project, piece, pair(engine="demucs"), "demucs")[0].apply(project)
    groups = stems.groups_from(project, MediaId("song"))

    assert [group.lineage.engine for group in groups] == ["demucs", "builtin"]
    assert [len(group.tracks) for group in groups] == [2, 2]
    assert stems.group_of(project, TrackId("song")) is None
    assert stems.group_of(project, groups[1].tracks[1]) == groups[1]


def test_either_the_source_is_heard_or_its_stems() -> None:
    project = separated()
    (group,) = stems.groups_from(project, MediaId("song"))

    def heard(now: Project) -> list[str]:
        return [track.name for track in now.tracks if track.clips and not track.muted]

    source = stems.heard_from(project, group, source=True).apply(project)
    assert heard(source) == ["Song"]
    assert heard(stems.heard_from(source, group, source=False).apply(source)) == heard(project)
    assert heard(project) == ["Vocals, builtin", "Accompaniment, builtin"]


def test_a_lineage_says_how_to_make_the_stems_again() -> None:
    (group,) = stems.groups_from(separated(), MediaId("song"))
    assert stems.recipe_of(group) == Recipe(engine="builtin", stems=2)
    settings = {**group.lineage.settings, "chain": "mix:room:0.5 vocals:rnnoise:1", "shifts": 2}
    cleaned = stems.recipe_of(replace(group, lineage=replace(group.lineage, settings=settings)))
    assert cleaned.chain == (CleanStep(engine="room", strength=0.5), CleanStep(engine="rnnoise", stem="vocals"))
    assert cleaned.settings == {"shifts": 2}


def test_a_cleaned_sound_takes_the_place_of_its_source() -> None:
    project = song(replace(clip("a", RATE, 4 * RATE, 2 * RATE), gain_db=-2.0))
    (piece,) = stems.pieces(project, [ClipId("a")])
    edit, made = stems.cleaned(project, piece, sound("clean", 4 * RATE), "Remove noise")
    after = edit.apply(project)

    (one,) = after.track(TrackId("song")).clips
    assert made == one.id
    assert (one.media, one.start, one.length, one.source_start, one.gain_db) == ("clean", RATE, 4 * RATE, 0, -2.0)


def test_a_cleaned_stretch_leaves_what_lies_beside_it() -> None:
    project = song(clip("a", 0, 9 * RATE))
    (piece,) = stems.pieces(project, [ClipId("a")], (2 * RATE, 5 * RATE))
    edit, _made = stems.cleaned(project, piece, sound("clean", 3 * RATE), "Remove noise")
    after = edit.apply(project)
    assert [(one.media, one.start, one.end) for one in after.track(TrackId("song")).clips] == [
        ("song", 0, 2 * RATE),
        ("clean", 2 * RATE, 5 * RATE),
        ("song", 5 * RATE, 9 * RATE),
    ]


def test_what_is_compared_is_as_loud_as_the_quietest_that_is_not_silent() -> None:
    assert list(matched([0.2, 0.1, 0.0])) == pytest.approx([-6.02, 0.0, 0.0], abs=0.01)
    assert matched([0.0, 0.0]) == (0.0, 0.0)
