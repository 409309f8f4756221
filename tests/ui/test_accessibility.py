"""Everything takes keys, says its name and is large enough to be hit."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QMenu,
    QScrollBar,
    QSplitterHandle,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.ui.window import MainWindow
from tests.ui.conftest import OpenWindow, empty_project


def focusable(root: QWidget) -> Iterator[QWidget]:
    """Every widget that takes keys, but for those that Qt hides inside others (`qt_spinbox_lineedit`)."""
    for widget in (root, *root.findChildren(QWidget)):
        inside = widget.objectName().startswith("qt_") or isinstance(widget, QMenu | QSplitterHandle)
        parent = widget.parentWidget()
        is_viewport = isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not inside and not is_viewport:
            yield widget


def spoken(widget: QWidget) -> str:
    """What a screen reader says of a widget."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def nameless(root: QWidget) -> list[str]:
    return [f"{widget!r} in {widget.parentWidget()!r}" for widget in focusable(root) if not spoken(widget).strip()]


def dialogs(window: MainWindow) -> dict[str, Callable[[], object]]:
    return {
        "preferences": window.parts.dialogs.preferences,
        "export": window.parts.dialogs.export,
        "keys": window.parts.dialogs.shortcuts,
        "about": window.parts.dialogs.about,
        "system check": window.parts.dialogs.system_check,
    }


def test_everything_in_the_window_says_its_name(window: MainWindow) -> None:
    window.desk.selection.set_clips([next(window.desk.document.project.clips).id], window.desk.document.project)

    assert len(list(focusable(window))) > 40
    assert nameless(window) == []


def test_everything_in_an_empty_window_says_its_name(open_window: OpenWindow) -> None:
    assert nameless(open_window(empty_project)) == []


@pytest.mark.parametrize("which", ["preferences", "export", "keys", "about", "system check"])
def test_everything_in_a_dialog_says_its_name(window: MainWindow, qtbot: QtBot, which: str) -> None:
    dialogs(window)[which]()

    shown = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
    assert len(shown) == 1
    assert nameless(shown[0]) == []
    shown[0].close()


def test_a_button_without_words_explains_itself(window: MainWindow) -> None:
    silent = [
        repr(button)
        for button in window.findChildren(QAbstractButton)
        if not button.text() and button.focusPolicy() != Qt.FocusPolicy.NoFocus and not button.toolTip()
    ]
    assert silent == []


def test_what_can_be_hit_is_large_enough(window: MainWindow) -> None:
    small = [
        f"{widget!r} {widget.width()} x {widget.height()}"
        for widget in focusable(window)
        if widget.isVisible() and not isinstance(widget, QScrollBar) and min(widget.width(), widget.height()) < 24
    ]
    assert small == []


def test_tab_reaches_every_panel_and_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    window.parts.header.menu_button.setFocus(Qt.FocusReason.TabFocusReason)
    visited: list[QWidget] = []

    for _ in range(200):
        holder = QApplication.focusWidget()
        assert holder is not None
        if holder in visited:
            break
        visited.append(holder)
        QTest.keyClick(holder, Qt.Key.Key_Tab)

    for panel in (
        window.parts.header,
        window.parts.library,
        window.parts.timeline,
        window.parts.right,
        window.parts.transport,
    ):
        assert any(panel.isAncestorOf(widget) for widget in visited), panel.accessibleName()
    order = [window.parts.header.isAncestorOf(widget) for widget in visited]
    assert order[0]
    assert not order[-1], "the header is visited in one go"


def test_f6_goes_from_panel_to_panel(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    panels = [
        window.parts.header,
        window.parts.library,
        window.parts.edit_page,
        window.parts.right,
        window.parts.transport,
    ]
    window.parts.header.menu_button.setFocus()

    for panel in (*panels[1:], panels[0]):
        window.desk.view.focus_panel(1)
        holder = QApplication.focusWidget()
        assert holder is not None
        assert panel.isAncestorOf(holder), panel.accessibleName()
    window.desk.view.focus_panel(-1)
    holder = QApplication.focusWidget()
    assert holder is not None
    assert window.parts.transport.isAncestorOf(holder)
