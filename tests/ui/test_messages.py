"""What a person is told: banners while a trouble lasts, toasts in passing, errors with a way out."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.errors import Explanation
from studio.protocol.live import Trouble
from studio.session.recovery import Kind, LeftBehind
from studio.ui.messages import Banners, ExplanationView
from studio.ui.recovery_view import RecoveryView
from studio.ui.theme import DARK
from studio.ui.toasts import Toast
from studio.ui.window import MainWindow
from tests.helpers.states import audio_state

LOST = Explanation(
    code="device.lost",
    title="Rode NT-USB was disconnected.",
    cause="Silence is being recorded in its place.",
    remedy="Plug it in again.",
    detail="PaErrorCode -9985",
)


def button(root: QWidget, text: str) -> QAbstractButton:
    return next(one for one in root.findChildren(QAbstractButton) if text in (one.text(), one.accessibleName()))


def test_a_trouble_stands_there_while_it_lasts_and_goes_by_itself(window: MainWindow) -> None:
    window.desk.transport.trouble.emit(Trouble(kind="device_lost", why=LOST))
    assert "trouble device_lost" in window.parts.banners.keys
    assert window.parts.banners.isVisible()

    window.desk.transport.trouble.emit(Trouble(kind="device_lost", why=LOST, over=True))
    assert len(window.parts.banners.keys) == 0
    assert window.parts.banners.isHidden()


def heard(window: MainWindow, *, playing: bool = False, recording: bool = False) -> None:
    """The worker says what it does."""
    speakers, microphone = "Speakers" if playing else "", "Booth" if recording else ""
    window.desk.transport._hear(
        audio_state(open_output=speakers, open_input=microphone, playing=playing, recording=recording)
    )


def test_that_a_device_is_missing_is_not_said_any_longer_once_another_is_chosen(window: MainWindow) -> None:
    window.desk.transport.notice.emit(msgspec.structs.replace(LOST, code="device.missing"))
    heard(window, playing=True)
    assert list(window.parts.banners.keys) == ["audio device.missing"]

    window.desk.settings.change("recording", device="Booth")

    assert list(window.parts.banners.keys) == []


def test_what_is_wrong_is_said_in_three_sentences_and_the_rest_is_folded_away(qtbot: QtBot) -> None:
    view = ExplanationView(LOST, DARK)
    qtbot.addWidget(view)
    view.show()
    assert view.accessibleName() == LOST.sentence
    assert view.findChildren(QPlainTextEdit) == []

    button(view, "Details").click()
    details = view.findChild(QPlainTextEdit)
    assert isinstance(details, QPlainTextEdit)
    assert details.isVisible()
    assert details.toPlainText() == LOST.detail


def test_the_report_has_everything_that_helps(qtbot: QtBot) -> None:
    view = ExplanationView(LOST, DARK, report=lambda: "Melisma Studio 0.1.0")
    qtbot.addWidget(view)
    button(view, "Copy report").click()

    text = QGuiApplication.clipboard().text()
    for part in (LOST.code, LOST.title, LOST.detail, "Melisma Studio 0.1.0"):
        assert part in text


def test_older_banners_are_folded_into_one_line_and_can_be_unfolded(qtbot: QtBot) -> None:
    banners = Banners(DARK)
    qtbot.addWidget(banners)
    banners.put("0", LOST)
    alone_px = banners.sizeHint().height()
    assert banners.more.isHidden()
    for number in range(1, 4):
        banners.put(str(number), LOST)
    assert banners.in_sight == ("3",)
    assert banners.more.text() == "3 more"
    assert banners.sizeHint().height() <= alone_px + 40

    for shown in (("3", "2", "1", "0"), ("3",)):
        banners.more.click()
        assert banners.in_sight == shown

    for key in ("3", "1", "0"):
        banners.take(key)
    assert (banners.in_sight, banners.more.isHidden()) == (("2",), True)


def test_the_oldest_of_very_many_banners_are_given_up(qtbot: QtBot) -> None:
    banners = Banners(DARK)
    qtbot.addWidget(banners)
    for number in range(10):
        banners.put(str(number), LOST)
    assert banners.keys == tuple(str(number) for number in range(9, 1, -1))


def test_escape_puts_a_banner_away(window: MainWindow) -> None:
    window.desk.asks.show(LOST)
    view = window.parts.banners.findChild(ExplanationView)
    assert isinstance(view, ExplanationView)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert list(window.parts.banners.keys) == []


def test_a_toast_does_what_its_button_says_and_goes(window: MainWindow, qtbot: QtBot) -> None:
    done: list[str] = []
    window.desk.asks.toast("Exported song.wav", "Show in folder", lambda: done.append("shown"))
    assert window.parts.toasts.texts == ("Exported song.wav",)

    button(window.parts.toasts, "Show in folder").click()
    assert done == ["shown"]
    qtbot.waitUntil(lambda: window.parts.toasts.texts == ())


def test_a_long_toast_is_wrapped_and_nothing_of_it_is_cut(window: MainWindow, qtbot: QtBot) -> None:
    text = (
        "The recording was interrupted: the audio engine ended before any sound was recorded. "
        "The recording goes on, and the gap is marked from 00:12.480 to 00:14.020 on the track Lead vocals."
    )
    window.desk.asks.toast("Short")
    window.desk.asks.toast(text, "Show", lambda: None)
    short, long = window.parts.toasts.findChildren(Toast)
    words = next(label for label in long.findChildren(QLabel) if label.text() == text)
    assert 2 * words.fontMetrics().height() <= words.height() <= 5 * words.fontMetrics().height()
    assert words.height() >= words.heightForWidth(words.width())
    assert long.rect().contains(words.geometry())
    assert short.height() < long.height()
    assert window.parts.toasts.rect().contains(long.geometry())


def test_the_same_toast_is_not_stacked(window: MainWindow) -> None:
    for _ in range(3):
        window.desk.asks.toast("The report was copied")
    assert window.parts.toasts.texts == ("The report was copied",)


def test_a_command_that_cannot_run_says_why(window: MainWindow) -> None:
    window.parts.actions.run("edit.paste")
    assert window.parts.toasts.texts == ("Paste: nothing was copied yet.",)


@pytest.mark.parametrize(
    ("kinds", "title"),
    [
        (["take"], "An interrupted take was recovered."),
        (["take", "take"], "2 interrupted takes were recovered."),
        (["project"], "A project without a name was left open."),
        (["take", "project"], "2 things were left behind by an earlier run."),
        (["work"], "A job on this project was not finished."),
        (["work", "work"], "2 jobs on this project were not finished."),
        (["files"], "Some files are not finished."),
        (["speech"], "Some lines were not spoken to the end."),
    ],
)
def test_what_was_left_behind_is_offered_and_later_keeps_it(window: MainWindow, kinds: list[Kind], title: str) -> None:
    found = tuple(LeftBehind(kind=kind, folder="/nowhere", name=kind, length_s=4.0, found_at="") for kind in kinds)
    window.desk.asks.recover(found)
    view = window.findChild(RecoveryView)
    assert isinstance(view, RecoveryView)
    assert any(label.property("text") == title for label in view.findChildren(QWidget))

    button(view, "Later").click()
    assert not view.isVisible()
