"""Recent projects and the media of the open one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.model.edits import AddMedia, AddTrack, RenameProject
from studio.model.project import Track, TrackId
from studio.session.document import Document
from studio.session.library import Library
from tests.helpers.projects import clip, medium


@pytest.fixture
def document(qtbot: QtBot) -> Iterator[Document]:
    document = Document()
    document.new_untitled()
    yield document
    document.close()


@pytest.fixture
def library(document: Document, tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path / "recent.json", document)
    yield library
    library.close()


def test_the_newest_project_comes_first_and_none_twice(library: Library, tmp_path: Path) -> None:
    for name in ("one", "two", "one"):
        library.note_opened(tmp_path / name, name)

    assert [recent.name for recent in library.recent] == ["one", "two"]


def test_recent_projects_are_there_at_the_next_start(library: Library, document: Document, tmp_path: Path) -> None:
    library.note_opened(tmp_path, "song")
    library.flush()

    again = Library(tmp_path / "recent.json", document)

    assert [recent.folder for recent in again.recent] == [str(tmp_path)]
    assert again.recent[0].is_there
    again.close()


def test_a_project_that_was_removed_says_so(library: Library, tmp_path: Path) -> None:
    library.note_opened(tmp_path / "gone", "gone")

    assert not library.recent[0].is_there


def test_a_forgotten_project_is_off_the_list_and_its_folder_stays(library: Library, tmp_path: Path) -> None:
    library.note_opened(tmp_path, "song")

    library.forget(str(tmp_path))

    assert library.recent == ()
    assert tmp_path.is_dir()


def test_a_damaged_list_is_kept_aside(document: Document, tmp_path: Path) -> None:
    (tmp_path / "recent.json").write_text("[{")

    library = Library(tmp_path / "recent.json", document)

    assert library.recent == ()
    assert (tmp_path / "recent.json.damaged").exists()
    library.close()


def test_media_say_how_often_they_are_used_and_whether_they_are_missing(
    qtbot: QtBot, library: Library, document: Document
) -> None:
    with qtbot.waitSignal(library.changed):
        document.do(AddMedia(media=medium()))
    document.do(AddTrack(track=Track(id=TrackId("a"), name="A", clips=(clip("c1", 0, 100), clip("c2", 200, 100)))))

    (row,) = library.media
    assert (row.uses, row.is_missing, row.has_pitch) == (2, True, False)

    file = document.folder / row.media.file
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"sound")
    assert not library.media[0].is_missing


def test_projects_without_a_name_are_told_apart_by_when_they_began_and_by_their_sound(
    library: Library, document: Document
) -> None:
    library.note_opened(Path("/somewhere/2026-11-21 03.12.40"), "Untitled")
    library.note_opened(document.folder, document.project.name)
    document.do(AddMedia(media=medium()))
    document.do(AddTrack(track=Track(id=TrackId("t"), name="A", clips=(clip("Verse", 0, 100),))))

    newest, older = library.recent
    assert older.title == "Untitled, 21 Nov 03:12"
    assert older.subtitle == "/somewhere"
    assert newest.title.startswith("Untitled, ")
    assert newest.subtitle == "Verse"


def test_a_project_that_gets_a_name_is_listed_under_it(library: Library, document: Document) -> None:
    library.note_opened(document.folder, document.project.name)

    document.do(RenameProject(name="My song"))

    assert library.recent[0].title == "My song"
