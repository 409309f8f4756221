"""Cutting, copying and pasting, held against what every single sample says."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import StudioError
from studio.model.edits import (
    AddMarker,
    AddMedia,
    AddTrack,
    DeleteRange,
    KeepRange,
    Paste,
    Piece,
    PlaceClip,
    ReplaceRange,
    SplitRange,
    copy_range,
)
from studio.model.project import Clip, ClipId, Fade, Marker, MarkerId, MediaId, Project, Track, TrackId
from tests.helpers.edits import TIMELINE, medium, projects
from tests.helpers.heard import Sample, all_heard

LONG = 4 * TIMELINE
SILENCE: list[Sample] = [Counter()]


@st.composite
def selections(draw: st.DrawFn) -> tuple[Project, tuple[TrackId, ...], int, int]:
    """A project with some of its tracks and a stretch of time selected."""
    project = draw(projects())
    tracks = draw(st.lists(st.sampled_from([track.id for track in project.tracks]), min_size=1, unique=True))
    start = draw(st.integers(0, TIMELINE))
    return project, tuple(tracks), start, draw(st.integers(start + 1, TIMELINE + 50))


@settings(max_examples=50)
@given(selections())
def test_deleting_silences_the_range_and_leaves_every_other_sample(
    selected: tuple[Project, tuple[TrackId, ...], int, int],
) -> None:
    project, tracks, start, stop = selected
    after = all_heard(DeleteRange(tracks, start, stop).apply(project), LONG)
    for track, before in all_heard(project, LONG).items():
        expected = before if track not in tracks else before[:start] + SILENCE * (stop - start) + before[stop:]
        assert after[track] == expected


@settings(max_examples=50)
@given(selections())
def test_deleting_with_ripple_takes_the_samples_out_of_the_list(
    selected: tuple[Project, tuple[TrackId, ...], int, int],
) -> None:
    project, tracks, start, stop = selected
    after = all_heard(DeleteRange(tracks, start, stop, ripple=True).apply(project), LONG)
    for track, before in all_heard(project, LONG).items():
        expected = before if track not in tracks else before[:start] + before[stop:] + SILENCE * (stop - start)
        assert after[track] == expected


@settings(max_examples=50)
@given(selections())
def test_splitting_a_range_changes_no_sample_and_leaves_no_clip_across_its_ends(
    selected: tuple[Project, tuple[TrackId, ...], int, int],
) -> None:
    project, tracks, start, stop = selected
    split = SplitRange(tracks, start, stop).apply(project)
    assert all_heard(split, LONG) == all_heard(project, LONG)
    for track in tracks:
        assert not any(clip.start < at < clip.end for clip in split.track(track).clips for at in (start, stop))


@settings(max_examples=50)
@given(selections())
def test_keeping_a_range_trims_the_clips_that_touch_it_and_no_others(
    selected: tuple[Project, tuple[TrackId, ...], int, int],
) -> None:
    project, tracks, start, stop = selected
    kept = KeepRange(tracks, start, stop).apply(project)
    for track in project.tracks:
        for clip in track.clips:
            after = kept.clip(clip.id)
            if track.id in tracks and clip.start < stop and start < clip.end:
                assert (after.start, after.end) == (max(start, clip.start), min(stop, clip.end))
                assert after.source_start - after.start == clip.source_start - clip.start
            else:
                assert after == clip


@settings(max_examples=50)
@given(selections())
def test_a_piece_holds_the_samples_of_the_range(selected: tuple[Project, tuple[TrackId, ...], int, int]) -> None:
    project, tracks, start, stop = selected
    piece = copy_range(project, tracks, start, stop)
    truth = all_heard(project, LONG)
    for track, lane in zip(tracks, piece.lanes, strict=True):
        alone = all_heard(Project(tracks=(Track(id=track, name="", clips=lane),)), piece.length)
        assert alone[track] == truth[track][start:stop]


@settings(max_examples=50)
@given(selections(), st.booleans())
def test_pasting_back_what_was_cut_gives_every_sample_back(
    selected: tuple[Project, tuple[TrackId, ...], int, int], ripple: bool
) -> None:
    project, tracks, start, stop = selected
    piece = copy_range(project, tracks, start, stop)
    cut = DeleteRange(tracks, start, stop, ripple).apply(project)
    again = Paste(piece, start, ripple, tracks).apply(cut)
    assert all_heard(again, LONG) == all_heard(project, LONG)


@settings(max_examples=50)
@given(selections(), st.integers(0, TIMELINE), st.booleans())
def test_a_pasted_piece_is_heard_where_it_was_put_and_nothing_else_is_lost(
    selected: tuple[Project, tuple[TrackId, ...], int, int], at: int, ripple: bool
) -> None:
    project, tracks, start, stop = selected
    piece = copy_range(project, tracks, start, stop)
    truth = all_heard(project, LONG)
    after = all_heard(Paste(piece, at, ripple, tracks).apply(project), LONG)
    for track in truth:
        before, new = truth[track], truth[track][start:stop]
        if track not in tracks:
            assert after[track] == before
        elif ripple:
            assert after[track] == (before[:at] + new + before[at:])[:LONG]
        else:
            assert after[track] == before[:at] + new + before[at + piece.length :]


@settings(max_examples=50)
@given(selections())
def test_a_render_takes_the_place_of_the_range(selected: tuple[Project, tuple[TrackId, ...], int, int]) -> None:
    project, tracks, start, stop = selected
    rendered = medium(MediaId("mr"), stop - start)
    clip = Clip(id=ClipId("r"), media=rendered.id, source_start=0, start=start, length=stop - start)
    after = ReplaceRange(tracks[0], start, stop, clip).apply(AddMedia(rendered).apply(project))
    before = all_heard(project, LONG)[tracks[0]]
    new: list[Sample] = [Counter([("mr", n, 0.0)]) for n in range(stop - start)]
    assert all_heard(after, LONG)[tracks[0]] == before[:start] + new + before[stop:]


def _one_track() -> Project:
    project = Project(media=(medium(MediaId("m0")),), tracks=(Track(id=TrackId("t"), name="t"),))
    clip = Clip(
        id=ClipId("a"),
        media=MediaId("m0"),
        source_start=0,
        start=100,
        length=100,
        fade_in=Fade(length=10),
        fade_out=Fade(length=20, shape="linear"),
    )
    return PlaceClip(TrackId("t"), clip).apply(project)


def test_a_fade_stays_at_its_end_of_the_clip_and_cuts_have_none() -> None:
    left, right = DeleteRange((TrackId("t"),), 140, 150).apply(_one_track()).clips
    assert (left.id, left.fade_in, left.fade_out) == ("a", Fade(length=10), Fade())
    assert (right.id, right.fade_in, right.fade_out) == ("a.1", Fade(), Fade(length=20, shape="linear"))


def test_a_piece_cut_out_of_the_middle_has_no_fades() -> None:
    ((clip,),) = copy_range(_one_track(), (TrackId("t"),), 130, 150).lanes
    assert (clip.start, clip.length, clip.fade_in.length, clip.fade_out.length) == (0, 20, 0, 0)


def test_lanes_without_a_track_get_new_tracks() -> None:
    piece = Piece(
        length=10, lanes=((), (Clip(id=ClipId("a"), media=MediaId("m0"), source_start=0, start=0, length=9),))
    )
    after = Paste(piece, 50, False, (TrackId("t"),)).apply(_one_track())
    assert [(track.id, len(track.clips)) for track in after.tracks] == [("t", 1), ("t.1", 1)]
    assert after.tracks[1].clips[0].id == "a.1"


def _marked() -> Project:
    project = AddTrack(Track(id=TrackId("u"), name="u")).apply(_one_track())
    for name, start, length in (("in", 30, 0), ("over", 10, 40), ("after", 60, 5), ("before", 5, 0)):
        project = AddMarker(Marker(id=MarkerId(name), start=start, length=length)).apply(project)
    return project


def test_where_time_is_cut_from_every_track_the_markers_move_along() -> None:
    both = (TrackId("t"), TrackId("u"))
    markers = DeleteRange(both, 20, 40, ripple=True).apply(_marked()).markers
    assert {marker.id: (marker.start, marker.length) for marker in markers} == {
        "before": (5, 0),
        "over": (10, 20),
        "after": (40, 5),
    }
    piece = Piece(length=7, lanes=((), ()))
    moved = {marker.id: marker.start for marker in Paste(piece, 30, True, both).apply(_marked()).markers}
    assert moved == {"before": 5, "over": 10, "in": 37, "after": 67}


@pytest.mark.parametrize("ripple", [True, False])
def test_where_only_some_tracks_are_cut_the_markers_stay(ripple: bool) -> None:
    assert DeleteRange((TrackId("t"),), 20, 40, ripple).apply(_marked()).markers == _marked().markers
    both = (TrackId("t"), TrackId("u"))
    assert DeleteRange(both, 20, 40, ripple=False).apply(_marked()).markers == _marked().markers


@pytest.mark.parametrize(("start", "stop"), [(5, 5), (6, 5), (-1, 5)])
def test_an_empty_range_is_refused(start: int, stop: int) -> None:
    with pytest.raises(StudioError, match="No stretch of time"):
        DeleteRange((TrackId("t"),), start, stop).apply(_one_track())
    with pytest.raises(StudioError, match="No stretch of time"):
        copy_range(_one_track(), (TrackId("t"),), start, stop)
