"""The dialogs for other programs' files and for voice quality, with the real worker where one is needed."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID
from studio.media.interchange import audacity, textgrid
from studio.media.interchange.kinds import KINDS
from studio.model.labels import Label, Tier
from studio.session.desk import Measuring
from studio.ui.interchange.export_dialog import NotesExportDialog
from studio.ui.interchange.labels_dialog import LabelsDialog
from studio.ui.measures.quality_dialog import QualityDialog
from studio.ui.window import MainWindow
from tests.ui.conftest import RATE

WAIT_MS = 60_000


def select(window: MainWindow, clip: int = 0) -> None:
    project = window.desk.document.project
    window.desk.selection.set_clips([list(project.clips)[clip].id], project)


@pytest.fixture
def working(window: MainWindow) -> Iterator[MainWindow]:
    """The window with its compute worker running and the clip "a" selected."""
    worker = window.desk.jobs._worker
    worker.start()
    select(window)
    yield window
    worker.finish()


@pytest.fixture
def labels(window: MainWindow) -> LabelsDialog:
    return LabelsDialog(window.desk, window.parts.dialogs.theme, window)


def test_the_commands_say_when_there_is_nothing_to_measure(window: MainWindow) -> None:
    window.desk.selection.set_cursor(19 * RATE)
    assert BY_ID["measures.export"].unavailable(window.desk) == "Select a clip first"
    assert BY_ID["measures.quality"].unavailable(window.desk) == "Select a clip first"

    select(window)

    assert BY_ID["measures.export"].unavailable(window.desk) == ""
    assert BY_ID["measures.import_labels"].unavailable(window.desk) == ""


def test_each_kind_of_file_shows_only_what_can_be_chosen_for_it(window: MainWindow) -> None:
    select(window)
    dialog = window.parts.dialogs.measuring("export")
    assert isinstance(dialog, NotesExportDialog)
    shown = {}
    for kind in KINDS:
        dialog.kinds.show_value(kind.id)
        dialog.kinds.chosen.emit(kind.id)
        shown[kind.id] = [
            name for name in ("scale", "bend", "mpe", "header") if getattr(dialog, name).isVisibleTo(dialog)
        ]
    assert shown["csv"] == shown["xlsx"] == ["scale"]
    assert shown["midi"] == ["bend", "mpe"]
    assert shown["tony"] == ["header"]
    assert shown["textgrid"] == shown["svl"] == []
    dialog.close()


def test_the_notes_of_the_selected_clip_become_a_textgrid(working: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = working.parts.dialogs.measuring("export")
    assert isinstance(dialog, NotesExportDialog)
    dialog.kinds.show_value("textgrid")

    dialog.export_to(tmp_path / "a.TextGrid")
    qtbot.waitUntil(dialog.written.isVisible, timeout=WAIT_MS)

    grid = textgrid.read((tmp_path / "a.TextGrid").read_bytes())
    assert grid.end_s == 3.0, "the clip, not the whole recording"
    assert [label.text for label in grid.tiers[0].labels] == ["A4 +0 ¢"]
    assert dialog.go.isVisible()
    dialog.export_to(tmp_path / "nowhere" / "a.TextGrid")
    qtbot.waitUntil(lambda: dialog.strip.isVisible() and not dialog.strip.running, timeout=WAIT_MS)
    assert not dialog.written.isVisible()
    assert "nowhere" in dialog.strip.failure
    dialog.close()


def test_the_quality_of_the_selected_stretch_is_shown_with_what_it_is_not(working: MainWindow, qtbot: QtBot) -> None:
    working.desk.selection.set_range(2 * RATE, 3 * RATE, [])
    dialog = working.parts.dialogs.measuring("quality")
    assert isinstance(dialog, QualityDialog)

    qtbot.waitUntil(lambda: dialog.quality is not None, timeout=WAIT_MS)

    assert dialog.quality is not None
    assert dialog.quality.length_s == 1.0
    assert dialog.values["Periods"].text() == str(dialog.quality.pulses)
    assert dialog.quality.pulses == pytest.approx(440, abs=10)
    assert dialog.values["Jitter, RAP"].text().endswith(" %")
    dialog.copy.click()
    dialog.close()


def test_labels_become_markers_at_the_clip_in_one_undo_step(
    window: MainWindow, labels: LabelsDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    words = Tier(name="words", kind="stretches", labels=(Label(start_s=0.5, end_s=1.0, text="la"),))
    beats = Tier(name="beats", kind="places", labels=(Label(start_s=0.25, end_s=0.25, text="1"),))
    path = tmp_path / "a.TextGrid"
    path.write_text(textgrid.write(textgrid.TextGrid(0.0, 3.0, (words, beats))), encoding="utf-16")
    select(window)
    before = window.desk.document.project

    labels.read(path)
    qtbot.waitUntil(labels.isVisible, timeout=WAIT_MS)
    labels.boxes[1].setChecked(False)
    labels.go.click()
    qtbot.waitUntil(lambda: not labels.isVisible(), timeout=WAIT_MS)

    added = [one for one in window.desk.document.project.markers if one.text == "la"]
    assert [(marker.start, marker.length) for marker in added] == [(round(1.5 * RATE), RATE // 2)]
    assert len(window.desk.document.project.markers) == len(before.markers) + 1
    window.desk.document.undo()
    assert window.desk.document.project == before


def test_without_a_clip_labels_count_from_the_beginning_and_bands_do_no_harm(
    window: MainWindow, labels: LabelsDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    label = Label(start_s=2.0, end_s=2.0, text="breath", low_hz=100.0, high_hz=900.0)
    (tmp_path / "labels.txt").write_text(audacity.write([label]))

    labels.read(tmp_path / "labels.txt")
    qtbot.waitUntil(labels.isVisible, timeout=WAIT_MS)
    labels.go.click()
    qtbot.waitUntil(lambda: not labels.isVisible(), timeout=WAIT_MS)

    assert [one.start for one in window.desk.document.project.markers if one.text == "breath"] == [2 * RATE]


def test_a_file_that_is_none_is_told_and_adds_nothing(
    window: MainWindow, labels: LabelsDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "letter.txt").write_text("Dear Ada,")

    with qtbot.waitSignal(window.desk.background.failed, timeout=WAIT_MS) as failed:
        labels.read(tmp_path / "letter.txt")

    assert "Line 1" in failed.args[0].cause
    assert not labels.isVisible()


def test_everything_in_the_dialogs_says_its_name_and_escape_closes_them(
    window: MainWindow, labels: LabelsDialog
) -> None:
    select(window)
    pages = [page for page in get_args(Measuring) if page != "labels"]  # that one begins with the system's own dialog
    for dialog in (*(window.parts.dialogs.measuring(page) for page in pages), labels):
        dialog.show()
        for field in dialog.findChildren(QWidget):
            if field.focusPolicy() & Qt.FocusPolicy.TabFocus and not field.objectName().startswith("qt_"):
                assert QAccessible.queryAccessibleInterface(field).text(QAccessible.Text.Name).strip(), field
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
