"""A project on disk: what was acknowledged is read again, always, and what is unusual is said."""

import json
import os
import shutil
import tempfile
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from studio import __version__
from studio.errors import StudioError
from studio.media import generation as generations
from studio.media import journal as journals
from studio.media.journal import Did, Entry, WentTo
from studio.media.names import LONGEST_BYTES, file_name
from studio.media.store import ProjectStore, is_project
from studio.model.edits import Edit, RenameProject, SetTrackGain
from studio.model.history import History
from studio.model.project import Project, TrackId
from tests.helpers.edits import edits, projects
from tests.helpers.projects_on_disk import EMPTY, FailingDisk, after, closed, note, work


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Müller – проект 声"


def reopened(folder: Path) -> History:
    opened = ProjectStore.open(folder)
    opened.store.close()
    assert opened.notices == ()
    assert opened.read_only is None
    return opened.history


def test_a_new_project_is_there_at_once_with_two_generations(folder: Path) -> None:
    ProjectStore.create(folder, EMPTY.project).close()
    assert is_project(folder)
    assert reopened(folder) == EMPTY
    assert {path.name for path in folder.iterdir()} >= {"project.json", "project.1.json", "media", "takes"}


def test_every_edit_and_every_undo_is_read_again_in_order(folder: Path) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    entries = work(30)
    for n, entry in enumerate(entries):
        store.append([entry])
        assert reopened(folder) == after(EMPTY, entries[: n + 1])
    store.close()


def test_undo_survives_reopening_and_goes_all_the_way_back(folder: Path) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    store.append(work(30))
    store.save_generation(after(EMPTY, work(30)))
    store.close()
    history = reopened(folder)
    assert history == after(EMPTY, work(30))
    assert history.go_to(0).project == EMPTY.project


def test_a_drag_stays_one_step_across_a_generation_and_a_crash(folder: Path) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    begin = [work(1)[0], Did(SetTrackGain(TrackId("t"), -1.0))]
    store.append(begin)
    store.save_generation(after(EMPTY, begin))
    store.append([Did(SetTrackGain(TrackId("t"), -2.0), continues=True)])
    store.close()
    history = reopened(folder)
    assert len(history.steps) == 2
    assert history.project.tracks[0].gain_db == -2.0


def test_three_generations_are_kept_each_with_its_journal(folder: Path) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    history = EMPTY
    for n in range(6):
        store.append([Did(note(str(n)))])
        history = after(history, [Did(note(str(n)))])
        store.save_generation(history)
    store.close()
    names = {path.name for path in folder.iterdir() if path.is_file()}
    assert {name for name in names if name.startswith("project")} == {
        "project.json",
        "project.6.json",
        "project.7.json",
    }
    assert {"journal.6", "journal.7", "journal.8"} <= names
    assert len(names) <= 7


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json", b'{"checksum":"0000000000000000","format":1}'])
def test_a_damaged_newest_generation_loses_nothing_and_says_which_was_opened(folder: Path, damage: bytes) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    store.append(work(10))
    store.save_generation(after(EMPTY, work(10)))
    store.append(work(20)[10:])
    store.close()
    (folder / "project.json").write_bytes(damage)

    opened = ProjectStore.open(folder)
    assert opened.history == after(EMPTY, work(20))
    (notice,) = opened.notices
    assert notice.code == "open.older_generation"
    assert "number 2" in notice.title
    assert "20 edits" in notice.cause

    opened.store.append([Did(note("and on"))]) if not opened.store.needs_generation else opened.store.save_generation(
        opened.history
    )
    opened.store.close()
    assert reopened(folder) == after(EMPTY, work(20))
    assert [path.read_bytes() for path in folder.glob("project.damaged-*.json")] == [damage]


def test_two_damaged_generations_lose_nothing_either(folder: Path) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    for n in range(0, 20, 5):
        store.append(work(20)[n : n + 5])
        store.save_generation(after(EMPTY, work(20)[: n + 5]))
    store.close()
    (folder / "project.json").write_bytes(b"")
    (folder / "project.5.json").unlink()
    assert ProjectStore.open(folder).history == after(EMPTY, work(20))


def test_a_project_whose_every_generation_is_damaged_is_not_opened_and_not_touched(folder: Path) -> None:
    ProjectStore.create(folder, EMPTY.project).close()
    for path in folder.glob("project*.json"):
        path.write_bytes(b"gone")
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(StudioError) as caught:
        ProjectStore.open(folder)
    assert caught.value.explanation.code == "open.damaged"
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_a_folder_without_a_project_says_so(tmp_path: Path) -> None:
    for place, code in ((tmp_path, "open.no_project"), (tmp_path / "nowhere", "open.no_folder")):
        with pytest.raises(StudioError) as caught:
            ProjectStore.open(place)
        assert caught.value.explanation.code == code


def test_a_project_is_never_created_over_another(folder: Path) -> None:
    ProjectStore.create(folder, EMPTY.project).close()
    with pytest.raises(StudioError, match="already"):
        ProjectStore.create(folder, Project())
    assert reopened(folder) == EMPTY


def newer(folder: Path, **changes: object) -> bytes:
    """Make the newest generation one of a newer version, as that version would write it."""
    said = json.loads((folder / "project.json").read_bytes())
    del said["checksum"]
    rest = json.dumps({**said, "format": 2, "made_with": "2.1", **changes}).encode()[1:]
    data = b'{"checksum":"%s",%s' % (generations._checksum(rest), rest)
    (folder / "project.json").write_bytes(data)
    return data


def test_a_project_of_a_newer_version_opens_for_reading_and_names_that_version(folder: Path) -> None:
    ProjectStore.create(folder, EMPTY.project).close()
    data = newer(folder, instruments=["of the future"])

    opened = ProjectStore.open(folder)
    assert opened.history.project == EMPTY.project
    assert opened.read_only is not None
    assert "made with 2.1" in opened.read_only.cause
    assert __version__ in opened.read_only.cause
    with pytest.raises(StudioError, match="reading only"):
        opened.store.append([Did(note("x"))])
    with pytest.raises(StudioError, match="reading only"):
        opened.store.save_generation(opened.history)
    assert (folder / "project.json").read_bytes() == data


def test_a_newer_project_that_cannot_even_be_shown_names_the_version_too(folder: Path) -> None:
    ProjectStore.create(folder, EMPTY.project).close()
    data = newer(folder, project={"tracks": "all different"})
    with pytest.raises(StudioError, match=r"made with 2\.1"):
        ProjectStore.open(folder)
    assert (folder / "project.json").read_bytes() == data


def test_a_newer_project_whose_checksum_follows_other_rules_is_not_overwritten_either(folder: Path) -> None:
    ProjectStore.create(folder, EMPTY.project).close()
    (folder / "project.json").write_bytes(b'{"format": 9, "made_with": "9.0", "everything": "else"}')
    with pytest.raises(StudioError, match=r"made with 9\.0"):
        ProjectStore.open(folder)


def test_an_undo_history_that_does_not_lead_to_the_project_is_left_out_and_the_project_is_whole(folder: Path) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    store.append(work(5))
    store.save_generation(after(EMPTY, work(5)))
    store.close()
    said = json.loads((folder / "project.json").read_bytes())
    del said["checksum"]
    rest = json.dumps({**said, "steps": [{"type": "an_edit_of_the_future"}]}).encode()[1:]
    (folder / "project.json").write_bytes(b'{"checksum":"%s",%s' % (generations._checksum(rest), rest))

    opened = ProjectStore.open(folder)
    assert opened.history == History(base=after(EMPTY, work(5)).project)
    assert [notice.code for notice in opened.notices] == ["open.no_undo"]


@pytest.mark.parametrize("rest", [b'1234abcd {"type":"aft', b"0" * 5000], ids=["short", "long"])
def test_a_torn_last_line_is_left_out_said_and_written_over(folder: Path, rest: bytes) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    store.append(work(3))
    store.close()
    with (folder / "journal.2").open("ab") as journal:
        journal.write(rest)

    opened = ProjectStore.open(folder)
    assert opened.history == after(EMPTY, work(3))
    assert [notice.code for notice in opened.notices] == ["open.torn"]
    opened.store.append([Did(note("after"))])
    opened.store.close()
    assert reopened(folder) == after(EMPTY, [*work(3), Did(note("after"))])


def test_a_line_damaged_in_the_middle_keeps_what_came_before_and_is_not_cut_away(folder: Path) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    store.append(work(6))
    store.close()
    lines = (folder / "journal.2").read_bytes().splitlines(keepends=True)
    lines[3] = lines[3].replace(b"take", b"cake")
    damaged = b"".join(lines)
    (folder / "journal.2").write_bytes(damaged)

    opened = ProjectStore.open(folder)
    assert opened.history == after(EMPTY, work(2))
    assert [notice.code for notice in opened.notices] == ["open.journal_damaged"]
    assert opened.store.needs_generation
    opened.store.save_generation(opened.history)
    opened.store.append([Did(note("on"))])
    opened.store.close()
    assert reopened(folder) == after(EMPTY, [*work(2), Did(note("on"))])
    assert (folder / "journal.2").read_bytes() == damaged


def test_edits_after_one_that_only_a_generation_holds_are_never_applied_without_it(folder: Path) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    store.append(work(4))
    with_unwritten = after(EMPTY, [*work(4), Did(RenameProject("only in the generation"))])
    store.save_generation(with_unwritten, unwritten=True)
    store.append([Did(note("later"))])
    store.close()
    assert reopened(folder) == after(with_unwritten, [Did(note("later"))])

    (folder / "project.json").write_bytes(b"")
    opened = ProjectStore.open(folder)
    assert opened.history == after(EMPTY, work(4))
    assert [notice.code for notice in opened.notices] == ["open.older_generation", "open.journal_damaged"]


def test_a_project_can_be_read_while_it_is_being_saved(folder: Path) -> None:
    """Collecting reads it in the background, generation after generation."""
    store = ProjectStore.create(folder, EMPTY.project)
    enough = threading.Event()
    found: list[int] = []

    def read_on() -> None:
        while not enough.is_set():
            found.append(len(ProjectStore.open(folder).history.steps))

    reader = threading.Thread(target=read_on)
    reader.start()
    entries: list[Entry] = [Did(RenameProject(str(number))) for number in range(60)]
    history = EMPTY
    for entry in entries:
        store.append([entry])
        history = after(history, [entry])
        store.save_generation(history)
    enough.set()
    reader.join()
    store.close()
    assert found
    assert found == sorted(found)


def test_edits_of_one_version_of_a_project_never_join_another(folder: Path, tmp_path: Path) -> None:
    """A synchronised folder: each of two machines went on from the same state, then one file was overwritten."""
    ProjectStore.create(folder, EMPTY.project).close()
    other = tmp_path / "other machine"
    shutil.copytree(folder, other)
    for place, text in ((folder, "here"), (other, "there")):
        store = ProjectStore.open(place).store
        store.append([Did(RenameProject(text)), Did(note(text))])
        store.save_generation(after(EMPTY, [Did(RenameProject(text)), Did(note(text))]))
        store.append([Did(note(f"more {text}"))])
        store.close()
    shutil.copy(other / "project.json", folder / "project.json")

    opened = ProjectStore.open(folder)
    assert opened.history.project == Project(name="there", notes="there")
    assert [notice.code for notice in opened.notices] == ["open.journal_damaged"]


def test_what_another_program_wrote_is_never_overwritten(folder: Path) -> None:
    store = ProjectStore.create(folder, EMPTY.project)
    theirs = (folder / "project.json").read_bytes() + b"\n"
    (folder / "project.json").write_bytes(theirs)
    with pytest.raises(StudioError, match="another program") as caught:
        store.save_generation(after(EMPTY, work(2)))
    assert "another folder" in caught.value.explanation.remedy
    store.close()
    assert (folder / "project.json").read_bytes() == theirs


def test_what_cannot_be_written_down_is_refused_before_it_is_done() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        journals.check(Did(note("caf\udce9")))


def test_a_failed_append_can_simply_be_made_again(folder: Path) -> None:
    ProjectStore.create(folder, EMPTY.project).close()
    disk = FailingDisk()
    store = ProjectStore.open(folder, disk=disk).store
    entries = work(12)
    for n, entry in enumerate(entries):
        disk.fail_at = disk.calls + 1 + n % 3
        try:
            store.append([entry])
        except StudioError:
            disk.fail_at = 0
            store.append([entry])
        disk.fail_at = 0
    store.close()
    assert reopened(folder) == after(EMPTY, entries)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lied: Teil 1/2", "Lied_ Teil 1_2"),
        ("..", "Untitled"),
        (".hidden", "hidden"),
        ("con", "_con"),
        ("caf\udce9", "caf_"),
        ("  ", "Untitled"),
        ("声" * 100, "声" * 40),
    ],
)
def test_names_of_our_own_files_suit_every_file_system(text: str, name: str) -> None:
    assert file_name(text) == name
    assert len(file_name(text, suffix=".zip").encode()) <= LONGEST_BYTES


class DiskMachine(RuleBasedStateMachine):
    """Any edits, with the project closed, killed, torn and damaged between any two of them; nothing is ever lost."""

    @initialize(project=projects())
    def begin(self, project: Project) -> None:
        self.folder = Path(tempfile.mkdtemp()) / "project"
        self.expected = History(base=project)
        self.store = ProjectStore.create(self.folder, project)

    def _write(self, entry: Entry) -> None:
        after_it = journals.replay(self.expected, entry)
        if after_it is not self.expected:
            self.store.append([entry])
        self.expected = after_it

    @rule(edit=edits)
    def do(self, edit: Edit) -> None:
        try:
            self._write(Did(edit, self.expected.continues(edit)))
        except StudioError as impossible:
            if not impossible.explanation.code.startswith("edit."):
                raise

    @rule(position=st.integers(0, 12))
    def go_to(self, position: int) -> None:
        self._write(WentTo(min(position, len(self.expected.steps))))

    @rule()
    def release(self) -> None:
        self.expected = self.expected.end_gesture()

    @rule()
    def save(self) -> None:
        self.store.save_generation(self.expected)

    def _open(self) -> tuple[str, ...]:
        self.store.close()
        opened = ProjectStore.open(self.folder)
        self.store, found = opened.store, opened.history
        assert found == closed(self.expected)
        self.expected = closed(self.expected)
        return tuple(notice.code for notice in opened.notices)

    @rule()
    def close_and_open(self) -> None:
        self.store.save_generation(self.expected)
        assert self._open() == ()

    @rule()
    def kill_and_open(self) -> None:
        assert set(self._open()) <= {"open.torn"}

    @rule(rest=st.binary(min_size=1, max_size=40).filter(lambda rest: b"\n" not in rest))
    def kill_while_writing_and_open(self, rest: bytes) -> None:
        newest = max(self.folder.glob("journal.*"), key=lambda path: int(path.suffix[1:]))
        with newest.open("ab") as journal:
            journal.write(rest)
        assert set(self._open()) <= {"open.torn"}

    @rule(keep=st.floats(0, 0.99))
    def damage_the_newest_generation_and_open(self, keep: float) -> None:
        """An older generation leads here through the journals alone."""
        newest = self.folder / "project.json"
        os.truncate(newest, int(newest.stat().st_size * keep))
        assert "open.older_generation" in self._open()
        self.store.save_generation(self.expected)  # what the document does with the next thing that is done

    @invariant()
    def is_what_a_reader_finds(self) -> None:
        if hasattr(self, "store"):
            assert ProjectStore.open(self.folder).history == closed(self.expected)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            shutil.rmtree(self.folder.parent)


TestDisk = DiskMachine.TestCase
TestDisk.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


def test_project_json_is_json_that_any_program_can_read(folder: Path) -> None:
    ProjectStore.create(folder, EMPTY.project).close()
    said = msgspec.json.decode((folder / "project.json").read_bytes())
    assert (said["format"], said["made_with"], said["project"]["name"]) == (1, __version__, "Übung")
