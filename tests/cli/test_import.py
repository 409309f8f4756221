"""`studio import`: what another program wrote becomes the melody or the notes of a clip."""

from pathlib import Path

import pytest

from studio.media.store import ProjectStore
from studio.model.project import Clip, ClipId, Project, Track, TrackId
from studio.session.recovery import read_project
from tests.cli.conftest import Studio, answer
from tests.helpers.sounds import write_medium
from tests.helpers.voices import buzz

RATE_HZ = 48000
SONG = "#BPM:60\n#GAP:500\n: 0 4 9 la\n: 4 2 11 la\nE\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two clips of three seconds, called Voice and Band."""
    folder = tmp_path / "Song"
    folder.mkdir()
    medium = write_medium(folder, "tone", buzz(220.0, RATE_HZ, 3 * RATE_HZ, 0.3)[:, None], RATE_HZ)
    tracks = tuple(
        Track(
            id=TrackId(name),
            name=name,
            clips=(Clip(id=ClipId(name), media=medium.id, source_start=0, start=0, length=medium.length, name=name),),
        )
        for name in ("Voice", "Band")
    )
    ProjectStore.create(folder, Project(name="Song", rate_hz=RATE_HZ, tracks=tracks, media=(medium,))).close()
    (tmp_path / "song.txt").write_text(SONG)
    return folder


def test_a_song_becomes_the_notes_of_the_clip_that_is_named(studio: Studio, project: Path, tmp_path: Path) -> None:
    done = studio("import", project, tmp_path / "song.txt", "--clip", "Voice", "--json")

    assert (done.returncode, done.stderr) == (0, "")
    assert answer(done) == {"ok": True, "project": "Song", "clip": "Voice", "imported": ["notes"]}
    (sheet,) = read_project(project).sheets
    assert [(note.start, note.stop, note.midi) for note in sheet.notes] == [
        (RATE_HZ // 2, RATE_HZ * 3 // 2, 69.0),
        (RATE_HZ * 3 // 2, RATE_HZ * 2, 71.0),
    ]


def test_which_clip_has_to_be_said_where_there_are_several(studio: Studio, project: Path, tmp_path: Path) -> None:
    done = studio("import", project, tmp_path / "song.txt")

    assert done.returncode == 2
    assert "say which one with --clip: Voice, Band." in done.stderr
    assert not read_project(project).sheets
