"""`studio vibrato`: notes and their vibrato as lists and tables, through the real worker."""

import csv
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile

from tests.cli.conftest import Studio
from tests.helpers.voices import Mono, buzz

RATE_HZ = 44100


def sung(rate: float, half_cents: float, hz: float = 300.0, length_s: float = 2.0, from_s: float = 0.3) -> Mono:
    """A note whose vibrato sets in after a while."""
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    swell = np.clip((time_s - from_s) / 0.1, 0, 1)
    return buzz(hz * 2 ** (half_cents * swell * np.sin(2 * np.pi * rate * time_s) / 1200), RATE_HZ, len(time_s))


def test_two_files_are_a_list_of_two_with_their_notes(studio: Studio, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "sung.wav", sung(5.8, 60.0), RATE_HZ)
    soundfile.write(tmp_path / "straight.wav", buzz(440.0, RATE_HZ, RATE_HZ), RATE_HZ)

    done = studio("vibrato", tmp_path / "sung.wav", tmp_path / "straight.wav", "--json", "--csv", tmp_path / "all.csv")

    assert done.returncode == 0, done.stderr
    first, second = msgspec.json.decode(done.stdout)
    (note,), (straight,) = first["notes"], second["notes"]
    assert first["file"].endswith("sung.wav")
    assert note["vibrato"]["rate_hz"] == pytest.approx(5.8, abs=0.02)
    assert note["vibrato"]["half_extent_cents"] == pytest.approx(60, rel=0.02)
    assert note["vibrato"]["pp_cents"] == pytest.approx(2 * note["vibrato"]["half_extent_cents"], abs=0.02)
    assert note["vibrato"]["onset_s"] == pytest.approx(0.3, abs=0.05)
    assert note["pitch_hz"] == pytest.approx(300, rel=0.001)
    assert straight["vibrato"] is None
    assert straight["cents"] == 0
    rows = list(csv.DictReader((tmp_path / "all.csv").read_text().splitlines()))
    assert len(rows) == 2
    assert float(rows[0]["extent_half_cents"]) == note["vibrato"]["half_extent_cents"]
    assert rows[1]["rate_hz"] == ""


def test_silence_has_no_notes(studio: Studio, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silence.wav", np.zeros(RATE_HZ, np.float32), RATE_HZ)

    done = studio("vibrato", tmp_path / "silence.wav", "--json")

    assert done.returncode == 0, done.stderr
    assert msgspec.json.decode(done.stdout)[0]["notes"] == []


def test_a_file_that_is_not_there_is_named(studio: Studio, tmp_path: Path) -> None:
    done = studio("vibrato", tmp_path / "nothing.wav")

    assert done.returncode == 1
    assert "nothing.wav" in done.stderr
