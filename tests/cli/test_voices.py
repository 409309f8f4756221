"""`studio clone`, `say`, `convert` and `voices`, through the real worker and the built-in engine."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.cli.conftest import Studio, answer
from tests.helpers import people


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return people.recording(tmp_path / "person.wav")


def test_a_voice_without_a_text_is_cloned_speaks_converts_and_travels(
    studio: Studio, recording: Path, tmp_path: Path
) -> None:
    cloned = answer(studio("clone", recording, "--name", "Otto", "--consent", "I agree.", "--language", "de", "--json"))
    assert cloned["ok"] is True, cloned
    assert cloned["fallback"] is True
    assert "nobody has said" in str(cloned["notes"])

    said = answer(studio("say", "Guten Tag. Wie geht es?", "--voice", "Otto", "--out", tmp_path / "hi.wav", "--json"))
    assert said["ok"] is True, said
    assert {"first_audio_ms", "rtf", "duration_s", "engine", "device"} <= said.keys()
    sound, rate_hz = soundfile.read(tmp_path / "hi.wav")
    assert len(sound) / rate_hz == pytest.approx(said["duration_s"])
    with soundfile.SoundFile(tmp_path / "hi.wav") as file:
        assert "Synthetic speech in the cloned voice Otto" in file.comment

    done = answer(
        studio("convert", recording, "--voice", "Otto", "--out", tmp_path / "low.wav", "--transpose", -5, "--json")
    )
    assert done["ok"] is True, done
    assert soundfile.info(tmp_path / "low.wav").frames == soundfile.info(recording).frames

    song = studio("convert", recording, "--voice", "Otto", "--song", "--out", tmp_path / "song.wav", "--json")
    assert answer(song)["separator"] == "builtin", song.stderr
    assert soundfile.info(tmp_path / "song.wav").frames == soundfile.info(recording).frames
    with soundfile.SoundFile(tmp_path / "song.wav") as file:
        assert "Synthetic speech in the cloned voice Otto" in file.comment

    kept = answer(studio("voices", "dataset", "Otto", "--out", tmp_path / "set", "--json"))
    assert "nobody has written down" in str(kept["report"])
    assert (tmp_path / "set" / "metadata.csv").is_file()
    again = studio("voices", "dataset", "Otto", "--out", tmp_path / "set")
    assert (again.returncode, "There is a folder of that name" in again.stderr) == (1, True)

    assert answer(studio("voices", "export", "Otto", "--out", tmp_path / "otto.voice", "--json"))["ok"] is True
    assert answer(studio("voices", "remove", "Otto", "--json"))["ok"] is True
    assert answer(studio("voices", "import", tmp_path / "otto.voice", "--json"))["ok"] is True
    shown = studio("voices", "show", "otto")
    assert "I agree." in shown.stdout


def test_a_recording_that_nobody_spoke_is_not_marked(studio: Studio, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "noise.wav", np.random.default_rng(0).normal(0, 0.1, 22050 * 8), 22050)

    found = answer(studio("voices", "check", tmp_path / "noise.wav", "--json"))

    assert found["ok"] is True
    assert found["marked"] is False


@pytest.mark.parametrize(
    "words",
    [
        ("clone", "{file}", "--name", "Ada"),
        ("clone", "{file}", "--name", "Ada", "--consent", " "),
        ("say", "--voice", "Ada", "--out", "a.wav"),
        ("say", "Hello", "--voice", "Ada", "--out", "a.mp3"),
        ("say", "Hello", "--voice", "Ada", "--out", "a.wav", "--character", "loud"),
        ("convert", "{file}", "--voice", "Ada", "--out", "a.wav", "--transpose", "30"),
        ("convert", "{file}", "--voice", "Ada", "--out", "a.wav", "--separator", "builtin"),
        ("convert", "{file}", "--voice", "Ada", "--out", "a.wav", "--song", "--separator", "nobody"),
        ("voices", "export"),
    ],
)
def test_a_wrong_call_is_told_as_one(studio: Studio, recording: Path, words: tuple[str, ...]) -> None:
    done = studio(*(word.format(file=recording) for word in words))

    assert done.returncode == 2, done.stderr


def test_a_voice_that_is_not_there_is_named(studio: Studio, tmp_path: Path) -> None:
    done = studio("voices", "show", "Nobody")

    assert done.returncode == 1
    assert "The voice Nobody was not found." in done.stderr
