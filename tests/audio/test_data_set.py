"""A voice's recordings as a data set: what other programs read, and what a person is told of it."""

import wave
from pathlib import Path

import numpy as np
import pytest

from studio.audio import data_set
from studio.media.wav import WavWriter
from studio.model.voice import Consent, Sample, Voice
from tests.helpers.sounds import buzz

RATE_HZ = 22050
TEXTS = (
    "Glue the sheet to the background.",
    "It's easy to tell | the depth of a well.",
    "Hm.",
    "",
    "Guessed by nobody.",
)


@pytest.fixture
def voice(tmp_path: Path) -> Voice:
    """Five recordings: two as they should be, one whose text is too short for it, one without, one that was heard."""
    samples = []
    (tmp_path / "home").mkdir()
    for number, text in enumerate(TEXTS):
        sound = buzz(RATE_HZ * 2, RATE_HZ, 120.0) * np.float32(0.5 if number else 20.0)
        name = f"{number}.wav"
        with WavWriter(tmp_path / "home" / name, RATE_HZ, 1) as wav:
            wav.write(np.clip(sound, -1, 1))
        samples.append(Sample(file=name, text=text, length_s=2.0, heard_by="a machine" if number == 4 else ""))
    consent = Consent(text="Yes.", given="2026-01-01")
    return Voice(id="ada-1", name="Ada", language="en", created="", consent=consent, samples=tuple(samples))


def test_the_folder_is_what_ljspeech_has(voice: Voice, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()

    made = data_set.write(voice, tmp_path / "home", tmp_path / "set")

    rows = [line.split("|") for line in (tmp_path / "set" / "metadata.csv").read_text("utf-8").splitlines()]
    assert [len(row) for row in rows] == [3] * 4  # all but the one without a text
    assert rows[1] == ["ada-1-0002", "It's easy to tell the depth of a well.", "It's easy to tell the depth of a well."]
    for name, *_texts in rows:
        with wave.open(str(tmp_path / "set" / "wavs" / f"{name}.wav")) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 1, 2)
            assert file.getnframes() == 2 * RATE_HZ
    assert len(list((tmp_path / "set" / "wavs").iterdir())) == len(made.clips) == 5
    assert (made.length_s, made.with_text_s) == (10.0, 8.0)


def test_the_report_says_what_stands_out_and_of_what(voice: Voice, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()

    clips = data_set.write(voice, tmp_path / "home", tmp_path / "set").clips

    said = [" ".join(clip.remarks) for clip in clips]
    assert "clipped" in said[0]
    assert "is the text what is said" in said[2]
    assert "nobody has written down" in said[3]
    assert "heard by a machine" in said[4]
    assert "clipped" not in said[1]
    assert clips[0].peak_dbfs == pytest.approx(0.0, abs=0.1)
    assert all(
        f"{clip.name}: " in (tmp_path / "set" / "report.txt").read_text("utf-8") for clip in clips if clip.remarks
    )
