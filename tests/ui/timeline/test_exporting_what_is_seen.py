"""The timeline as a file: the picture exactly as it is seen, and the numbers behind it."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID
from studio.errors import StudioError
from studio.model.project import TrackId
from studio.ui.timeline.view import TimelineView


def as_seen(view: TimelineView) -> QImage:
    view.finish()
    return view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def numbers(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_png_is_what_is_on_the_screen(view: TimelineView, tmp_path: Path) -> None:
    seen = as_seen(view)

    view.save_picture(tmp_path / "seen.png")

    saved = QImage(str(tmp_path / "seen.png")).convertToFormat(QImage.Format.Format_RGB32)
    assert saved.size() == seen.size()
    assert saved == seen


def test_the_svg_keeps_words_and_lines(view: TimelineView, tmp_path: Path) -> None:
    view.save_picture(tmp_path / "seen.svg")

    text = (tmp_path / "seen.svg").read_text(encoding="utf-8")
    assert text.count("<image") > 0  # waveforms
    assert text.count("<text") > 3  # names, times


def test_a_picture_that_cannot_be_written_says_so(view: TimelineView, tmp_path: Path) -> None:
    with pytest.raises(StudioError):
        view.save_picture(tmp_path / "no such folder" / "seen.png")


def test_the_data_of_waveforms_are_their_columns(qtbot: QtBot, view: TimelineView, tmp_path: Path) -> None:
    view.finish()
    view.save_data(tmp_path / "seen.csv")
    qtbot.waitUntil((tmp_path / "seen.csv").is_file, timeout=30_000)

    rows = numbers(tmp_path / "seen.csv")
    assert len(rows) > 100
    assert all(float(row["low"]) <= float(row["high"]) and not row["hz"] for row in rows)
    assert max(abs(float(row["high"])) for row in rows) > 0.01


def test_the_data_of_a_spectrogram_are_levels_over_frequency(qtbot: QtBot, view: TimelineView, tmp_path: Path) -> None:
    view.finish()
    track = view.sight.rows.all[0].track
    view.sight.show_texture(TrackId(track), "log")
    view.finish()
    view.save_data(tmp_path / "seen.csv")
    qtbot.waitUntil((tmp_path / "seen.csv").is_file, timeout=30_000)

    spectrum = [row for row in numbers(tmp_path / "seen.csv") if row["hz"]]
    assert spectrum
    hz = np.array([float(row["hz"]) for row in spectrum])
    assert hz.min() > 50
    assert hz.max() < 24000
    assert np.ptp([float(row["level_db"]) for row in spectrum]) > 20


@pytest.mark.parametrize("which", ["view.export_picture", "view.export_data"])
def test_both_are_commands(which: str) -> None:
    assert BY_ID[which].group == "View"
