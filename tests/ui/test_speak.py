"""The Speak workspace with its real worker: a script is written, spoken, heard, edited, taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio import desktop
from studio.commands import BY_ID
from studio.commands import run as run_command
from studio.desktop import Studio
from studio.media import voices
from studio.model.edits import AddLines, SetSpeaker
from studio.model.spoken import Line, LineId, Speaker, SpeakerId
from studio.session.document import Document
from studio.session.speaking_left import SpeechNotes
from studio.session.speaking_place import clip_of
from studio.ui import theme as themes
from studio.ui.messages import ExplanationView
from studio.ui.models.models_dialog import ModelsDialog
from studio.ui.recovery_view import RecoveryView
from studio.ui.speak.line_row import LineRow
from studio.ui.speak.page import SpeakPage
from studio.ui.window import MainWindow
from tests.helpers import people
from tests.helpers.installing import install
from tests.helpers.ready_voices import write_piper
from tests.ui.conftest import NewStudio, OpenWindow, empty_project
from tests.ui.test_accessibility import nameless

WAIT_MS = 240_000

pytestmark = pytest.mark.timeout(900)

OpenSpeak = Callable[..., tuple[Studio, SpeakPage]]


@pytest.fixture
def open_speak(qtbot: QtBot, new_studio: NewStudio) -> OpenSpeak:
    """Open the Speak workspace of a window, on a project that was there before where one is given."""

    def make(project: Path | None = None) -> tuple[Studio, SpeakPage]:
        studio = new_studio()
        studio.begin([] if project is None else [project])
        studio.window.activateWindow()
        qtbot.waitUntil(studio.window.isActiveWindow, timeout=WAIT_MS)
        assert desktop.run(studio, "view.speak")
        page = studio.window.parts.workspace("speak")
        assert isinstance(page, SpeakPage)
        return studio, page

    return make


@pytest.fixture
def page(qtbot: QtBot, open_window: OpenWindow) -> SpeakPage:
    """The workspace in a window whose workers never start: for writing, nobody has to be there to speak."""
    window = open_window(empty_project)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    assert run_command(BY_ID["view.speak"], window.desk)
    made = window.parts.workspace("speak")
    assert isinstance(made, SpeakPage)
    return made


def row(page: SpeakPage, index: int) -> LineRow:
    return page.script.row(page.script.script.lines[index].id)


def texts(page: SpeakPage) -> list[str]:
    return [line.text for line in page.script.script.lines]


def write(qtbot: QtBot, page: SpeakPage, text: str) -> None:
    """Begin a script with the button, and type."""
    page.write.click()
    qtbot.waitUntil(lambda: row(page, 0).text.hasFocus(), timeout=WAIT_MS)
    QTest.keyClicks(row(page, 0).text, text)


def run(page: SpeakPage, command: str) -> bool:
    return run_command(BY_ID[command], page.desk)


def speak(qtbot: QtBot, studio: Studio, which: str) -> None:
    with qtbot.waitSignal(studio.desk.speaking.landed, timeout=WAIT_MS):
        assert desktop.run(studio, which)
    qtbot.waitUntil(lambda: not studio.desk.speaking.busy, timeout=WAIT_MS)


def test_a_window_in_which_nobody_speaks_makes_nothing_for_it(window: MainWindow) -> None:
    window.parts.actions.refresh()

    assert {"speaking", "voices"}.isdisjoint(window.desk.__dict__)
    assert window.parts.workspace("speak") is None


def test_an_empty_workspace_says_what_belongs_there(page: SpeakPage) -> None:
    assert page.write.isVisible()
    assert page.voices.first.isVisible()
    assert not page.all.isVisible()
    assert nameless(page) == []
    assert not run(page, "speak.all")


def test_lines_are_written_split_joined_and_pasted_as_on_one_page(qtbot: QtBot, page: SpeakPage) -> None:
    write(qtbot, page, "One. Two.")

    row(page, 0).text.place(4)
    QTest.keyClick(row(page, 0).text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: row(page, 1).text.hasFocus(), timeout=WAIT_MS)
    assert texts(page) == ["One.", "Two."]

    QTest.keyClick(row(page, 1).text, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: row(page, 0).text.hasFocus(), timeout=WAIT_MS)
    assert texts(page) == ["One. Two."]
    assert row(page, 0).text.textCursor().position() == 4

    row(page, 0).text.place(-1)
    pasted = QMimeData()
    pasted.setText("\nThree.\n\nFour.\n")
    row(page, 0).text.insertFromMimeData(pasted)
    assert texts(page) == ["One. Two.Three.", "Four."]
    QTest.keyClick(row(page, 1).text, Qt.Key.Key_Up)
    assert row(page, 0).text.hasFocus()

    for expected in (["One. Two."], ["One.", "Two."], ["One. Two."], [""], []):
        assert run(page, "edit.undo")
        assert texts(page) == expected
    assert page.write.isVisible()


def test_stressed_words_and_tags_are_seen_as_what_they_are(qtbot: QtBot, page: SpeakPage) -> None:
    write(qtbot, page, "It is *very* late [1s].")
    layout = row(page, 0).text.document().firstBlock().layout()

    def painted(at: int) -> tuple[int, str]:
        (there,) = [one for one in layout.formats() if one.start <= at < one.start + one.length]
        return there.format.fontWeight(), there.format.foreground().color().name()

    assert painted(7)[0] == QFont.Weight.Bold
    assert painted(6) == painted(19)
    assert painted(7)[1] != painted(6)[1]
    steps = len(page.desk.document.history_labels)
    row(page, 0).text.set_theme(themes.LIGHT)
    assert len(page.desk.document.history_labels) == steps


def test_a_line_is_spoken_heard_edited_chosen_and_still_there_after_reopening(
    qtbot: QtBot, open_speak: OpenSpeak, tmp_path: Path
) -> None:
    voice = people.learn_roughly(tmp_path)
    studio, page = open_speak()
    write(qtbot, page, "Guten Tag. Wie geht es?")
    desktop.run(studio, "speak.line")
    assert [view.why.cause for view in studio.window.parts.banners.findChildren(ExplanationView)] == [
        "Narrator has no voice yet."
    ]

    page.voices.used.emit(voice.id)
    speak(qtbot, studio, "speak.all")
    document = studio.document
    line = document.project.script.lines[0]
    (take,) = line.takes
    clip = clip_of(document.project, line)
    assert clip is not None
    assert (take.voice, take.text, len(take.sentences)) == (voice.id, "Guten Tag. Wie geht es?", 2)
    lineage = document.project.medium(clip.media).lineage
    assert lineage is not None
    assert lineage.engine == "basic"
    assert [track.name for track in document.project.tracks] == ["Narrator"]
    assert studio.desk.speaking.state(line) == "spoken"
    assert not page.all.isEnabled()
    assert len(row(page, 0).takes) == 1

    row(page, 0).text.place(-1)
    QTest.keyClicks(row(page, 0).text, " Gut.")
    assert studio.desk.speaking.state(document.project.script.lines[0]) == "changed"
    assert page.again.text() == "Speak what changed"
    speak(qtbot, studio, "speak.line")
    first, second = document.project.script.lines[0].takes
    assert [one.text for one in second.sentences[:2]] == [one.text for one in first.sentences]
    assert second.sentences[0].length == first.sentences[0].length
    assert len(list(document.project.clips)) == 1

    takes = row(page, 0).takes
    assert takes[0].love.isChecked()
    takes[1].love.click()
    line = document.project.script.lines[0]
    there = clip_of(document.project, line)
    assert line.take is not None
    assert (line.take.id, there is not None and there.media) == (first.id, first.media)

    assert there is not None
    studio.desk.selection.set_clips([there.id], document.project)
    speak(qtbot, studio, "speak.clip_again")
    assert [take.text for take in document.project.script.lines[0].takes] == [first.text, second.text, second.text]
    assert desktop.run(studio, "edit.undo")

    unfolded = row(page, 0).height()
    page.script.add_line()
    qtbot.waitUntil(lambda: row(page, 0).takes == [] and row(page, 0).height() < unfolded - 28, timeout=WAIT_MS)
    assert desktop.run(studio, "edit.undo")

    folder = document.folder
    studio.end()
    again, page_again = open_speak(folder)
    kept = again.document.project.script.lines[0]
    assert [one.id for one in kept.takes] == [first.id, second.id]
    assert desktop.run(again, "edit.undo")
    assert again.document.project.script.lines[0].take == second
    qtbot.waitUntil(lambda: bool(page_again.script.script.lines), timeout=WAIT_MS)
    assert nameless(page_again) == []


def test_a_failure_stops_the_queue_and_says_why(qtbot: QtBot, open_speak: OpenSpeak, tmp_path: Path) -> None:
    voice = people.learn_roughly(tmp_path)
    studio, page = open_speak()
    write(qtbot, page, "Eins.")
    pasted = QMimeData()
    pasted.setText("Zwei.\nDrei.")
    row(page, 0).text.insertFromMimeData(pasted)
    page.voices.used.emit(voice.id)
    for file in (voices.folder_of(voice) / "basic").iterdir():
        file.unlink()

    with qtbot.waitSignal(studio.jobs.failed, timeout=WAIT_MS):
        assert desktop.run(studio, "speak.all")
    qtbot.waitUntil(lambda: not studio.desk.speaking.busy, timeout=WAIT_MS)

    states = [studio.desk.speaking.state(line) for line in studio.document.project.script.lines]
    assert states == ["failed", "unspoken"]
    assert studio.desk.speaking.why(studio.document.project.script.lines[0].id) is not None
    with qtbot.waitSignal(studio.jobs.failed, timeout=WAIT_MS):
        assert desktop.run(studio, "speak.all")
    qtbot.waitUntil(lambda: not studio.desk.speaking.busy, timeout=WAIT_MS)
    assert [job.state for job in studio.jobs.rows].count("failed") == 1  # the first one is not offered any more


def test_what_an_earlier_run_was_to_say_is_offered_above_the_work(
    qtbot: QtBot, open_speak: OpenSpeak, tmp_path: Path
) -> None:
    voice, document = people.learn_roughly(tmp_path), Document()
    document.new_untitled()
    document.save_as(tmp_path / "Script")
    document.do(SetSpeaker(speaker=Speaker(id=SpeakerId("narrator"), name="Otto", voice=voice.id)))
    lines = (Line(id=LineId("l1"), text="Eins."), Line(id=LineId("l2"), text="Zwei."))
    document.do(AddLines(lines=lines, index=0))
    document.close()
    notes = SpeechNotes()
    notes.note(tmp_path / "Script", [LineId("l2")])
    notes.close()

    studio, _page = open_speak(tmp_path / "Script")
    qtbot.waitUntil(lambda: bool(studio.window.findChildren(RecoveryView)), timeout=WAIT_MS)
    (view,) = studio.window.findChildren(RecoveryView)
    qtbot.waitUntil(view.isVisible, timeout=WAIT_MS)  # where the person is, and where they go to
    for workspace in ("edit", "speak"):
        studio.desk.view.set_workspace(workspace)
        qtbot.waitUntil(view.isVisible, timeout=WAIT_MS)
    (go_on,) = [one for one in view.findChildren(QPushButton) if one.accessibleName() == "Go on: Speaking a line"]
    with qtbot.waitSignal(studio.desk.speaking.landed, timeout=WAIT_MS):
        go_on.click()

    assert not [one for one in studio.window.findChildren(RecoveryView) if one.isVisible()]
    assert [len(line.takes) for line in studio.document.project.script.lines] == [0, 1]


def test_a_voice_that_an_engine_brings_speaks_a_line(qtbot: QtBot, open_speak: OpenSpeak, tmp_path: Path) -> None:
    install("piper", write_piper(tmp_path / "piper"), "Tante", ("de",))
    studio, page = open_speak()
    write(qtbot, page, "Eins.")
    qtbot.waitUntil(lambda: studio.desk.engines.card("piper") is not None, timeout=WAIT_MS)

    choice = page.speaker.voice
    choice.setCurrentIndex(choice.findText("Tante (Piper)"))
    choice.activated.emit(choice.currentIndex())
    speaker = studio.document.project.script.speakers[0]
    assert (speaker.engine, speaker.voice) == ("piper", "Tante")
    assert page.speaker.engine.count() == 1
    assert "temperature" in page.speaker._turns
    speak(qtbot, studio, "speak.line")

    (take,) = studio.document.project.script.lines[0].takes
    assert (take.engine, take.voice_name) == ("piper", "Tante")
    assert studio.desk.speaking.state(studio.document.project.script.lines[0]) == "spoken"


def test_a_voice_is_found_by_its_language_and_speaks_at_once(qtbot: QtBot, open_speak: OpenSpeak) -> None:
    studio, page = open_speak()
    write(qtbot, page, "Seven hundred and four.")
    qtbot.waitUntil(lambda: page.voices.list.count() > 5, timeout=WAIT_MS)
    choice = page.speaker.voice
    choice.setCurrentIndex(choice.findText("Search all voices…"))
    choice.activated.emit(choice.currentIndex())
    qtbot.waitUntil(page.voices.search.hasFocus, timeout=WAIT_MS)
    assert choice.currentText() == "Choose a voice"

    QTest.keyClicks(page.voices.search, "scotland andy")
    listed = page.voices.list
    assert [listed.item(number).text() for number in range(listed.count())] == ["eSpeak NG", "English (Scotland), Andy"]
    listed.itemClicked.emit(listed.item(0))
    assert studio.document.project.script.speakers[0].voice == ""
    listed.itemClicked.emit(listed.item(1))

    speaker = studio.document.project.script.speakers[0]
    assert (speaker.engine, speaker.voice) == ("espeak", "en-gb-scotland+Andy")
    assert choice.currentText() == "English (Scotland), Andy (eSpeak NG)"
    page.voices.search.clear()
    assert listed.currentItem().text() == "English (Scotland), Andy"
    speak(qtbot, studio, "speak.line")

    (take,) = studio.document.project.script.lines[0].takes
    assert (take.engine, take.voice_name) == ("espeak", "English (Scotland), Andy")
    assert studio.desk.speaking.state(studio.document.project.script.lines[0]) == "spoken"


def test_without_ready_voices_the_choice_leads_to_the_models(qtbot: QtBot, open_speak: OpenSpeak) -> None:
    studio, page = open_speak()
    qtbot.waitUntil(lambda: studio.desk.engines.card("piper") is not None, timeout=WAIT_MS)

    choice = page.speaker.voice
    choice.setCurrentIndex(choice.findText("Install a ready voice…"))
    choice.activated.emit(choice.currentIndex())

    assert choice.currentText() == "Choose a voice"
    assert [dialog for dialog in studio.window.findChildren(ModelsDialog) if dialog.isVisible()]


def test_speakers_have_settings_of_their_own(qtbot: QtBot, open_speak: OpenSpeak) -> None:
    studio, page = open_speak()
    write(qtbot, page, "Eins.")
    qtbot.waitUntil(lambda: studio.desk.engines.card("basic") is not None, timeout=WAIT_MS)

    page.speaker.who.chosen.emit("new")
    line = studio.document.project.script.lines[0]
    assert line.speaker != "narrator"
    page.speaker.name.setText("Cat")
    page.speaker.name.editingFinished.emit()
    page.speaker._turns["speed"].setValue(1.5)

    assert studio.document.project.script.speaker(line.speaker).name == "Cat"
    assert studio.document.project.script.speaker(line.speaker).settings == {"speed": 1.5}
    assert studio.document.project.script.speaker(SpeakerId("narrator")).settings == {}
    page.dictionary.entries.setPlainText("Nguyen = win\nnothing")
    page.dictionary.take()
    assert studio.document.project.script.dictionary == {"Nguyen": "win"}


def test_a_long_script_is_there_at_once_and_its_rows_follow(qtbot: QtBot, page: SpeakPage) -> None:
    write(qtbot, page, "")
    pasted = QMimeData()
    pasted.setText("\n".join(f"Line {n}." for n in range(100)))
    row(page, 0).text.insertFromMimeData(pasted)

    assert len(page.script.script.lines) == 100
    last = page.script.script.lines[-1].id
    qtbot.waitUntil(lambda: page.script._to_make == [] and page.script.row(last).text.hasFocus(), timeout=WAIT_MS)
    page.desk.document.do(SetSpeaker(speaker=Speaker(id=SpeakerId("narrator"), name="Teller")))
    assert page.script.row(LineId(last)).who.text() == "Teller"
