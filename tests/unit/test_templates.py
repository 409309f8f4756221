"""Templates: those that come with the program begin a project, a broken one is told in words, undo keeps the tracks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID, run
from studio.commands.file import new_from_template
from studio.errors import StudioError
from studio.media.store import ProjectStore
from studio.session import templates
from tests.helpers.session import Session

GOOD = 'title = "Duet"\nabout = "Two voices."\n[[tracks]]\nname = "One"\n'


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """A session without workers, on an empty project."""
    session = Session()
    yield session
    session.close()


@pytest.fixture
def own() -> Path:
    """The folder of the person's own templates."""
    folder = templates.own_folder()
    folder.mkdir()
    return folder


def test_each_template_file_that_comes_with_the_program_is_offered() -> None:
    files = {path.stem for path in templates.shipped_folder().iterdir()}

    assert files == set(templates.SHIPPED)
    assert [offer.title for offer in templates.shipped()] == ["Singer", "Creator", "Streamer"]


@pytest.mark.parametrize("name", templates.SHIPPED)
def test_a_template_of_the_program_begins_a_project_that_can_be_kept(name: str, tmp_path: Path) -> None:
    template = templates.load(name, templates.shipped_folder())
    project = template.project(442.0)
    folder = tmp_path / "kept"

    ProjectStore.create(folder, project).close()
    opened = ProjectStore.open(folder)

    assert opened.history.project == project
    opened.store.close()
    assert "\n" not in template.about
    assert template.about.endswith(".")
    assert len({track.id for track in project.tracks}) == len(project.tracks) >= 3
    assert len({track.colour for track in project.tracks}) == len(project.tracks)
    assert not project.tracks[0].muted  # the first is the one that is recorded on
    assert project.a4_hz == 442.0


@pytest.mark.parametrize("name", templates.SHIPPED)
def test_the_command_makes_the_tracks_and_chooses_the_first(session: Session, name: str) -> None:
    before = session.document.folder

    assert run(BY_ID[f"file.new_{name}"], session.desk)

    document, wanted = session.document, templates.load(name, templates.shipped_folder())
    assert document.folder != before
    assert document.is_untitled
    assert [(t.name, t.colour, t.gain_db, t.muted) for t in document.project.tracks] == [
        (t.name, t.colour, t.gain_db, t.muted) for t in wanted.tracks
    ]
    assert session.desk.selection.tracks == (document.project.tracks[0].id,)
    document.undo()
    assert len(document.project.tracks) == len(wanted.tracks)


def test_a_template_in_which_nothing_was_done_leaves_nothing_behind(session: Session) -> None:
    run(BY_ID["file.new_singer"], session.desk)
    folder = session.document.folder
    assert folder.is_dir()

    session.document.close()

    assert not folder.exists()


def test_a_person_s_own_template_is_offered_and_opens(session: Session, own: Path) -> None:
    markers = '[[markers]]\ntext = "Verse"\nat_s = 1.5\nlength_s = 2\n'
    (own / "duet.toml").write_text(f"a4_hz = 432\nrate_hz = 44100\n{GOOD}{markers}", encoding="utf-8")

    assert templates.own() == (templates.Offer(name="duet", title="Duet", about="Two voices."),)
    new_from_template(session.desk, "duet", own)

    project = session.document.project
    assert [track.name for track in project.tracks] == ["One"]
    assert (project.a4_hz, project.rate_hz) == (432.0, 44100)
    assert [(mark.start, mark.length, mark.text) for mark in project.markers] == [(66150, 88200, "Verse")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"title = ", "cannot be understood"),
        (b"\xff\xfe", "cannot be understood"),
        (b'title = "None"\n', "missing required field `tracks`"),
        (b'title = "None"\ntracks = []\n', "length >= 1"),
        (GOOD.encode() + b"colour = 8\n", "<= 7"),
        (GOOD.encode() + b"gain_db = nan\n", "cannot be understood"),
        (GOOD.encode() + b"gain_db = inf\n", "<= 24"),
        (GOOD.encode() + b'file = "/etc/passwd"\n', "unknown field `file`"),
        (b"a4_hz = 900\n" + GOOD.encode(), "<= 470"),
        (b"x = " + b"[" * 20_000, "makes no sense"),
        (b"#" * 70_000, "too large"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_a_broken_template_is_told_in_words_and_the_open_project_stays(
    session: Session, own: Path, content: bytes, why: str
) -> None:
    (own / "bad.toml").write_bytes(content)
    before = session.document.folder

    (offer,) = templates.own()
    new_from_template(session.desk, offer.name, own)

    (told,) = session.person.shown
    assert told.title == "The template “bad” was not opened."
    assert why in told.cause
    assert "bad.toml" in told.remedy or "right file" in told.remedy
    assert offer.about == told.cause
    assert session.document.folder == before


@pytest.mark.parametrize("name", ["../outside", "/outside", "link", "nothing", "a\0b"])
def test_only_files_in_the_folder_are_read(own: Path, name: str) -> None:
    (own.parent / "outside.toml").write_text(GOOD, encoding="utf-8")
    (own / "link.toml").symlink_to(own.parent / "outside.toml")

    with pytest.raises(StudioError) as refused:
        templates.load(name, own)

    assert refused.value.explanation.code == "template.unreadable"
