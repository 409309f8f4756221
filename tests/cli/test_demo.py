"""`studio demo`: the whole job, on the sample and on somebody's own file."""

from pathlib import Path

import pytest
import soundfile

from studio.session.recovery import read_project
from tests.cli.conftest import Studio, answer
from tests.helpers.sounds import write_as
from tests.helpers.voices import buzz

RATE_HZ = 44100


@pytest.mark.timeout(300)
def test_the_demo_makes_the_sample_and_everything_that_follows(studio: Studio, tmp_path: Path) -> None:
    done = studio("demo", "--out", tmp_path / "demo", "--json")

    assert done.returncode == 0, done.stderr + done.stdout
    said = answer(done)
    project = read_project(Path(str(said["project"])))
    assert [track.name for track in project.tracks] == ["Voice", "Narration", "Backing"]
    assert len(project.tracks[0].clips) == 3
    assert {pitch.media for pitch in project.pitches} <= {medium.id for medium in project.media}
    names = {path.name for path in (tmp_path / "demo").iterdir()}
    assert {"mix.wav", "mix.mp3", "pitch.csv", "window.png"} <= names
    assert soundfile.info(tmp_path / "demo" / "mix.wav").frames == project.length
    assert (tmp_path / "demo" / "window.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.timeout(300)
def test_the_demo_takes_the_sound_of_a_video_instead(studio: Studio, tmp_path: Path) -> None:
    voice = buzz(220.0, RATE_HZ, 2 * RATE_HZ)[:, None]
    video = write_as("mp4", tmp_path / "clip.mp4", voice, RATE_HZ)

    said = answer(studio("demo", "--input", video, "--out", tmp_path / "demo", "--json"))

    assert said["ok"] is True
    assert said["pitch"]["median_note"].startswith("A3")  # type: ignore[index]  # an object, or the test fails
    assert read_project(Path(str(said["project"]))).rate_hz == RATE_HZ
