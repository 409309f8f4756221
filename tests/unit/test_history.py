"""Undo and redo of anything, in any order."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from studio.errors import StudioError
from studio.model import history as history_module
from studio.model.edits import (
    AddMarker,
    AddTrack,
    Edit,
    JoinClips,
    PlaceClip,
    RenameProject,
    SetNotes,
    SetTrackGain,
    SplitRange,
    TrimClip,
)
from studio.model.history import History
from studio.model.project import Clip, ClipId, Marker, MarkerId, MediaId, Project, Track, TrackId
from tests.helpers.edits import edits, medium, projects

T = TrackId("t")
BEGIN = History(base=Project(tracks=(Track(id=T, name="t"),)))


class UndoMachine(RuleBasedStateMachine):
    """Any edits, undos, redos and jumps, beside a plain list of all projects that were seen."""

    @initialize(project=projects())
    def begin(self, project: Project) -> None:
        self.history = History(base=project)
        self.seen = [project]
        self.position = 0

    @rule(edit=edits)
    def do(self, edit: Edit) -> None:
        try:
            after = edit.apply(self.seen[self.position])
        except StudioError:
            with pytest.raises(StudioError):
                self.history.do(edit)
            return
        self.history = self.history.do(edit).end_gesture()
        if after != self.seen[self.position]:
            self.seen = [*self.seen[: self.position + 1], after]
            self.position += 1

    @rule(data=st.data())
    def split_and_join(self, data: st.DataObject) -> None:
        """Possible joins are rare among random edits."""
        wide = [clip for clip in self.history.project.clips if clip.length > 1]
        if wide:
            clip = data.draw(st.sampled_from(wide))
            track, at = self.history.project.track_of(clip.id), data.draw(st.integers(clip.start + 1, clip.end - 1))
            self.do(SplitRange((track.id,), at, at))
            pieces = [piece for piece in self.history.project.track(track.id).clips if at in (piece.start, piece.end)]
            self.do(JoinClips(tuple(piece.id for piece in pieces)))

    @rule()
    def undo(self) -> None:
        self.history = self.history.undo()
        self.position = max(0, self.position - 1)

    @rule()
    def redo(self) -> None:
        self.history = self.history.redo()
        self.position = min(len(self.seen) - 1, self.position + 1)

    @rule(position=st.integers(-2, 40))
    def go_to(self, position: int) -> None:
        self.history = self.history.go_to(position)
        self.position = max(0, min(position, len(self.seen) - 1))

    @invariant()
    def is_the_project_that_was_seen_there(self) -> None:
        assert self.history.project == self.seen[self.position]
        assert len(self.history.labels) == len(self.seen) - 1
        assert bool(self.history.undo_label or self.position == 0)

    def teardown(self) -> None:
        if hasattr(self, "seen"):
            assert [self.history.go_to(n).project for n in range(len(self.seen))] == self.seen


TestUndo = UndoMachine.TestCase
TestUndo.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@given(st.lists(st.floats(-60, 12), min_size=1, max_size=8))
def test_a_drag_is_one_step_and_undo_goes_back_before_it(gains: list[float]) -> None:
    history = BEGIN
    for gain_db in gains:
        history = history.do(SetTrackGain(T, gain_db))
    assert history.project.track(T).gain_db == gains[-1]
    assert len(history.steps) == (gains[-1] != 0.0)
    assert history.undo().project == BEGIN.project


def test_a_drag_ends_when_the_mouse_is_released() -> None:
    history = BEGIN.do(SetTrackGain(T, -1)).end_gesture().do(SetTrackGain(T, -2))
    assert history.labels == ("Change track volume", "Change track volume")
    assert history.undo().project.track(T).gain_db == -1


def test_another_edit_or_an_undo_ends_a_drag_too() -> None:
    assert len(BEGIN.do(SetTrackGain(T, -1)).do(RenameProject("x")).do(SetTrackGain(T, -2)).steps) == 3
    again = BEGIN.do(SetTrackGain(T, -1)).undo().redo().do(SetTrackGain(T, -2))
    assert len(again.steps) == 2


def test_a_drag_there_and_back_again_leaves_no_step_and_loses_nothing() -> None:
    project = Project(media=(medium(MediaId("m0")),), tracks=(Track(id=T, name="t"),))
    clip = Clip(id=ClipId("a"), media=MediaId("m0"), source_start=0, start=0, length=100)
    history = History(base=PlaceClip(T, clip).apply(project))
    short = history.do(TrimClip(ClipId("a"), 0, 5))
    assert short.do(TrimClip(ClipId("a"), 0, 50)).project.clip(ClipId("a")) == replace(clip, length=50)
    assert short.do(TrimClip(ClipId("a"), 0, 100)) == history


def test_an_edit_that_changes_nothing_is_no_step_and_keeps_what_could_be_redone() -> None:
    history = BEGIN.do(SetNotes("a")).end_gesture().do(RenameProject("b")).undo()
    assert history.do(SetNotes("a")) is history
    assert history.redo_label == "Rename project"


def test_a_new_edit_forgets_what_was_undone() -> None:
    history = BEGIN.do(RenameProject("a")).do(RenameProject("b")).undo().do(RenameProject("c"))
    assert history.redo_label == ""
    assert [history.go_to(n).project.name for n in range(3)] == ["Untitled", "a", "c"]


def test_nothing_to_undo_or_redo_is_no_error() -> None:
    assert BEGIN.undo() == BEGIN.redo() == BEGIN
    assert (BEGIN.undo_label, BEGIN.redo_label) == ("", "")


def test_the_oldest_steps_become_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "KEPT_STEPS", 3)
    history = BEGIN
    for name in "abcde":
        history = history.do(RenameProject(name))
    assert (len(history.steps), history.position, history.base.name) == (3, 3, "b")
    assert history.go_to(0).project.name == "b"
    assert history.project.name == "e"


def test_what_an_edit_leaves_alone_is_shared_not_copied() -> None:
    history = BEGIN.do(AddTrack(Track(id=TrackId("u"), name="u")))
    after = history.do(SetTrackGain(TrackId("u"), -3))
    assert after.project.tracks[0] is history.project.tracks[0]
    assert after.project.media is history.project.media


def test_ten_thousand_edits_of_a_hundred_clips_stay_fast() -> None:
    project = Project(media=(medium(MediaId("m0"), 48000),), tracks=(Track(id=T, name="t"),))
    clip = Clip(id=ClipId("c"), media=MediaId("m0"), source_start=0, start=0, length=10_000)
    project = PlaceClip(T, clip).apply(project)
    for n in range(1, 100):
        project = SplitRange((T,), n * 100, n * 100).apply(project)
    assert len(tuple(project.clips)) == 100

    history = History(base=project)
    begin = time.process_time()
    for n in range(10_000):
        history = history.do(AddMarker(Marker(id=MarkerId("k"), start=n)) if n == 0 else SetTrackGain(T, n % 50))
        history = history.end_gesture()
    each_ms = (time.process_time() - begin) / 10_000 * 1000
    assert len(history.steps) == 10_000
    assert each_ms < 1.0
