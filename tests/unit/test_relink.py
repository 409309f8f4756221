"""Missing sound is found by its content under any name, and by its name where the content is another."""

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from studio.errors import Cancelled
from studio.media.relink import bring_in, look_for, missing_media
from studio.media.wav import MappedWav
from studio.model.project import Media, Project
from tests.helpers.projects_on_disk import medium_at, write_tone


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "project"


@pytest.fixture
def project(folder: Path) -> Project:
    write_tone(folder / "media" / "a.wav", hz=200)
    write_tone(folder / "media" / "b.wav", hz=300)
    return Project(media=(medium_at(folder, "media/a.wav", name="a"), medium_at(folder, "media/b.wav", name="b")))


def lost(project: Project, folder: Path, goal: Path) -> Media:
    """Move the first sound away."""
    goal.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder / project.media[0].file, goal)
    return project.media[0]


def test_sound_that_is_there_is_not_missing(project: Project, folder: Path) -> None:
    assert missing_media(folder, project) == ()


def test_sound_that_is_gone_broken_or_too_short_is_missing(project: Project, folder: Path) -> None:
    (folder / "media" / "a.wav").unlink()
    (folder / "media" / "b.wav").write_bytes(b"RIFF")
    assert missing_media(folder, project) == project.media
    write_tone(folder / "media" / "a.wav", 0.05)
    assert project.media[0] in missing_media(folder, project)


def test_the_same_sound_is_found_under_another_name(project: Project, folder: Path, tmp_path: Path) -> None:
    medium = lost(project, folder, tmp_path / "archive" / "2019" / "alte Aufnahme ü.WAV")
    write_tone(tmp_path / "archive" / "a.wav", hz=999)  # the right name, and another sound
    (found,) = look_for(missing_media(folder, project), tmp_path / "archive")
    assert found.media == medium
    assert found.path.name == "alte Aufnahme ü.WAV"
    assert found.same_content

    assert bring_in(folder, found) is None
    assert missing_media(folder, project) == ()


def test_a_file_of_the_same_name_and_length_is_offered_as_another_sound(
    project: Project, folder: Path, tmp_path: Path
) -> None:
    (folder / "media" / "a.wav").unlink()
    write_tone(tmp_path / "archive" / "a.wav", hz=999)
    (found,) = look_for(missing_media(folder, project), tmp_path / "archive")
    assert not found.same_content


@pytest.mark.parametrize(("name", "seconds"), [("a.wav", 0.2), ("c.wav", 0.1)])
def test_what_fits_neither_by_content_nor_by_name_and_length_is_not_offered(
    project: Project, folder: Path, tmp_path: Path, name: str, seconds: float
) -> None:
    (folder / "media" / "a.wav").unlink()
    write_tone(tmp_path / "archive" / name, seconds, hz=999)
    (tmp_path / "archive" / "z.wav").write_bytes(b"no sound at all")
    assert look_for(missing_media(folder, project), tmp_path / "archive") == ()


def test_sound_that_only_moved_inside_the_project_is_not_copied(project: Project, folder: Path) -> None:
    medium = lost(project, folder, folder / "media" / "sorted" / "one.wav")
    (found,) = look_for(missing_media(folder, project), folder)
    edit = bring_in(folder, found)
    assert edit is not None
    linked = edit.apply(project)
    assert linked.medium(medium.id).file == "media/sorted/one.wav"
    assert missing_media(folder, linked) == ()


def test_what_lies_in_the_place_of_the_missing_sound_is_never_overwritten(
    project: Project, folder: Path, tmp_path: Path
) -> None:
    medium = lost(project, folder, tmp_path / "archive" / "x.wav")
    (folder / medium.file).write_bytes(b"something of the person's")
    (found,) = look_for(missing_media(folder, project), tmp_path / "archive")
    edit = bring_in(folder, found)
    assert edit is not None
    linked = edit.apply(project)
    assert (folder / medium.file).read_bytes() == b"something of the person's"
    assert MappedWav.open(folder / linked.medium(medium.id).file).length == medium.length
    assert missing_media(folder, linked) == ()


def test_several_lost_sounds_are_each_found_once(project: Project, folder: Path, tmp_path: Path) -> None:
    for number, medium in enumerate(project.media):
        (tmp_path / "archive").mkdir(exist_ok=True)
        shutil.copy(folder / medium.file, tmp_path / "archive" / f"1 copy {number}.wav")
        shutil.move(folder / medium.file, tmp_path / "archive" / f"2 sound {number}.wav")
    found = look_for(missing_media(folder, project), tmp_path / "archive")
    assert [one.media for one in found] == list(project.media)
    assert all(one.same_content for one in found)


def test_the_name_of_the_file_that_was_imported_counts_too(project: Project, folder: Path, tmp_path: Path) -> None:
    (folder / "media" / "a.wav").unlink()
    project = Project(media=(replace(project.media[0], original="/home/anna/Strophe.wav"),))
    write_tone(tmp_path / "archive" / "Strophe.wav", hz=999)
    (found,) = look_for(missing_media(folder, project), tmp_path / "archive")
    assert not found.same_content


def test_looking_can_be_called_off(project: Project, folder: Path, tmp_path: Path) -> None:
    lost(project, folder, tmp_path / "archive" / "x.wav")

    def stop(_fraction: float, _name: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        look_for(missing_media(folder, project), tmp_path / "archive", report=stop)
