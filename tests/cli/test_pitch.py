"""`studio pitch`: the same melody from every kind of file, through the real worker."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.cli.conftest import Studio, answer
from tests.helpers.sounds import write_as
from tests.helpers.voices import Mono, buzz

RATE_HZ = 48000
LENGTH_S = 2.0


def melody() -> Mono:
    """Two sung seconds: vibrato around 220 Hz, a breath, a glide up a fifth."""
    time_s = np.arange(round(LENGTH_S * RATE_HZ)) / RATE_HZ
    glide = np.clip((time_s - 1.2) / 0.5, 0, 1) * 700
    vibrato = 40 * np.sin(2 * np.pi * 5.5 * time_s)
    sung = buzz(220 * 2 ** ((glide + vibrato) / 1200), RATE_HZ, len(time_s))
    sung[round(1.0 * RATE_HZ) : round(1.2 * RATE_HZ)] = 0
    return sung


def read(path: Path) -> NDArray[np.float64]:
    header, *rows = path.read_text().splitlines()
    assert header == "time_s,f0_hz,confidence"
    return np.array([[float(cell) for cell in row.split(",")] for row in rows])


def track(studio: Studio, sound: Path, out: Path) -> NDArray[np.float64]:
    done = studio("pitch", sound, "--csv", out)
    assert done.returncode == 0, done.stderr
    return read(out)


def test_the_same_sound_has_the_same_melody_in_every_kind_of_file(studio: Studio, tmp_path: Path) -> None:
    frames = np.stack((melody(), melody()), axis=1)
    plain = track(studio, write_as("wav", tmp_path / "plain.wav", frames, RATE_HZ), tmp_path / "plain.csv")
    assert len(plain) == LENGTH_S * 200

    for suffix in ("vorbis.ogg", "mp3", "m4a", "mp4"):
        other = track(studio, write_as(suffix, tmp_path / f"other.{suffix}", frames, RATE_HZ), tmp_path / "other.csv")

        assert abs(len(other) - len(plain)) <= 0.06 * 200, f"{suffix}: an encoder may add a frame of its own at the end"
        both = slice(0, min(len(plain), len(other)))
        voiced = (plain[both, 1] > 0) & (other[both, 1] > 0)
        assert voiced.sum() > 0.95 * (plain[:, 1] > 0).sum(), suffix
        off = 1200 * np.log2(other[both, 1][voiced] / plain[both, 1][voiced])
        assert abs(np.median(off)) < 5, suffix
        assert np.median(np.abs(off)) < 5, suffix


def test_rows_come_each_five_milliseconds_with_zero_where_nobody_sings(studio: Studio, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "melody.wav", melody(), RATE_HZ)

    rows = track(studio, tmp_path / "melody.wav", tmp_path / "melody.csv")

    np.testing.assert_allclose(rows[:, 0], np.arange(len(rows)) / 200)
    assert (rows[206:234, 1] == 0).all(), "the breath"
    sung = 1200 * np.log2(rows[20:180, 1] / 220)
    assert np.abs(sung - 40 * np.sin(2 * np.pi * 5.5 * rows[20:180, 0])).max() < 5
    assert ((rows[:, 2] >= 0) & (rows[:, 2] <= 1)).all()


def test_json_says_how_long_how_high_and_by_what(studio: Studio, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", buzz(440.0, 44100, 44100), 44100)

    said = answer(studio("pitch", tmp_path / "a.wav", "--engine", "swift-f0", "--json"))

    assert said["ok"] is True
    assert said["engine"] == "swift-f0"
    assert said["duration_s"] == 1.0
    assert said["frames"] == 200
    assert str(said["median_note"]).startswith("A4")


def test_what_is_no_sound_is_refused_in_one_sentence(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Ada,\n" * 50)

    done = studio("pitch", tmp_path / "letter.txt", "--csv", tmp_path / "out.csv", "--json")

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    error = answer(done)["error"]
    assert isinstance(error, dict)
    assert error["sentence"] in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_folder_that_is_not_there_is_named_before_anything_appears(studio: Studio, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", buzz(220.0, 44100, 4410), 44100)

    done = studio("pitch", tmp_path / "a.wav", "--csv", tmp_path / "nowhere" / "out.csv")

    assert done.returncode == 1
    assert "nowhere" in done.stderr


@pytest.mark.parametrize(
    "words", [("--engine", "melodia"), ("--low", "500", "--high", "100"), ("--csv", "-", "--json"), ("--loud",)]
)
def test_a_wrong_call_ends_with_status_2(studio: Studio, tmp_path: Path, words: tuple[str, ...]) -> None:
    soundfile.write(tmp_path / "a.wav", buzz(220.0, 44100, 4410), 44100)

    assert studio("pitch", tmp_path / "a.wav", *words).returncode == 2


def test_ctrl_c_ends_a_long_job_with_nothing_left_behind(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "long.wav", np.tile(melody(), 30), RATE_HZ)
    words = ["pitch", str(tmp_path / "long.wav"), "--engine", "crepe-tiny", "--csv", str(tmp_path / "out.csv")]
    master, slave = os.openpty()  # a terminal, so that it shows how far it is
    job = subprocess.Popen([sys.executable, "-m", "studio", *words], stderr=slave)
    os.close(slave)
    shown = b""
    while b"Finding the pitch" not in shown:
        shown += os.read(master, 1024)

    job.send_signal(signal.SIGINT)

    assert job.wait(30) == 130
    os.close(master)
    assert not (tmp_path / "out.csv").exists()
    assert list((tmp_path / "cache" / "scratch").iterdir()) == []
