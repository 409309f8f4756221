"""The dialog that makes a voice, with its real worker: recordings, the doctor, consent, a voice that can be used."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from pytestqt.qtbot import QtBot

from studio import desktop
from studio.desktop import Studio
from studio.media import readings, voices
from studio.ui.speak.page import SpeakPage
from studio.ui.voices.reading_panel import ReadingPanel
from studio.ui.voices.voice_dialog import VoiceDialog
from tests.helpers import people
from tests.ui.conftest import NewStudio
from tests.ui.test_accessibility import nameless
from tests.unit.test_readings import read

WAIT_MS = 240_000


@pytest.fixture
def studio(new_studio: NewStudio) -> Studio:
    made = new_studio()
    made.begin()
    return made


def said(dialog: VoiceDialog) -> str:
    return " ".join(dialog.doctor.findings)


def test_a_voice_is_made_from_a_recording_once_the_person_agrees(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    assert desktop.run(studio, "view.speak")
    page = studio.window.parts.workspace("speak")
    assert isinstance(page, SpeakPage)
    page.voices.wants_new.emit((people.recording(tmp_path / "Otto.wav"),))
    dialog = studio.window.findChild(VoiceDialog)
    assert isinstance(dialog, VoiceDialog)
    dialog.language.show_value("de")

    qtbot.waitUntil(lambda: "of speech" in said(dialog), timeout=WAIT_MS)
    assert "10 s are enough for a likeness" in said(dialog)
    assert not dialog.learn.isEnabled()
    assert dialog.state.text() == "Give the voice a name"
    dialog.name.setText("Otto")
    assert dialog.state.text() == "Write down what the person agrees to"
    dialog.consent.setPlainText("I agree.")
    assert dialog.learn.isEnabled()
    assert nameless(dialog) == []

    dialog.learn.click()
    assert not dialog.learn.isEnabled()
    with qtbot.waitSignal(studio.desk.voices.learnt, timeout=WAIT_MS):
        pass
    (voice,) = voices.all_voices()
    assert (voice.name, voice.consent.text, voice.language) == ("Otto", "I agree.", "de")
    assert dialog.isHidden()
    listed = [page.voices.list.item(row).text() for row in range(page.voices.list.count())]
    assert listed[:2] == ["Your own", "Otto"]
    page.voices.used.emit(voice.id)
    assert studio.document.project.script.speakers[0].voice == voice.id


def test_a_file_that_is_no_sound_is_explained_and_taken_off_again(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    broken = tmp_path / "memo.m4a"
    broken.write_bytes(b"This was a recording once. " * 400)
    dialog = studio.window.parts.dialogs.new_voice((broken,))

    with qtbot.waitSignal(studio.jobs.failed, timeout=WAIT_MS):
        pass
    assert not dialog.learn.isEnabled()
    dialog.remove(broken)
    assert dialog.state.text() == "Add a recording"


def test_sentences_from_before_a_crash_are_offered_and_taken_up(studio: Studio, qtbot: QtBot) -> None:
    whole = read("20260102-030405", "The whole sentence.", done=True, seconds=4.0)
    part = read("20260102-030411", "Nobody knows how much of this.", done=False, seconds=1.5)
    dialog = studio.window.parts.dialogs.new_voice()
    dialog.read_aloud.click()
    panel = dialog.panel
    assert isinstance(panel, ReadingPanel)
    qtbot.waitUntil(panel.earlier.isVisible, timeout=WAIT_MS)
    assert panel.earlier.text() == "Use the 2 sentences from before (5.5 s)"

    panel.earlier.click()

    assert [(path, row.text) for path, row in dialog.list.rows.items()] == [(whole, "The whole sentence."), (part, "")]
    assert not panel.earlier.isVisible()
    qtbot.waitUntil(lambda: "5.5 s of speech" in said(dialog), timeout=WAIT_MS)
    assert nameless(dialog) == []
    dialog.list.dropped.emit(part)
    assert list(dialog.list.rows) == [whole]
    qtbot.waitUntil(lambda: [one.path for one in readings.left()] == [str(whole)], timeout=WAIT_MS)


def test_the_doctors_advice_is_taken_by_a_button_and_taken_back(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    spoken, rate_hz = soundfile.read(people.recording(tmp_path / "said.wav"), dtype="float32")
    silence = np.zeros(2 * rate_hz, np.float32)
    path = tmp_path / "Otto.wav"
    soundfile.write(path, np.concatenate([silence, spoken, silence]), rate_hz, subtype="FLOAT")
    dialog = studio.window.parts.dialogs.new_voice((path,))
    qtbot.waitUntil(lambda: "of silence before and after" in said(dialog), timeout=WAIT_MS)
    row = dialog.list.rows[path]
    row.words.setText(people.TEXT)
    qtbot.waitUntil(lambda: dialog.doctor.remedies["Cut the silence off"].isEnabled(), timeout=WAIT_MS)
    assert nameless(dialog) == []

    dialog.doctor.remedies["Cut the silence off"].click()
    assert not dialog.doctor.remedies["Cut the silence off"].isEnabled()
    qtbot.waitUntil(lambda: path not in dialog.list.rows and "of speech" in said(dialog), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "of silence" not in said(dialog), timeout=WAIT_MS)
    (made,) = dialog.list.rows
    row = dialog.list.rows[made]
    assert row.name == "Otto.wav"
    assert row.text == people.TEXT
    assert row.state.text().startswith("Silence cut off, ")
    assert dialog.list.original(made) == path

    row.undo.click()
    assert list(dialog.list.rows) == [path]
    assert dialog.list.rows[path].text == people.TEXT
    qtbot.waitUntil(lambda: "of silence before and after" in said(dialog), timeout=WAIT_MS)
