"""A whole project in one folder or one archive, which opens elsewhere with its sound and its undo."""

import os
import zipfile
from pathlib import Path

import pytest

from studio.errors import Cancelled, StudioError
from studio.media.collect import collect, collect_zip
from studio.media.journal import Did
from studio.media.store import ProjectStore
from studio.media.wav import MappedWav
from studio.model.edits import AddMedia, AddPitch, AddTrack, SetNotes
from studio.model.history import History
from studio.model.project import Lineage, Pitch, PitchId, Project, Track, TrackId
from tests.helpers.projects_on_disk import after, medium_at, write_tone

FILES = {"media/a.wav", "takes/one/000.wav", "takes/one/take.json", "media/outside.wav", "media/p.pitch.wav"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with an imported sound, a take, a melody, a link to another drive, an undone import and litter."""
    folder = tmp_path / "Quelle ü"
    store = ProjectStore.create(folder, Project(name="Song"))
    write_tone(folder / "media" / "a.wav", hz=200)
    write_tone(folder / "takes" / "one" / "000.wav", hz=300)
    (folder / "takes" / "one" / "take.json").write_text("{}")
    write_tone(folder / "media" / "p.pitch.wav")
    write_tone(tmp_path / "other drive" / "far.wav", hz=400)
    (folder / "media" / "outside.wav").symlink_to(tmp_path / "other drive" / "far.wav")
    write_tone(folder / "media" / "nobody-uses-this.wav", hz=500)
    imported = medium_at(folder, "media/a.wav")
    melody = Pitch(
        id=PitchId("p"),
        media=imported.id,
        file="media/p.pitch.wav",
        start=0,
        length=10,
        frames_per_s=200,
        lineage=Lineage(engine="praat"),
    )
    edits = (
        AddMedia(imported),
        AddPitch(melody),
        AddMedia(medium_at(folder, "takes/one/000.wav")),
        AddTrack(Track(id=TrackId("t"), name="t")),
        AddMedia(medium_at(folder, "media/outside.wav")),
    )
    entries = [Did(edit) for edit in edits]
    store.append(entries)
    store.save_generation(after(History(base=Project(name="Song")), entries).undo())
    store.close()
    return folder


def history_in(folder: Path) -> History:
    opened = ProjectStore.open(folder)
    opened.store.close()
    assert opened.notices == ()
    return opened.history


def test_a_collected_project_has_its_undo_and_every_sound_and_nothing_else(project: Path, tmp_path: Path) -> None:
    told: list[float] = []
    goal = tmp_path / "Ziel 声"
    collected = collect(project, goal, report=lambda fraction, _name: told.append(fraction))

    assert collected.missing == ()
    assert history_in(goal) == history_in(project)
    names = {path.relative_to(goal).as_posix() for path in goal.rglob("*") if path.parent != goal and path.is_file()}
    assert names == FILES
    for name in FILES - {"takes/one/take.json"}:
        assert not (goal / name).is_symlink()
        assert (MappedWav.open(goal / name).frames == MappedWav.open(project / name).frames).all()
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_an_archive_unpacks_into_the_same_project(project: Path, tmp_path: Path) -> None:
    collected = collect_zip(project, tmp_path / "Song.zip")
    with zipfile.ZipFile(tmp_path / "Song.zip") as archive:
        assert archive.testzip() is None
        assert {name for name in archive.namelist() if "/" in name} >= {f"Song/{name}" for name in FILES}
        archive.extractall(tmp_path / "unpacked")
    assert collected.files == len(FILES)
    assert history_in(tmp_path / "unpacked" / "Song") == history_in(project)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_sound_that_is_missing_is_named_and_the_rest_is_collected(project: Path, tmp_path: Path) -> None:
    (project / "media" / "a.wav").unlink()
    (project / "takes" / "one" / "000.wav").write_bytes(b"not sound")
    collected = collect(project, tmp_path / "goal")
    assert len(collected.missing) == 2
    assert collected.files == 2


@pytest.mark.parametrize("gather", [collect, collect_zip])
def test_what_is_no_sound_is_never_taken_along(
    project: Path, tmp_path: Path, gather: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"private")
    (project / "media" / "outside.wav").unlink()
    (project / "media" / "outside.wav").symlink_to(secret)
    gather(project, tmp_path / "goal.zip")
    raw = b"".join(path.read_bytes() for path in [tmp_path / "goal.zip"] if path.is_file())
    raw += b"".join(path.read_bytes() for path in (tmp_path / "goal.zip").rglob("*") if path.is_file())
    assert raw
    assert b"private" not in raw


@pytest.mark.parametrize("gather", [collect, collect_zip])
def test_nothing_is_overwritten(project: Path, tmp_path: Path, gather: type) -> None:
    goal = tmp_path / "there"
    goal.mkdir()
    (goal / "letter").write_text("dear")
    with pytest.raises(StudioError, match="already"):
        gather(project, goal)
    assert (goal / "letter").read_text() == "dear"


@pytest.mark.parametrize("gather", [collect, collect_zip])
def test_calling_it_off_leaves_nothing(project: Path, tmp_path: Path, gather: type) -> None:
    before = sorted(tmp_path.iterdir())

    def stop(fraction: float, _name: str) -> None:
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        gather(project, tmp_path / "goal", report=stop)
    assert sorted(tmp_path.iterdir()) == before


def test_too_little_room_is_said_before_anything_is_copied(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = os.stat(project / "media" / "a.wav").st_size
    monkeypatch.setattr("studio.media.disk.Disk.free_bytes", lambda _disk, _path: size)
    with pytest.raises(StudioError, match=r"needs \d+ MB"):
        collect(project, tmp_path / "goal")
    assert not (tmp_path / "goal").exists()


def test_a_collected_project_goes_on_by_itself(project: Path, tmp_path: Path) -> None:
    collect(project, tmp_path / "goal")
    store = ProjectStore.open(tmp_path / "goal").store
    store.append([Did(SetNotes("there"))])
    store.close()
    assert history_in(tmp_path / "goal").project.notes == "there"
    assert history_in(project).project.notes == ""
