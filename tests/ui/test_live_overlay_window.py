"""The overlays over the screen: on a real X screen, with a window of somebody else underneath."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QCursor, QGuiApplication, QImage
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from studio import desktop
from studio.ui.live.overlay_window import OverlayPane
from tests.ui.test_live import WAIT_MS, OpenLive, open_live, record, see, stop

__all__ = ["open_live"]  # the fixture

pytestmark = [
    pytest.mark.logs_errors,
    pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display"),
]


def white(image: QImage) -> int:
    """How many of some of its points are white."""
    points = (image.pixelColor(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2))
    return sum(min(one.red(), one.green(), one.blue(), one.alpha()) > 240 for one in points)


def test_the_overlays_lie_over_the_screen_and_in_nobodys_way(qtbot: QtBot, open_live: OpenLive) -> None:
    studio, page = open_live()
    see(qtbot, page)
    window, section = studio.desk.overlay_window, page.elsewhere
    assert not window.on
    below = QWidget(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
    below.setStyleSheet("background: #0000C0")
    screen = QGuiApplication.primaryScreen()
    below.setGeometry(screen.geometry())
    below.show()
    qtbot.addWidget(below)
    page.hand.add("text", text="MELISMA")

    section.window_switch.click()
    qtbot.waitUntil(lambda: page.floating.pane is not None and page.floating.pane.image is not None, timeout=WAIT_MS)
    pane = page.floating.pane
    assert pane is not None
    qtbot.waitUntil(pane.isVisible, timeout=WAIT_MS)

    flags = pane.windowFlags()
    for flag in (
        Qt.WindowType.FramelessWindowHint,
        Qt.WindowType.WindowStaysOnTopHint,
        Qt.WindowType.WindowTransparentForInput,
        Qt.WindowType.WindowDoesNotAcceptFocus,
    ):
        assert flags & flag
    assert not pane.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
    assert white(pane.grab().toImage()) > 20
    assert pane.grab().toImage().pixelColor(pane.width() - 1, pane.height() - 1).alpha() == 0

    pane.raise_()  # there is no window manager here that would keep it there
    qtbot.waitUntil(lambda: white(screen.grabWindow(0).toImage().copy(pane.geometry())) > 20, timeout=WAIT_MS)
    outside = screen.grabWindow(0).toImage().pixelColor(pane.geometry().bottomRight() + QPoint(20, 20))
    assert outside.blue() > 150, "what lies beside it is seen"

    QCursor.setPos(screen.geometry().bottomRight())
    QCursor.setPos(pane.geometry().center())
    qtbot.waitUntil(below.underMouse, timeout=WAIT_MS)

    assert section.window_note.isVisibleTo(section)
    assert "does not blend" in section.window_note.text()
    before = pane.geometry()
    page.hand.place(QRectF(0.1, 0.5, 0.3, 0.2))
    qtbot.waitUntil(lambda: pane.geometry() != before, timeout=WAIT_MS)
    assert desktop.run(studio, "live.overlay_window")
    assert page.floating.pane is None
    assert not section.window_switch.isChecked()


def test_it_rests_while_the_studio_records(qtbot: QtBot, open_live: OpenLive) -> None:
    studio, page = open_live()
    see(qtbot, page)
    page.hand.add("text")
    assert desktop.run(studio, "live.overlay_window")
    qtbot.waitUntil(lambda: page.floating.pane is not None and page.floating.pane.isVisible(), timeout=WAIT_MS)
    pane = page.floating.pane
    assert pane is not None

    record(qtbot, studio, 0.3)
    assert not pane.isVisible()
    assert studio.desk.overlay_window.on
    assert "Hidden while" in page.elsewhere.window_note.text()
    finished = stop(qtbot, studio)
    qtbot.waitUntil(pane.isVisible, timeout=WAIT_MS)

    assert Path(finished.parts[0].path).exists()
    assert desktop.run(studio, "live.overlay_window")
    assert not isinstance(page.floating.pane, OverlayPane)


def test_where_no_window_may_lie_above_others_it_is_said(
    qtbot: QtBot, open_live: OpenLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, page = open_live()
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "wayland")

    page.elsewhere.window_switch.click()

    assert not studio.desk.overlay_window.on
    assert not page.elsewhere.window_switch.isChecked()
    assert page.floating.pane is None
    qtbot.waitUntil(
        lambda: any("not laid over the screen" in label.text() for label in studio.window.findChildren(QLabel)),
        timeout=WAIT_MS,
    )
