"""The first moments: the window is seen at once, is filled in slices, and cannot be hit while it is half-built."""

import gc
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio import paths
from studio.app import Start
from studio.session.settings_file import SettingsFile
from studio.ui.frame import Frame
from studio.ui.layout_file import WindowLayout, save
from studio.ui.theme import DARK, LIGHT, Theme
from studio.ui.window import MainWindow
from tests.ui.conftest import OpenDesk

WAIT_MS = 60_000


class LogCapture(Protocol):
    """pytest-qt's `qtlog`, which has no types of its own."""

    def disabled(self) -> AbstractContextManager[None]: ...


class Paints(QObject):
    """Notes what was painted while a window was not filled yet, and while it was."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.filled: list[bool] = []
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Paint:
            self.filled.append(self._window.is_filled)
        return super().eventFilter(watched, event)


def dragged_over(window: MainWindow) -> QDragEnterEvent:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/somewhere/voice.wav")])
    event = QDragEnterEvent(
        QPoint(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.setAccepted(False)
    window.dragEnterEvent(event)
    return event


def test_the_window_is_painted_first_and_filled_after_that(qtbot: QtBot, qapp: QApplication) -> None:
    frozen = gc.get_freeze_count()
    start = Start(qapp, SettingsFile(paths.config() / "settings.json"), [])
    paints = Paints(start.window)
    start.window.show()
    qtbot.waitUntil(lambda: start.window.is_filled, timeout=WAIT_MS)

    assert paints.filled[0] is False
    assert start.studio is not None
    assert start.window.parts.header.isVisible()
    assert dragged_over(start.window).isAccepted()
    assert not any(frame.isVisible() for frame in start.window.findChildren(Frame))
    qtbot.waitUntil(lambda: gc.get_freeze_count() > frozen, timeout=WAIT_MS)  # no search for garbage goes over it all

    start.end()
    start.window.close()
    start.window.deleteLater()
    start.deleteLater()


@pytest.mark.parametrize("steps", [0, 1, 4, 8])
def test_a_half_built_window_takes_no_keys_no_files_and_may_be_closed(
    qtbot: QtBot, qtlog: LogCapture, open_desk: OpenDesk, steps: int
) -> None:
    desk = open_desk()
    before = desk.document.project
    window = MainWindow(DARK)
    filling = window.filling(desk)
    for _ in range(steps):
        next(filling)
    window.show()
    qtbot.waitExposed(window)

    desk.selection.select_all(before)
    with qtlog.disabled():  # Qt warns of what is wanted here: nobody took the key
        QTest.keyClick(window, Qt.Key.Key_Delete)
    window.resize(1100, 700)

    assert not window.is_filled
    assert not dragged_over(window).isAccepted()
    assert desk.document.project == before
    assert window.close()
    window.deleteLater()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_the_frame_stands_where_the_panels_will_be(
    qtbot: QtBot, open_desk: OpenDesk, tmp_path: Path, theme: Theme
) -> None:
    save(paths.config() / "window.json", WindowLayout(panels=(300, 700, 330)))
    window = MainWindow(theme)
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    framed = window.grab().toImage()
    window.fill(open_desk())
    qtbot.waitUntil(lambda: window.parts.library.width() == 300, timeout=WAIT_MS)
    filled = window.grab().toImage()

    places = {"header": (700, 20), "library": (150, 700), "inspector": (1300, 800), "transport": (700, 895)}
    for name, (x, y) in places.items():
        assert framed.pixelColor(x, y) == filled.pixelColor(x, y), name
    window.close()
    window.deleteLater()
