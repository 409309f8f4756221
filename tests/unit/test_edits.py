"""What holds for every edit, whichever it is."""

import typing
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import StudioError
from studio.model.edits import (
    AddLines,
    AddMarker,
    AddMedia,
    AddTrack,
    Edit,
    FindNotes,
    JoinClips,
    Piece,
    PlaceClip,
    Relink,
    RenameProject,
    SetRate,
    SetSpeaker,
    SetTrackGain,
    SetTrackPan,
    SetTuning,
    Several,
)
from studio.model.edits.base import EditBase
from studio.model.project import Clip, ClipId, Marker, MediaId, Project, Track, TrackId
from studio.model.sheet import SungNote
from studio.model.spoken import Line, Speaker, Take
from tests.helpers.edits import (
    CLIP_IDS,
    LINE_IDS,
    MARKER_IDS,
    MEDIA_IDS,
    NOTE_ENDS,
    SPEAKER_IDS,
    STRATEGIES,
    TAKE_IDS,
    TIMELINE,
    TRACK_IDS,
    edits,
    medium,
    projects,
)

EVERY_EDIT = typing.get_args(Edit)


def done(project: Project, edit: Edit) -> Project | None:
    try:
        return edit.apply(project)
    except StudioError:
        return None


def subclasses(cls: type) -> set[type]:
    below: list[type] = cls.__subclasses__()
    return {cls}.union(*map(subclasses, below))


def test_every_edit_has_a_place_in_the_union_and_a_strategy_here() -> None:
    assert subclasses(EditBase) - {EditBase} == set(EVERY_EDIT) == set(STRATEGIES)


@pytest.mark.parametrize("edit", EVERY_EDIT, ids=lambda edit: str(edit.__name__))
def test_every_edit_can_be_done_written_and_read(edit: type) -> None:
    """The strategies are worth something only if each makes possible edits too."""
    possible = 0
    dense = Project(media=tuple(map(medium, MEDIA_IDS)))
    for track, clip in zip(TRACK_IDS[:3], CLIP_IDS, strict=False):
        lane = Clip(id=clip, media=MEDIA_IDS[0], source_start=0, start=0, length=TIMELINE // 2)
        dense = AddTrack(Track(id=track, name="", clips=(lane,))).apply(dense)
    dense = AddMarker(Marker(id=MARKER_IDS[0], start=5)).apply(dense)
    sung = tuple(SungNote(start=start, stop=stop) for start, stop in pairwise(NOTE_ENDS))
    dense = Several("", tuple(FindNotes(media, sung) for media in MEDIA_IDS)).apply(dense)
    take = Take(id=TAKE_IDS[0], media=MEDIA_IDS[0], text="", voice="", voice_name="", engine="basic", seed=0)
    dense = SetSpeaker(Speaker(id=SPEAKER_IDS[1], name="")).apply(dense)
    dense = AddLines((Line(id=LINE_IDS[0], takes=(take,)),), 0).apply(dense)

    @settings(max_examples=60, derandomize=True)
    @given(one=STRATEGIES[edit])
    def check(one: Edit) -> None:
        nonlocal possible
        possible += done(dense, one) is not None
        assert msgspec.json.decode(msgspec.json.encode(one), type=Edit) == one

    check()
    if edit not in (SetRate, JoinClips):  # these need a project without sound, and clips that were just split
        assert possible


@given(project=projects(), edit=edits)
def test_after_any_edit_ids_are_unique_clips_fit_their_sound_and_fades_fit_their_clips(
    project: Project, edit: Edit
) -> None:
    after = done(project, edit)
    if after is None:
        return
    ids = [clip.id for clip in after.clips]
    assert len(set(ids)) == len(ids)
    assert len({track.id for track in after.tracks}) == len(after.tracks)
    assert len({marker.id for marker in after.markers}) == len(after.markers)
    for clip in after.clips:
        assert clip.fade_in.length + clip.fade_out.length <= clip.length
        assert clip.source_end <= after.medium(clip.media).length
    for track in after.tracks:
        starts = [(clip.start, clip.id) for clip in track.clips]
        assert starts == sorted(starts)
    for sheet in after.sheets:
        ends = [end for note in sheet.notes for end in (note.start, note.stop)]
        assert ends == sorted(ends)
        assert all(end <= after.medium(MediaId(sheet.media)).length for end in ends)


@given(project=projects(), edit=edits)
def test_an_edit_is_pure_and_deterministic(project: Project, edit: Edit) -> None:
    before = msgspec.json.encode(project)
    first, second = done(project, edit), done(project, edit)
    assert first == second
    assert msgspec.json.encode(project) == before


@given(project=projects(), edit=edits)
def test_an_edit_of_a_project_read_back_from_disk_gives_the_same_project(project: Project, edit: Edit) -> None:
    read = msgspec.json.decode(msgspec.json.encode(project), type=Project)
    assert done(read, edit) == done(project, edit)


@given(project=projects(), edit=edits)
def test_an_impossible_edit_says_what_was_not_done_why_and_what_to_do(project: Project, edit: Edit) -> None:
    if done(project, edit) is not None:
        return
    with pytest.raises(StudioError) as caught:
        edit.apply(project)
    why = caught.value.explanation
    assert why.code.startswith("edit.")
    assert all((why.title, why.cause, why.remedy))


@given(edit=edits)
def test_every_edit_has_a_label_for_the_menu(edit: Edit) -> None:
    if not isinstance(edit, Several):
        assert edit.label
        assert edit.label[0].isupper()


@given(project=projects(), several=st.lists(edits, max_size=4))
def test_several_edits_are_all_done_or_none(project: Project, several: list[Edit]) -> None:
    one_by_one: Project | None = project
    for edit in several:
        one_by_one = done(one_by_one, edit) if one_by_one is not None else None
    assert done(project, Several("All of it", tuple(several))) == one_by_one


def test_several_edits_are_named_by_what_the_person_did() -> None:
    assert Several("Import 3 files", ()).label == "Import 3 files"


def test_several_drags_are_a_drag() -> None:
    pans = (SetTrackPan(TrackId("t0"), 0.1), SetTrackPan(TrackId("t1"), 0.1))
    assert Several("Pan", pans).gesture
    assert not Several("Pan", (*pans, RenameProject("x"))).gesture
    assert not Several("Nothing", ()).gesture


def test_files_that_are_imported_together_each_get_a_clip_of_their_own() -> None:
    project = Project(media=(medium(MediaId("m0")),), tracks=(Track(id=TrackId("t"), name="t"),))
    clip = Clip(id=project.fresh_clip_id(), media=MediaId("m0"), source_start=0, start=0, length=5)
    placed = Several("Import", tuple(PlaceClip(TrackId("t"), clip) for _ in range(3))).apply(project)
    assert [clip.id for clip in placed.clips] == ["c.1", "c.2", "c.3"]


def test_the_same_sound_imported_twice_is_listed_once() -> None:
    project = AddMedia(medium(MediaId("m0"))).apply(Project())
    assert AddMedia(medium(MediaId("m0"))).apply(project) is project


def test_sound_of_another_rate_is_refused() -> None:
    with pytest.raises(StudioError, match="44100 Hz"):
        AddMedia(medium(MediaId("m0"), rate_hz=44100)).apply(Project(rate_hz=48000))


def test_an_empty_project_adopts_a_rate_and_one_with_sound_keeps_its_own() -> None:
    project = SetRate(44100).apply(Project())
    assert project.rate_hz == 44100
    with pytest.raises(StudioError, match="already has sound"):
        SetRate(48000).apply(AddMedia(medium(MediaId("m0"), rate_hz=44100)).apply(project))


@pytest.mark.parametrize("file", ["../x.wav", "/etc/passwd", "a/../../b", "C:\\x.wav", "..\\x.wav", "\\x", "", "a\0b"])
def test_no_file_of_a_project_lies_outside_its_folder(file: str) -> None:
    project = AddMedia(medium(MediaId("m0"))).apply(Project())
    with pytest.raises(StudioError, match="outside the project"):
        Relink(MediaId("m0"), file).apply(project)
    raw = msgspec.json.encode(project.media[0]).replace(b'"media/m0.wav"', msgspec.json.encode(file))
    with pytest.raises(msgspec.ValidationError, match="outside the project"):
        msgspec.json.decode(raw, type=type(project.media[0]))


@pytest.mark.parametrize("a4_hz", [389.9, 470.1, float("nan"), float("inf"), -440.0])
def test_a_tuning_that_nobody_uses_is_refused(a4_hz: float) -> None:
    with pytest.raises(StudioError, match="between 390 and 470"):
        SetTuning(a4_hz).apply(Project())


@pytest.mark.parametrize("gain_db", [float("nan"), float("inf"), float("-inf")])
def test_a_volume_that_no_file_can_hold_is_refused(gain_db: float) -> None:
    project = Project(tracks=(Track(id=TrackId("t"), name="t"),))
    with pytest.raises(StudioError, match="cannot be kept"):
        SetTrackGain(TrackId("t"), gain_db).apply(project)


def test_a_clip_without_sound_is_refused() -> None:
    project = AddTrack(Track(id=TrackId("t"), name="t")).apply(Project(media=(medium(MediaId("m0"), 10),)))
    for lost in (
        Clip(id=ClipId("a"), media=MediaId("nowhere"), source_start=0, start=0, length=5),
        Clip(id=ClipId("a"), media=MediaId("m0"), source_start=6, start=0, length=5),
    ):
        with pytest.raises(StudioError):
            PlaceClip(TrackId("t"), lost).apply(project)
        with pytest.raises(StudioError):
            AddTrack(Track(id=TrackId("u"), name="u", clips=(lost,))).apply(project)


def test_a_piece_is_no_shorter_than_its_clips() -> None:
    clip = Clip(id=ClipId("a"), media=MediaId("m0"), source_start=0, start=3, length=5)
    with pytest.raises(ValueError, match="not a piece"):
        Piece(length=7, lanes=((clip,),))
