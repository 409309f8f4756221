"""`studio measures`: figures of notes and files for other programs, through the real worker."""

from pathlib import Path
from typing import Any

import mido
import numpy as np
import openpyxl
import parselmouth
import pytest
import soundfile
from parselmouth.praat import call

from tests.cli.conftest import Studio, answer
from tests.helpers.voices import Mono, buzz

RATE_HZ = 44100


def song() -> Mono:
    """An A4 that shakes, a rest, and a C5 that is 22 cents flat."""
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    first = buzz(440 * 2 ** (60 * np.sin(2 * np.pi * 5.6 * time_s) / 1200), RATE_HZ, len(time_s))
    second = buzz(523.2511 * 2 ** (-22 / 1200), RATE_HZ, RATE_HZ)
    return np.concatenate((first, np.zeros(RATE_HZ // 4, np.float32), second))


def test_one_call_measures_a_take_and_writes_it_for_every_program(studio: Studio, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "take.wav", song(), RATE_HZ)
    outs = ["take.TextGrid", "take.xlsx", "take.mid", "take.Pitch", "take.svl", "tony:take.csv", "labels:take.txt"]
    words = [word for out in outs for word in ("--out", _in(tmp_path, out))]

    said: Any = answer(studio("measures", tmp_path / "take.wav", *words, "--json"))

    assert said["ok"] is True
    assert len(said["written"]) == len(outs)
    (entry,) = said["files"]
    first, second = entry["notes"]
    assert first["vibrato"]["half_extent_cents"] == pytest.approx(60, rel=0.02)
    assert abs(first["drift_cents_a_s"]) < 5
    assert second["off_cents"] == pytest.approx(-22, abs=1)
    assert second["vibrato"] is None
    grid = parselmouth.read(str(tmp_path / "take.TextGrid"))
    assert call(grid, "Get label of interval", 1, 1).startswith("A4")
    pitch = parselmouth.read(str(tmp_path / "take.Pitch"))
    assert np.median(pitch.selected_array["frequency"][460:640]) == pytest.approx(516.6, abs=0.5)
    keys = [message.note for message in mido.MidiFile(tmp_path / "take.mid") if message.type == "note_on"]
    assert keys == [69, 72]
    assert openpyxl.load_workbook(tmp_path / "take.xlsx")["Notes"]["F2"].value == "A4"
    assert len((tmp_path / "take.txt").read_text().splitlines()) == 2
    assert (tmp_path / "take.csv").read_text().startswith("0.000000000,")


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "a.doc"),
        ("--just", "H"),
        ("--a4", "330"),
        ("--bend", "7"),
        ("--bend", "0", "--mpe"),
        ("--low", "500", "--high", "100"),
    ],
)
def test_a_wrong_call_ends_with_status_2_in_a_sentence(studio: Studio, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = studio("measures", tmp_path / "a.wav", *words)

    assert done.returncode == 2
    assert done.stderr.startswith("studio: ")


def test_two_recordings_do_not_fit_into_one_textgrid(studio: Studio, tmp_path: Path) -> None:
    done = studio("measures", "a.wav", "b.wav", "--out", tmp_path / "both.TextGrid")

    assert done.returncode == 2
    assert "one recording, not 2" in done.stderr


def _in(folder: Path, out: str) -> str:
    kind, colon, name = out.rpartition(":")
    return f"{kind}{colon}{folder / name}"
