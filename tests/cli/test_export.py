"""`studio export`: a project on disk becomes files."""

from pathlib import Path

import av
import pytest
import soundfile

from studio.media.store import ProjectStore
from studio.model.edits import SetPictures
from studio.model.pictures import Pictures
from studio.model.project import Clip, ClipId, Marker, MarkerId, Project, Track, TrackId
from tests.cli.conftest import Studio, answer
from tests.helpers.sounds import write_medium
from tests.helpers.videos import write_video
from tests.helpers.voices import buzz

RATE_HZ = 48000


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two seconds: a low voice on one track, a high one on another, a marker at each second."""
    folder = tmp_path / "Duet"
    folder.mkdir()
    voices = [
        write_medium(folder, name, buzz(hz, RATE_HZ, 2 * RATE_HZ, 0.3)[:, None], RATE_HZ)
        for name, hz in (("low", 110.0), ("high", 330.0))
    ]
    tracks = tuple(
        Track(
            id=TrackId(voice.name),
            name=voice.name.title(),
            clips=(Clip(id=ClipId(voice.name), media=voice.id, source_start=0, start=0, length=voice.length),),
        )
        for voice in voices
    )
    markers = (Marker(id=MarkerId("a"), start=0, text="One"), Marker(id=MarkerId("b"), start=RATE_HZ, text="Two"))
    duet = Project(name="Duet", rate_hz=RATE_HZ, tracks=tracks, media=tuple(voices), markers=markers)
    ProjectStore.create(folder, duet).close()
    return folder


def test_a_mix_has_the_length_the_rate_and_the_bits_that_were_asked_for(
    studio: Studio, project: Path, tmp_path: Path
) -> None:
    words = ("--from", "0.5", "--to", "1.5", "--bits", "16", "--rate", "44100", "--json")
    done = studio("export", project, "--out", tmp_path / "mix.wav", *words)

    assert done.returncode == 0, done.stderr
    info = soundfile.info(tmp_path / "mix.wav")
    assert (info.frames, info.samplerate, info.channels, info.subtype) == (44100, 44100, 2, "PCM_16")
    files = answer(done)["files"]
    assert isinstance(files, list)
    assert [(file["path"], file["duration_s"]) for file in files] == [(str(tmp_path / "mix.wav"), 1.0)]


def test_stems_and_markers_are_files_in_a_folder(studio: Studio, project: Path, tmp_path: Path) -> None:
    assert studio("export", project, "--out", tmp_path / "stems", "--stems").returncode == 0
    assert studio("export", project, "--out", tmp_path / "parts", "--markers", "--format", "flac").returncode == 0

    assert sorted(path.name for path in (tmp_path / "stems").iterdir()) == ["High.wav", "Low.wav"]
    parts = sorted((tmp_path / "parts").iterdir())
    assert [path.suffix for path in parts] == [".flac", ".flac"]
    assert all(soundfile.info(path).frames == RATE_HZ for path in parts)


def test_what_is_no_project_is_explained(studio: Studio, tmp_path: Path) -> None:
    done = studio("export", tmp_path, "--out", tmp_path / "mix.wav")

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "mix.wav").exists()


def test_a_video_gets_the_mix_and_its_pictures_are_the_same_packets(
    studio: Studio, project: Path, tmp_path: Path
) -> None:
    video = write_video(tmp_path / "clip.mp4", seconds=2)
    opened = ProjectStore.open(project)
    seen = Pictures(path=str(video), width=192, height=108, fps=25, begins_s=0, length_s=2)
    low = opened.history.project.media[0]
    opened.store.close()
    with_pictures = SetPictures(media=low.id, pictures=seen).apply(opened.history.project)
    folder = tmp_path / "Seen"
    folder.mkdir()
    ProjectStore.create(folder, with_pictures).close()
    (folder / "media").rmdir()
    (folder / "media").symlink_to(project / "media")

    done = studio("export", folder, "--video", tmp_path / "new.mkv", "--stems", "--json")

    assert done.returncode == 0, done.stderr
    with av.open(str(tmp_path / "new.mkv")) as new, av.open(str(video)) as old:
        assert [stream.metadata["title"] for stream in new.streams.audio] == ["Mix", "Low", "High"]
        ours = [bytes(packet) for packet in new.demux(video=0) if packet.size]
        assert ours == [bytes(packet) for packet in old.demux(video=0) if packet.size]


def test_what_a_video_cannot_be_is_a_wrong_call(studio: Studio, project: Path, tmp_path: Path) -> None:
    for words in (("--video", "a.mp4", "--out", "b.wav"), ("--video", "a.wav"), ("--keep-sound", "--out", "b.wav"), ()):
        assert studio("export", project, *words).returncode == 2
    done = studio("export", project, "--video", tmp_path / "none.mp4", "--json")
    assert done.returncode == 1
    assert "comes from a video" in done.stdout
