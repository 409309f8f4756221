"""Saving while everything goes wrong: full disks, failing calls, power cuts, flipped bits, kills, second windows."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio import __version__
from studio.errors import Explanation, StudioError
from studio.media.disk import Disk
from studio.media.generation import FORMAT
from studio.media.journal import Did, Entry
from studio.media.store import ProjectStore
from studio.model.history import History
from studio.session.document import Document
from tests.helpers.projects_on_disk import (
    EMPTY,
    FailingDisk,
    FullDisk,
    after,
    note,
    states,
    work,
)

SEED = 20261121
Count = Callable[[int], None]

few_and_all = [pytest.param(False, id="few"), pytest.param(True, id="all", marks=pytest.mark.full_faults)]
"""The same test twice: a few faults in every run, all of them in the long one."""


def saved_project(folder: Path, entries: list[Entry]) -> History:
    """A project with half of the entries in its newest generation and half in the journal behind it."""
    store = ProjectStore.create(folder, EMPTY.project)
    half = len(entries) // 2
    store.append(entries[:half])
    store.save_generation(after(EMPTY, entries[:half]))
    store.append(entries[half:])
    store.close()
    return after(EMPTY, entries)


def opens_as(folder: Path, *expected: History) -> bool:
    """Whether a project opens, for writing, as one of these."""
    opened = ProjectStore.open(folder)
    opened.store.close()
    return opened.read_only is None and opened.history in expected


# Row 13: the disk is full


def _save_more(store: ProjectStore, history: History, big: Entry) -> tuple[History, bool]:
    """An edit that needs room, and a generation; what should be found afterwards, and whether all went well."""
    if not _fits(lambda: store.append([big])):
        return history, False
    history = after(history, [big])
    return history, _fits(lambda: store.save_generation(history))


def _fits(write: Callable[[], None]) -> bool:
    """Whether a write worked; where it did not, the person was told that the disk is full, and what to do."""
    try:
        write()
    except StudioError as full:
        why = full.explanation
    else:
        return True
    assert why.code == "save.disk_full"
    assert why.title == "Not saved: the disk is full."
    assert "last save is intact" in why.cause
    assert "save to another folder" in why.remedy
    return False


@pytest.mark.parametrize("everything", few_and_all)
def test_on_a_disk_with_any_room_left_the_old_project_or_the_new_one_is_there(
    tmp_path: Path, everything: bool, injected: Count
) -> None:
    entries, big = work(20), Did(note("x" * 3000))
    source = tmp_path / "source"
    history = saved_project(source, entries)
    need = 2 * sum(path.stat().st_size for path in source.glob("*") if path.is_file()) + 20_000
    sizes = range(0, need, max(1, need // (1000 if everything else 40)))
    succeeded = 0
    for size in sizes:
        folder = tmp_path / "project"
        shutil.copytree(source, folder)
        store = ProjectStore.open(folder, disk=FullDisk(size)).store
        expected, whole = _save_more(store, history, big)
        store.close()
        succeeded += whole
        assert opens_as(folder, expected, after(history, [big])), size
        shutil.rmtree(folder)
    assert 0 < succeeded < len(sizes)
    injected(len(sizes) - succeeded)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 4 MiB."""
    place = tmp_path / "small disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a file system takes root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs")
@pytest.mark.parametrize("everything", few_and_all)
def test_a_real_disk_may_be_full_at_any_page(
    tmp_path: Path, small_disk: Path, everything: bool, injected: Count
) -> None:
    page = os.sysconf("SC_PAGESIZE")
    before = saved_project(tmp_path / "source", [*work(4), Did(note("n" * 100_000))])
    folder, ballast = small_disk / "project", small_disk / "ballast"
    refused = 0
    pages = range(200) if everything else range(0, 200, 20)
    for free_pages in pages:
        shutil.copytree(tmp_path / "source", folder)
        room = Disk().free_bytes(small_disk)
        file = os.open(ballast, os.O_CREAT | os.O_WRONLY)
        os.posix_fallocate(file, 0, max(1, room - free_pages * page))
        os.close(file)
        store = ProjectStore.open(folder).store
        history, whole = _save_more(store, before, Did(note("m" * 100_000)))
        store.close()
        refused += not whole
        assert opens_as(folder, history), free_pages
        shutil.rmtree(folder)
        ballast.unlink()
    assert 0 < refused < len(pages)
    injected(refused)


# Row 18: the n-th call fails


def _session(store: ProjectStore, entries: list[Entry], acknowledged: list[Entry], *, retry: bool) -> None:
    """Append everything with a generation now and then; what fails is made again once, as the document does."""
    history = EMPTY
    for number, entry in enumerate(entries):
        history = after(history, [entry])
        try:
            store.append([entry])
        except StudioError:
            if not retry:
                raise
            try:
                store.save_generation(history, unwritten=True)
            except StudioError:
                store.append([entry])
        acknowledged.append(entry)
        if number % 4 == 3:
            try:
                store.save_generation(history)
            except StudioError:
                if not retry:
                    raise
                store.save_generation(history)


def _calls_of(folder: Path, entries: list[Entry]) -> int:
    disk = FailingDisk()
    store = ProjectStore.create(folder, EMPTY.project, disk=disk)
    created = disk.calls
    _session(store, entries, [], retry=False)
    store.close()
    assert created > 10
    return disk.calls


@pytest.mark.parametrize("everything", few_and_all)
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_whichever_call_fails_nothing_acknowledged_is_lost(
    tmp_path: Path, for_good: bool, everything: bool, injected: Count
) -> None:
    entries = work(30 if everything else 9)
    calls = _calls_of(tmp_path / "unharmed", entries)
    for n in range(1, calls + 1):
        folder = tmp_path / f"{n}"
        disk = FailingDisk(n, for_good=for_good)
        acknowledged: list[Entry] = []
        try:
            store = ProjectStore.create(folder, EMPTY.project, disk=disk)
        except StudioError:
            created_anyway = (folder / "project.json").exists()
            assert not created_anyway or opens_as(folder, EMPTY)
            continue
        try:
            _session(store, entries, acknowledged, retry=not for_good)
        except StudioError:
            assert for_good
        store.close()
        if not for_good:
            assert acknowledged == entries
        opened = ProjectStore.open(folder)
        opened.store.close()
        possible = states(EMPTY, entries)[len(acknowledged) : len(acknowledged) + 2]
        assert opened.history in possible, n
        shutil.rmtree(folder)
    injected(calls)


# Row 19: the power is cut


@pytest.mark.parametrize("everything", few_and_all)
def test_a_journal_cut_at_any_byte_opens_with_the_last_complete_edit(
    tmp_path: Path, everything: bool, injected: Count
) -> None:
    folder, entries = tmp_path / "project", work(24)
    saved_project(folder, entries)
    journal = max(folder.glob("journal.*"), key=lambda path: int(path.suffix[1:]))
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    known = states(EMPTY, entries)
    in_generation = len(entries) // 2
    first = 0 if everything else len(whole) - len(lines[-1]) - len(lines[-2])
    for length in range(first, len(whole)):
        journal.write_bytes(whole[:length])
        complete = whole[:length].count(b"\n") - 1  # the first line is no entry
        assert opens_as(folder, known[in_generation + max(0, complete)]), length
    injected(len(whole) - first)


@pytest.mark.parametrize("everything", few_and_all)
def test_a_generation_cut_at_any_byte_loses_nothing(tmp_path: Path, everything: bool, injected: Count) -> None:
    folder = tmp_path / "project"
    history = saved_project(folder, work(24))
    whole = (folder / "project.json").read_bytes()
    for length in range(0, len(whole), 1 if everything else 97):
        (folder / "project.json").write_bytes(whole[:length])
        assert opens_as(folder, history), length
    injected(len(range(0, len(whole), 1 if everything else 97)))


class PowerCutDisk(Disk):
    """Remembers what would be left after a power cut: content as of its last fsync, names as of the folder's."""

    def __init__(self) -> None:
        self.synced: dict[int, bytes] = {}
        self.names: dict[str, int] = {}

    def fsync(self, file: int) -> None:
        super().fsync(file)
        self.synced[os.fstat(file).st_ino] = Path(f"/proc/self/fd/{file}").read_bytes()

    def sync_folder(self, path: Path) -> None:
        super().sync_folder(path)
        self.names = self._names_in(path)

    def leave(self, folder: Path, goal: Path, *, new_names: bool) -> None:
        """Make `goal` what a power cut would leave of `folder`; names that were not synced may be there or not."""
        shutil.rmtree(goal, ignore_errors=True)
        goal.mkdir()
        for name, inode in (self._names_in(folder) if new_names else self.names).items():
            (goal / name).write_bytes(self.synced.get(inode, b""))

    def _names_in(self, folder: Path) -> dict[str, int]:
        return {path.name: path.stat().st_ino for path in folder.iterdir() if path.is_file()}


@pytest.mark.skipif(sys.platform != "linux", reason="reads files through /proc")
def test_what_was_acknowledged_survives_a_power_cut_after_every_edit(tmp_path: Path, injected: Count) -> None:
    folder, left, entries = tmp_path / "project", tmp_path / "left", work(40)
    disk = PowerCutDisk()
    store = ProjectStore.create(folder, EMPTY.project, disk=disk)
    history = EMPTY
    for number, entry in enumerate(entries):
        store.append([entry])
        history = after(history, [entry])
        if number % 3 == 2:
            store.save_generation(history)
        for new_names in (False, True):
            disk.leave(folder, left, new_names=new_names)
            assert opens_as(left, history), (number, new_names)
    store.close()
    injected(2 * len(entries))


# Row 20: bits flip


@pytest.mark.parametrize("everything", few_and_all)
def test_a_flipped_bit_anywhere_never_keeps_the_project_from_opening(
    tmp_path: Path, everything: bool, injected: Count
) -> None:
    folder, entries = tmp_path / "project", work(24)
    whole = saved_project(folder, entries)
    known = states(EMPTY, entries)
    files = sorted(path for path in folder.iterdir() if path.is_file())
    dice = random.Random(SEED)  # noqa: S311  # repeatable on purpose
    flips = 2000 if everything else 150
    said = 0
    for _ in range(flips):
        path = dice.choice(files)
        good = path.read_bytes()
        bad = bytearray(good)
        bad[dice.randrange(len(bad))] ^= 1 << dice.randrange(8)
        path.write_bytes(bad)

        opened = ProjectStore.open(folder)
        opened.store.close()
        if opened.read_only is not None:  # the digit of the format: it looks like a newer version's
            assert path.name.startswith("project")
            assert opened.history.project in [state.project for state in known]
        elif path.name.startswith("project"):
            assert opened.history == whole, path.name
        else:
            assert opened.history in known
            assert opened.history == whole or opened.notices
        said += bool(opened.notices)
        path.write_bytes(good)
    assert said
    assert opens_as(folder, whole)
    injected(flips)


# Row 21: a newer version made it


def test_a_newer_project_can_be_looked_at_and_copied_but_is_never_overwritten(
    tmp_path: Path, qtbot: QtBot, injected: Count
) -> None:
    folder = tmp_path / "project"
    ProjectStore.create(folder, EMPTY.project).close()
    data = (
        (folder / "project.json")
        .read_bytes()
        .replace(f'"format":{FORMAT},"made_with":"{__version__}"'.encode(), b'"format":99,"made_with":"2.1"')
    )
    (folder / "project.json").write_bytes(data)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}

    document = Document()
    with qtbot.waitSignal(document.trouble) as told:
        document.open(folder)
    assert told.args is not None
    assert "made with 2.1" in told.args[0].sentence
    assert document.project == EMPTY.project
    with pytest.raises(StudioError, match="Nothing was changed"):
        document.do(note("mine"))
    document.save_now()
    document.save_as(tmp_path / "copy")
    document.do(note("mine"))
    assert document.close()
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert ProjectStore.open(tmp_path / "copy").history.project.notes == "mine"
    injected(1)


# Row 22: two windows, one of them killed


def _second_window(folder: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.locking_process", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def _why_read_only(document: Document) -> Explanation | None:
    return document.read_only


def _end(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)


@pytest.mark.parametrize("everything", few_and_all)
def test_a_second_window_reads_only_and_the_lock_of_a_killed_one_is_taken_over(
    tmp_path: Path, qtbot: QtBot, everything: bool, injected: Count
) -> None:
    folder = tmp_path / "project"
    ProjectStore.create(folder, EMPTY.project).close()
    rounds = 20 if everything else 2
    for number in range(rounds):
        holder, said = _second_window(folder)
        assert said == "writing"
        document = Document()
        document.open(folder)
        why = _why_read_only(document)
        assert why is not None
        assert why.code == "open.in_use"
        assert str(holder.pid) in why.cause
        document.close()

        os.kill(holder.pid, signal.SIGKILL)
        _end(holder)
        document.open(folder)
        assert _why_read_only(document) is None, number
        document.do(note(f"round {number}"))
        third, said = _second_window(folder)
        assert said == "open.in_use"
        _end(third)
        assert document.close()
    injected(rounds)


# Kills while saving


@pytest.mark.parametrize("everything", few_and_all)
def test_no_acknowledged_edit_is_lost_to_a_kill(tmp_path: Path, everything: bool, injected: Count) -> None:
    folder = tmp_path / "project"
    ProjectStore.create(folder, EMPTY.project).close()
    dice = random.Random(SEED)  # noqa: S311  # repeatable on purpose
    kills = 50 if everything else 3
    number = acknowledged = 0
    for _ in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.saving_process", str(folder), str(number)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        for _ in range(dice.randint(1, 40)):
            acknowledged = int(process.stdout.readline())
        process.kill()
        acknowledged = max([acknowledged, *(int(line) for line in process.stdout if line.endswith("\n"))])
        process.stdout.close()
        process.wait(60)

        opened = ProjectStore.open(folder)
        opened.store.close()
        found = int(opened.history.project.notes)
        assert acknowledged <= found <= acknowledged + 1
        assert [state.after.notes for state in opened.history.steps] == [str(n) for n in range(found + 1)]
        number = found + 1
    injected(kills)


# Row 48: the folder moves, other programs write into it


def test_a_project_moved_between_sessions_opens_with_its_sound_and_its_undo(
    tmp_path: Path, qtbot: QtBot, injected: Count
) -> None:
    place = tmp_path / "here"
    document = Document()
    ProjectStore.create(place, EMPTY.project).close()
    for number in range(10):
        document.open(place)
        document.do(note(str(number)))
        document.end_gesture()
        assert document.close()
        moved = tmp_path / f"Ordner {number} – папка" / "проект 声"
        moved.parent.mkdir()
        shutil.move(place, moved)
        place = moved
    document.open(place)
    assert document.read_only is None
    assert document.notices == ()
    assert len(document.history_labels) == 10
    document.go_to(3)
    assert document.project.notes == "2"
    document.close()
    injected(10)


def test_a_project_that_another_program_changed_is_noticed_and_not_overwritten(
    tmp_path: Path, qtbot: QtBot, injected: Count
) -> None:
    folder = tmp_path / "project"
    ProjectStore.create(folder, EMPTY.project).close()
    document = Document()
    document.open(folder)
    document.do(note("mine"))
    assert document.flush()
    theirs = (tmp_path / "project" / "project.json").read_bytes().replace("Übung".encode(), b"their")
    (folder / "project.json").write_bytes(theirs)

    with qtbot.waitSignal(document.trouble) as told:
        document.save_now()
    assert told.args is not None
    assert told.args[0].code == "save.changed_outside"
    document.do(note("mine, more"))
    document.flush()  # so that no file of the folder is on its way while it is copied
    shutil.copytree(folder, tmp_path / "by hand")
    (tmp_path / "by hand" / "project.yours.json").replace(tmp_path / "by hand" / "project.json")
    assert ProjectStore.open(tmp_path / "by hand").history.project.notes.startswith("mine")
    document.save_as(tmp_path / "elsewhere")
    assert document.close()
    assert (folder / "project.json").read_bytes() == theirs
    assert ProjectStore.open(tmp_path / "elsewhere").history.project.notes == "mine, more"
    injected(1)
