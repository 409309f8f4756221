"""Splitting, joining, trimming, moving and removing clips."""

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from studio.errors import StudioError
from studio.model.edits import (
    ClipMove,
    DeleteClips,
    JoinClips,
    MoveClips,
    PlaceClip,
    SetClipGain,
    SetFades,
    SplitClip,
    SplitRange,
    TrimClip,
)
from studio.model.project import Clip, ClipId, Fade, MediaId, Project, Track, TrackId
from tests.helpers.edits import TIMELINE, clips, medium, projects
from tests.helpers.heard import all_heard

T, U = TrackId("t"), TrackId("u")
A = ClipId("a")


@st.composite
def split_points(draw: st.DrawFn) -> tuple[Project, Clip, int]:
    """A project, one of its clips, and a sample strictly inside it."""
    project = draw(projects())
    wide = [clip for clip in project.clips if clip.length > 1]
    assume(wide)
    clip = draw(st.sampled_from(wide))
    return project, clip, draw(st.integers(clip.start + 1, clip.end - 1))


@given(split_points())
def test_splitting_neither_loses_nor_moves_a_sample(point: tuple[Project, Clip, int]) -> None:
    project, clip, at = point
    split = SplitClip(clip.id, at).apply(project)
    assert all_heard(split, 2 * TIMELINE) == all_heard(project, 2 * TIMELINE)
    assert len(tuple(split.clips)) == len(tuple(project.clips)) + 1
    assert split.clip(clip.id).end == at


@given(split_points())
def test_joining_undoes_a_split(point: tuple[Project, Clip, int]) -> None:
    project, clip, at = point
    split = SplitClip(clip.id, at).apply(project)
    halves = {half.id for half in split.clips} - {other.id for other in project.clips} | {clip.id}
    joined = JoinClips(tuple(halves)).apply(split)

    cut_a_fade = at < clip.start + clip.fade_in.length or at > clip.end - clip.fade_out.length
    if cut_a_fade:  # a fade that was cut is shorter from then on; all else is as it was
        after = joined.clip(clip.id)
        joined = joined.with_clip(replace(after, fade_in=clip.fade_in, fade_out=clip.fade_out))
    assert joined == project


@given(split_points(), st.data())
def test_many_cuts_are_joined_at_once(point: tuple[Project, Clip, int], data: st.DataObject) -> None:
    project, clip, _ = point
    plain = project.with_clip(replace(clip, fade_in=Fade(), fade_out=Fade()))
    before = {other.id for other in plain.clips}
    split = plain
    for at in data.draw(st.lists(st.integers(clip.start, clip.end), max_size=6)):
        for piece in tuple(split.clips):
            if (piece.id == clip.id or piece.id not in before) and piece.start < at < piece.end:
                split = SplitClip(piece.id, at).apply(split)
    pieces = tuple({piece.id for piece in split.clips} - before | {clip.id})
    if len(pieces) > 1:
        assert JoinClips(pieces).apply(split) == plain


def _two(gap: int = 0, skip: int = 0, gain_db: float = 0.0, track: TrackId = T) -> Project:
    project = Project(media=(medium(MediaId("m0")),), tracks=(Track(id=T, name="t"), Track(id=U, name="u")))
    left = Clip(id=A, media=MediaId("m0"), source_start=0, start=0, length=10)
    right = replace(left, id=ClipId("b"), start=10 + gap, source_start=10 + skip, gain_db=gain_db)
    return PlaceClip(track, right).apply(PlaceClip(T, left).apply(project))


@pytest.mark.parametrize(
    ("project", "why"),
    [
        (_two(gap=1), "do not follow"),
        (_two(skip=1), "do not follow"),
        (_two(gain_db=-1), "different volumes"),
        (_two(track=U), "different tracks"),
    ],
)
def test_clips_that_do_not_belong_together_are_not_joined(project: Project, why: str) -> None:
    with pytest.raises(StudioError, match=why):
        JoinClips((A, ClipId("b"))).apply(project)


def test_one_clip_alone_is_not_joined() -> None:
    with pytest.raises(StudioError, match="alone"):
        JoinClips((A, A)).apply(_two())


@given(projects(), st.integers(-100, TIMELINE), st.integers(-100, 2 * TIMELINE), st.data())
def test_trimming_moves_the_ends_and_never_the_sound(
    project: Project, start: int, end: int, data: st.DataObject
) -> None:
    assume(any(project.clips))
    clip = data.draw(st.sampled_from(tuple(project.clips)))
    after = TrimClip(clip.id, start, end).apply(project).clip(clip.id)
    assert after.source_start - after.start == clip.source_start - clip.start
    assert after.start >= 0
    assert after.source_end <= project.medium(clip.media).length
    sound_start, sound_stop = clip.start - clip.source_start, clip.start - clip.source_start + TIMELINE
    if max(0, sound_start) <= start < end <= sound_stop:
        assert (after.start, after.end) == (start, end)


@given(projects(), st.data())
def test_moved_clips_keep_their_sound_and_their_distances(project: Project, data: st.DataObject) -> None:
    assume(any(project.clips))
    chosen = data.draw(st.lists(st.sampled_from(tuple(project.clips)), min_size=1, unique_by=lambda clip: clip.id))
    by = data.draw(st.integers(-TIMELINE, TIMELINE))
    goal = data.draw(st.sampled_from(project.tracks)).id
    after = MoveClips(tuple(ClipMove(clip.id, goal, clip.start + by) for clip in chosen)).apply(project)

    moved = by - min(0, min(clip.start + by for clip in chosen))
    for clip in chosen:
        assert after.clip(clip.id) == replace(clip, start=clip.start + moved)
        assert after.track_of(clip.id).id == goal
    ids = {clip.id for clip in chosen}
    assert [clip for clip in after.clips if clip.id not in ids] == [
        clip for clip in project.clips if clip.id not in ids
    ]


@given(projects(), st.booleans(), st.data())
def test_deleted_clips_are_gone_and_with_ripple_their_time_is_too(
    project: Project, ripple: bool, data: st.DataObject
) -> None:
    assume(any(project.clips))
    gone = data.draw(st.lists(st.sampled_from(tuple(project.clips)), min_size=1, unique_by=lambda clip: clip.id))
    ids = {clip.id for clip in gone}
    after = DeleteClips(tuple(ids), ripple).apply(project)
    for track in project.tracks:
        covered = Counter(at for clip in track.clips if clip.id in ids for at in range(clip.start, clip.end))
        for clip in track.clips:
            if clip.id not in ids:
                closed = sum(1 for at in covered if at < clip.start) if ripple else 0
                assert after.clip(clip.id) == replace(clip, start=clip.start - closed)
    assert {clip.id for clip in after.clips} == {clip.id for clip in project.clips} - ids


@given(projects(), clips(), st.data())
def test_a_placed_clip_never_takes_the_id_of_another(project: Project, clip: Clip, data: st.DataObject) -> None:
    track = data.draw(st.sampled_from(project.tracks)).id
    after = PlaceClip(track, clip).apply(project)
    (new,) = [other for other in after.clips if other not in tuple(project.clips)] or [after.clip(clip.id)]
    assert (new.media, new.source_start, new.start, new.length) == (
        clip.media,
        clip.source_start,
        clip.start,
        clip.length,
    )


def test_fades_that_are_too_long_are_shortened_in_proportion() -> None:
    after = SetFades(A, Fade(length=30), Fade(length=10, shape="linear")).apply(_two()).clip(A)
    assert (after.fade_in.length, after.fade_out) == (7, Fade(length=3, shape="linear"))


@pytest.mark.parametrize("at", [-5, 0, 10, 25])
def test_a_cut_outside_the_clip_is_refused(at: int) -> None:
    with pytest.raises(StudioError, match="outside the clip"):
        SplitClip(A, at).apply(_two())


def test_a_cut_through_nothing_changes_nothing() -> None:
    assert SplitRange((T, U), 10, 10).apply(_two()) == _two()


def test_a_clip_that_is_gone_is_named() -> None:
    with pytest.raises(StudioError) as caught:
        SetClipGain(ClipId("zz"), 1.0).apply(_two())
    assert "zz" in caught.value.explanation.cause


def test_numbers_of_split_halves_count_on_from_the_highest() -> None:
    project = SplitClip(A, 5).apply(_two())
    project = SplitClip(ClipId("a.1"), 7).apply(project)
    assert [clip.id for clip in project.track(T).clips] == ["a", "a.1", "a.2", "b"]
    project = SplitClip(A, 2).apply(DeleteClips((ClipId("a.1"),)).apply(project))
    assert [clip.id for clip in project.track(T).clips] == ["a", "a.3", "a.2", "b"]
