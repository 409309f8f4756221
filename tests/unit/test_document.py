"""The open project: signals, gestures, undo, folders, and what happens when the disk does not play along."""

import errno
import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from studio import paths
from studio.errors import Explanation, StudioError
from studio.media.disk import Disk
from studio.media.store import ProjectStore
from studio.media.takes import TakeHeader, TakeWriter
from studio.model.edits import AddMedia, AddTrack, PlaceClip, RenameProject, SetNotes, SetTrackGain, SplitRange
from studio.model.history import History
from studio.model.project import Clip, ClipId, Project, Track, TrackId
from studio.session.document import Document
from studio.session.saving import Saving
from tests.helpers.projects_on_disk import closed, medium_at, write_tone

T = TrackId("t")
ADD = AddTrack(Track(id=T, name="Voice"))


class DiskBelow(Disk):
    """Full below one folder for as long as it is told so; good everywhere else."""

    def __init__(self) -> None:
        self.full_below: Path | None = None
        self._paths: dict[int, Path] = {}

    def open(self, path: Path, *, empty: bool) -> int:
        file = super().open(path, empty=empty)
        self._paths[file] = path
        return file

    def write(self, file: int, data: bytes, offset: int) -> None:
        if self.full_below is not None and self._paths[file].is_relative_to(self.full_below):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().write(file, data, offset)


@pytest.fixture(autouse=True)
def _nothing_left_to_others() -> Iterator[None]:
    """A document that a test leaves in a cycle is collected here: its timer must not end on a saving thread."""
    yield
    gc.collect()


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    document = Document()
    document.new_untitled()
    return document


def on_disk(folder: Path) -> History:
    opened = ProjectStore.open(folder)
    opened.store.close()
    return opened.history


def is_saved(document: Document) -> bool:
    return document.not_saved is None


def test_an_untitled_project_is_on_the_disk_from_its_first_moment(document: Document) -> None:
    assert document.is_untitled
    assert document.folder.parent == paths.untitled()
    assert on_disk(document.folder).project == document.project
    document.close()


def test_every_edit_says_what_changed_and_reaches_the_disk(document: Document, qtbot: QtBot) -> None:
    changed: list[Project] = []
    document.changed.connect(changed.append)
    with qtbot.waitSignals([document.changed, document.history_changed, document.saved]):
        document.do(ADD)
    assert changed == [document.project]
    assert document.undo_label == "Add track"
    assert document.flush()
    assert on_disk(document.folder) == closed(document.history)
    document.close()


def test_undo_and_redo_walk_through_the_history_and_survive_reopening(document: Document) -> None:
    folder = document.folder
    document.do(ADD)
    document.do(RenameProject("Song"))
    document.do(SetNotes("words"))
    document.undo()
    document.undo()
    assert (document.undo_label, document.redo_label, document.position) == ("Add track", "Rename project", 1)
    document.close()

    document.open(folder)
    assert document.history_labels == ("Add track", "Rename project", "Edit notes")
    assert document.position == 1
    document.redo()
    document.go_to(99)
    assert (document.project.name, document.project.notes) == ("Song", "words")
    document.go_to(0)
    assert document.project.tracks == ()
    assert document.undo_label == ""
    document.close()


def test_a_drag_is_one_step_also_on_the_disk(document: Document) -> None:
    document.do(ADD)
    for gain in range(50):
        document.do(SetTrackGain(T, -float(gain)))
    document.end_gesture()
    document.do(SetTrackGain(T, 3.0))
    assert document.history_labels == ("Add track", "Change track volume", "Change track volume")
    document.flush()
    assert on_disk(document.folder) == closed(document.history)
    document.undo()
    assert document.project.track(T).gain_db == -49.0
    document.close()


def test_an_impossible_edit_raises_and_changes_nothing(document: Document, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(document.changed), pytest.raises(StudioError):
        document.do(SetTrackGain(TrackId("nobody"), 0.0))
    with qtbot.assertNotEmitted(document.changed), pytest.raises(StudioError, match="characters"):
        document.do(SetNotes("caf\udce9"))
    assert document.history_labels == ()
    document.close()


def test_an_untitled_project_in_which_nothing_was_done_leaves_nothing_behind(document: Document) -> None:
    document.close()
    assert list(paths.untitled().iterdir()) == []


def test_an_untitled_project_with_work_or_a_take_in_it_stays(document: Document) -> None:
    document.do(ADD)
    document.close()
    document.new_untitled()
    write_tone(document.folder / "takes" / "one" / "000.wav")
    document.close()
    assert len(list(paths.untitled().iterdir())) == 2


def test_save_as_moves_an_untitled_project_with_its_sound_and_its_undo(document: Document, tmp_path: Path) -> None:
    old, new = document.folder, tmp_path / "Meine Lieder" / "Сон"
    write_tone(old / "media" / "tone.wav")
    write_tone(old / "takes" / "one" / "000.wav")
    document.do(AddMedia(medium_at(old, "media/tone.wav")))
    document.do(ADD)
    document.save_as(new)
    assert (document.folder, document.is_untitled, document.project.name) == (new, False, "Сон")
    assert (new / "media" / "tone.wav").is_file()
    assert (new / "takes" / "one" / "000.wav").is_file()
    assert not old.exists()
    document.go_to(0)
    document.redo()
    document.close()
    document.open(new)
    assert document.history_labels == ("Import", "Add track", "Rename project")
    assert document.position == 1
    document.close()


def test_save_as_leaves_a_project_that_has_a_place_as_it_was(document: Document, tmp_path: Path) -> None:
    document.do(ADD)
    document.save_as(tmp_path / "one")
    document.save_as(tmp_path / "two")
    document.do(SetNotes("only in two"))
    document.close()
    assert on_disk(tmp_path / "one").project.notes == ""
    assert on_disk(tmp_path / "two").project.notes == "only in two"


def test_save_as_never_goes_where_something_is(document: Document, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter.txt").write_text("dear")
    with pytest.raises(StudioError, match="already"):
        document.save_as(tmp_path / "taken")
    assert document.is_untitled
    document.do(ADD)
    assert document.close()
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["letter.txt"]


def test_to_another_drive_sound_is_copied_while_the_window_goes_on(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file system stands in for two: second names are refused, as between drives."""

    def refuse(_disk: Disk, _old: Path, _new: Path) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(Disk, "link", refuse)
    monkeypatch.setattr("studio.session.document.takes_long", lambda _old, _new: True)
    write_tone(document.folder / "media" / "tone.wav")
    whole = (document.folder / "media" / "tone.wav").read_bytes()
    QTimer.singleShot(0, lambda: document.do(ADD))
    document.save_as(tmp_path / "other drive")
    assert document.project.track(T).name == "Voice"
    assert (tmp_path / "other drive" / "media" / "tone.wav").read_bytes() == whole
    assert document.close()
    assert on_disk(tmp_path / "other drive").labels == ("Add track", "Rename project")


def test_a_project_is_never_saved_inside_itself(document: Document) -> None:
    document.do(ADD)
    with pytest.raises(StudioError, match="inside the old one"):
        document.save_as(document.folder / "media" / "new")
    folder = document.folder
    assert document.close()
    assert on_disk(folder).project.tracks


def test_a_project_in_which_a_recording_runs_stays_where_it_is(document: Document, tmp_path: Path) -> None:
    header = TakeHeader(take="one", track="t", start=0, rate_hz=48000, channels=1)
    writer = TakeWriter(document.folder / "takes" / "one", header)
    with pytest.raises(StudioError, match="recording is running"):
        document.save_as(tmp_path / "new")
    assert not (tmp_path / "new").exists()
    writer.close()
    document.save_as(tmp_path / "new")
    assert (tmp_path / "new" / "takes" / "one" / "take.json").is_file()
    document.close()


def test_a_save_as_that_fails_leaves_everything_as_it_was(tmp_path: Path, qtbot: QtBot) -> None:
    disk = DiskBelow()
    document = Document(disk=disk)
    document.new_untitled()
    document.do(ADD)
    disk.full_below = tmp_path / "goal"
    with pytest.raises(StudioError, match=r"save_as\.disk_full"):
        document.save_as(tmp_path / "goal")
    assert not (tmp_path / "goal").exists()
    assert document.is_untitled
    document.do(SetNotes("on"))
    folder = document.folder
    assert document.close()
    assert on_disk(folder).project.notes == "on"


def test_a_place_where_nobody_may_write_is_not_called_a_folder_that_is_gone(document: Document) -> None:
    document.do(ADD)

    with pytest.raises(
        StudioError, match=r"save_as\.unwritable: .* not saved there\. Nothing can be written in /proc\."
    ):
        document.save_as("/proc/song")

    assert document.is_untitled


def test_opening_what_is_no_project_keeps_the_open_one(document: Document, tmp_path: Path) -> None:
    document.do(ADD)
    with pytest.raises(StudioError):
        document.open(tmp_path)
    assert document.project.tracks
    document.do(SetNotes("still here"))
    assert document.close()


def test_the_project_file_opens_its_project(document: Document, tmp_path: Path) -> None:
    document.do(ADD)
    document.save_as(tmp_path / "one")
    document.close()
    document.open(tmp_path / "one" / "project.json")
    assert document.folder == tmp_path / "one"
    document.close()
    assert not document.is_open
    with pytest.raises(StudioError, match="No project is open"):
        document.do(ADD)


def test_a_second_document_reads_only_until_the_first_lets_go(document: Document, tmp_path: Path) -> None:
    document.do(ADD)
    document.save_as(tmp_path / "shared")
    second = Document()
    second.open(tmp_path / "shared")
    assert second.read_only is not None
    assert second.project == document.project
    with pytest.raises(StudioError, match="another window"):
        second.do(SetNotes("no"))
    second.undo()
    assert second.project == document.project
    document.close()
    second.close()
    second.open(tmp_path / "shared")
    second.do(SetNotes("now"))
    assert second.close()
    assert on_disk(tmp_path / "shared").project.notes == "now"


@pytest.fixture
def full(qtbot: QtBot, tmp_path: Path) -> tuple[Document, DiskBelow]:
    """A document whose disk is full from now on, below its folder."""
    disk = DiskBelow()
    document = Document(disk=disk)
    document.new_untitled()
    document.do(ADD)
    document.save_as(tmp_path / "full")
    assert document.flush()
    disk.full_below = tmp_path / "full"
    return document, disk


def test_a_full_disk_is_said_once_with_what_to_do_and_undo_goes_on(
    full: tuple[Document, DiskBelow], qtbot: QtBot
) -> None:
    document, disk = full
    told: list[Explanation] = []
    document.trouble.connect(told.append)
    with qtbot.waitSignal(document.trouble):
        document.do(SetNotes("one"))
    document.end_gesture()
    for number in range(20):
        document.do(SetNotes(f"{number}"))
        document.end_gesture()
        document.undo()
    assert not document.flush()
    assert not is_saved(document)
    assert [why.title for why in told] == ["Not saved: the disk is full."]
    assert "save to another folder" in told[0].remedy
    assert document.project.notes == "one"

    disk.full_below = None
    with qtbot.waitSignal(document.saved):
        assert document.flush()
    assert is_saved(document)
    assert on_disk(document.folder) == closed(document.history)
    assert document.close()


def test_a_full_disk_is_tried_again_without_being_asked(qtbot: QtBot, tmp_path: Path) -> None:
    disk = DiskBelow()
    store = ProjectStore.create(tmp_path / "p", Project(), disk=disk)
    failed, saved = threading.Event(), threading.Event()
    disk.full_below = tmp_path / "p"
    saving = Saving(
        store,
        History(base=Project()),
        saved=lambda _position: saved.set(),
        failed=lambda _why: failed.set(),
        retry_s=0.05,
    )
    saving.add([], History(base=Project()).do(SetNotes("kept")))
    saving.want_generation()
    assert failed.wait(30)
    disk.full_below = None
    assert saved.wait(30)
    assert saving.end()
    assert on_disk(tmp_path / "p").project.notes == "kept"


def test_what_does_not_fit_on_a_full_disk_can_be_saved_elsewhere(
    full: tuple[Document, DiskBelow], tmp_path: Path
) -> None:
    document, _ = full
    document.do(SetNotes("not on the full disk"))
    document.save_as(tmp_path / "roomy")
    assert document.not_saved is None
    assert document.close()
    assert on_disk(tmp_path / "roomy").project.notes == "not on the full disk"
    assert on_disk(tmp_path / "full").project.notes == ""


def test_closing_on_a_full_disk_says_that_something_is_lost(full: tuple[Document, DiskBelow]) -> None:
    document, _ = full
    assert document.close()
    document.open(document_folder := paths.data().parent / "full")
    document.do(SetNotes("lost"))
    assert not document.close()
    assert on_disk(document_folder).project.notes == ""


def test_a_folder_that_cannot_be_written_to_opens_for_reading(qtbot: QtBot, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("nothing is forbidden to root")
    folder = tmp_path / "locked"
    ProjectStore.create(folder, Project(name="old")).close()
    folder.chmod(0o500)
    document = Document()
    document.open(folder)
    assert document.read_only is not None
    assert document.read_only.code == "open.forbidden"
    document.close()
    folder.chmod(0o700)


def test_a_generation_is_written_every_so_often(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.session.document.GENERATION_EVERY_MS", 50)
    document = Document()
    document.new_untitled()
    document.do(SetNotes("in project.json"))
    qtbot.waitUntil(lambda: b"in project.json" in (document.folder / "project.json").read_bytes(), timeout=30_000)
    assert document.close()


def test_the_window_never_waits_for_the_disk(qtbot: QtBot, tmp_path: Path) -> None:
    """Edits go on while a drive does not answer, and all of them are there once it does."""
    answers = threading.Event()
    answers.set()

    class SlowDisk(Disk):
        def fsync(self, file: int) -> None:
            assert answers.wait(60)
            super().fsync(file)

    document = Document(disk=SlowDisk())
    document.new_untitled()
    document.do(ADD)
    assert document.flush()
    answers.clear()
    for number in range(200):
        document.do(SetNotes(str(number)))
        document.end_gesture()
        document.undo()
        document.redo()
    assert document.project.notes == "199"
    answers.set()
    assert document.flush()
    assert on_disk(document.folder).project.notes == "199"
    assert document.close()


def test_ten_thousand_edits_of_a_hundred_clips_stay_fast(document: Document) -> None:
    write_tone(document.folder / "media" / "tone.wav", 0.5)
    medium = medium_at(document.folder, "media/tone.wav")
    document.do(AddMedia(medium))
    document.do(ADD)
    clip = Clip(id=ClipId("c"), media=medium.id, source_start=0, start=0, length=20_000)
    document.do(PlaceClip(T, clip))
    for number in range(1, 100):
        document.do(SplitRange((T,), number * 200, number * 200))
    assert len(document.project.track(T).clips) == 100

    begin = time.thread_time()
    for number in range(10_000):
        document.do(SetTrackGain(T, number % 60 - 30.5))
        document.end_gesture()
    each_us = (time.thread_time() - begin) / 10_000 * 1e6
    begin = time.thread_time()
    while document.undo_label:
        document.undo()
    assert time.thread_time() - begin < 10
    assert document.close()
    assert each_us < 1000
