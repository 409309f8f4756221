"""The command palette: by keyboard alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.palette_dialog import CommandPalette, caps
from studio.ui.window import MainWindow


@pytest.fixture
def palette(window: MainWindow, qtbot: QtBot) -> CommandPalette:
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    window.parts.timeline.canvas.setFocus()
    window.parts.actions.run("view.palette")
    return window.parts.palette


def field() -> QWidget:
    holder = QApplication.focusWidget()
    assert holder is not None
    return holder


def test_a_few_letters_and_enter_do_it(palette: CommandPalette, window: MainWindow) -> None:
    QTest.keyClicks(field(), "sel all")
    assert palette.titles[0] == "Select all"

    QTest.keyClick(field(), Qt.Key.Key_Return)
    assert palette.isHidden()
    assert len(window.desk.selection.clips) == 3


def test_what_was_used_lately_comes_first(palette: CommandPalette, window: MainWindow) -> None:
    QTest.keyClicks(field(), "select all")
    QTest.keyClick(field(), Qt.Key.Key_Return)

    window.parts.actions.run("view.palette")
    assert palette.titles[0] == "Select all"


def test_what_cannot_run_comes_last_with_its_reason(palette: CommandPalette, window: MainWindow) -> None:
    runnable = [not window.parts.actions.why_not(command.id) for command, _ in palette._rows.rows]
    assert runnable == sorted(runnable, reverse=True)
    reasons = {command.id: reason for command, reason in palette._rows.rows}
    assert reasons["edit.paste"] == "Nothing was copied yet"


def test_the_arrows_move_and_escape_gives_the_keyboard_back(palette: CommandPalette, window: MainWindow) -> None:
    QTest.keyClick(field(), Qt.Key.Key_Down)
    QTest.keyClick(field(), Qt.Key.Key_Down)
    assert palette._list.currentIndex().row() == 2
    QTest.keyClick(field(), Qt.Key.Key_Up)
    assert palette._list.currentIndex().row() == 1

    QTest.keyClick(field(), Qt.Key.Key_Escape)
    assert palette.isHidden()
    assert QApplication.focusWidget() is window.parts.timeline.canvas


def test_a_word_that_is_no_command_says_so(palette: CommandPalette) -> None:
    QTest.keyClicks(field(), "qqqq")
    assert palette.titles == ()
    assert palette._none.isVisible()


def test_keys_typed_into_it_do_not_reach_the_timeline(palette: CommandPalette, window: MainWindow) -> None:
    QTest.keyClicks(field(), "r l")
    assert not window.desk.transport.recording
    assert not window.desk.transport.loop_on


def test_keys_become_caps() -> None:
    assert caps("Ctrl+Shift+E") == ("Ctrl", "Shift", "E")
    assert caps("Ctrl++") == ("Ctrl", "Plus")
    assert caps("") == ()
