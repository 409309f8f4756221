"""The window as a whole: themes, panels, what it remembers, its dialogs over real settings."""

import socket
from typing import get_args

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage, QScreen
from PySide6.QtWidgets import QApplication, QCheckBox, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.model.edits import RenameProject
from studio.model.project import MediaId, TrackId
from studio.session.desk import Workspace
from studio.settings.schema import Settings
from studio.ui.connections_view import ConnectionsView
from studio.ui.drop import MEDIA_MIME
from studio.ui.keys_page import KeysPage
from studio.ui.settings_form import HIDDEN, entries, sections
from studio.ui.theme import DARK, LIGHT
from studio.ui.window import MainWindow
from tests.ui.conftest import RATE, OpenWindow, empty_project

LONG = "Donaudampfschifffahrtsgesellschaftskapitän " * 4


def ground(window: MainWindow) -> QColor:
    """The colour of the header where it is empty, between undo and the workspaces, as it is on the screen."""
    image: QImage = window.parts.header.grab().toImage()
    return image.pixelColor(image.width() // 4, image.height() // 2)


def test_the_theme_changes_without_a_restart(window: MainWindow) -> None:
    assert ground(window) == DARK.panel
    window.desk.settings.change("appearance", theme="light")
    assert window.theme is LIGHT
    assert ground(window) == LIGHT.panel
    window.desk.settings.change("appearance", theme="dark")
    assert ground(window) == DARK.panel


@pytest.mark.parametrize("room", [QSize(960, 600), QSize(800, 480), QSize(2560, 1440)], ids=str)
def test_the_window_opens_within_the_screen(room: QSize, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _screen: QRect(QPoint(0, 24), room))
    window = MainWindow(DARK)
    assert window.size() == QSize(1440, 900).boundedTo(room)
    assert window.minimumSize() == QSize(940, 580).boundedTo(room)
    window.deleteLater()


def test_an_empty_project_has_one_primary_button(open_window: OpenWindow) -> None:
    window = open_window(empty_project)
    primary = [w for w in window.findChildren(QWidget) if w.property("kind") == "primary" and w.isVisible()]
    assert primary == [window.parts.welcome.record]
    assert not window.parts.timeline.isVisible()


def test_a_project_with_sound_shows_the_timeline(window: MainWindow) -> None:
    assert window.parts.timeline.isVisible()
    assert not window.parts.welcome.isVisible()


def test_panels_hide_and_are_remembered(window: MainWindow, open_window: OpenWindow) -> None:
    window.desk.view.toggle_panel("library")
    window.desk.view.toggle_panel("history")
    window.parts.splitter.setSizes([0, 1000, 300])
    window.parts.actions.run("edit.select_all")
    window.keep_layout()

    kept = type(window._kept)
    again = MainWindow(DARK)
    again.fill(window.desk)
    assert isinstance(again._kept, kept)
    assert again.parts.library.isHidden()
    assert again.parts.right.shows_history
    assert again.parts.palette.recent[0] == "edit.select_all"
    again.deleteLater()


def test_only_workspaces_that_exist_can_be_chosen(window: MainWindow) -> None:
    assert window.parts.header.workspaces.isVisible()
    names = {button.text().lower() for button in window.parts.header.workspaces.findChildren(QPushButton)}
    assert {which for which in get_args(Workspace) if f"view.{which}" in window.parts.actions} == names


def test_every_command_is_in_a_menu(window: MainWindow) -> None:
    listed = {action.objectName() for menu in window.parts.header.menu.findChildren(QMenu) for action in menu.actions()}
    assert {command.id for command in window.parts.actions.commands} <= listed


def test_a_sound_of_the_library_is_put_on_a_track_of_its_own(window: MainWindow) -> None:
    window.desk.selection.set_cursor(12345)
    window.parts.library.media.place(MediaId("tone"))
    track = window.desk.document.project.tracks[-1]
    assert [clip.start for clip in track.clips] == [12345]
    assert window.parts.library.media.count() == 1


def test_a_click_in_the_history_goes_back_to_that_moment(window: MainWindow) -> None:
    window.desk.view.toggle_panel("history")
    for name in ("One", "Two", "Three"):
        window.desk.document.do(RenameProject(name=name))
    window.parts.right.history._list.setCurrentRow(1)
    assert window.desk.document.project.name == "One"
    window.parts.right.history._list.setCurrentRow(3)
    assert window.desk.document.project.name == "Three"


def test_a_long_name_breaks_nothing(window: MainWindow, qtbot: QtBot) -> None:
    window.desk.document.do(RenameProject(name=LONG.strip()))
    window.resize(window.minimumSize())
    qtbot.wait(20)
    header = window.parts.header
    assert header.width() <= window.width()
    assert header.settings.geometry().right() < header.width()
    assert "…" in header.name.text()
    assert header.name.toolTip().startswith(LONG.strip())


def test_every_setting_has_a_control_and_every_control_sets_it(window: MainWindow) -> None:
    preferences = window.parts.dialogs.preferences("appearance")
    shown = {entry.path for form in preferences._forms for entry, _ in form._show_all}
    every = {f"{section}.{name}" for section in sections() for name in getattr(Settings(), section).__struct_fields__}
    assert shown == every - HIDDEN

    form = next(form for form in preferences._forms if form.section == "pitch")
    box = next(control for entry, control in form._show_all if entry.name == "flats")
    assert isinstance(box, QCheckBox)
    box.setChecked(True)
    assert window.desk.settings.value.pitch.flats
    preferences.close()


def test_privacy_lists_the_connections_that_there_are(window: MainWindow) -> None:
    window.desk.asks.preferences("privacy")
    view = window.findChild(ConnectionsView)
    assert isinstance(view, ConnectionsView)
    assert view.words.text() == "None. The studio has not opened any connection."

    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        host, port = server.getsockname()
        view.look()
    assert f"{host}:{port}" in view.words.text()


@pytest.mark.parametrize("section", list(sections()))
def test_every_setting_explains_itself(section: str) -> None:
    for entry in entries(section):
        assert entry.title, entry.path
        assert entry.description, entry.path


def test_keys_that_are_taken_change_hands_and_it_is_said(window: MainWindow) -> None:
    page = window.parts.dialogs.preferences("keys").findChild(KeysPage)
    assert isinstance(page, KeysPage)
    page.choose("edit.split")
    page.bind("Ctrl+J")
    assert page.keymap["edit.split"] == ("Ctrl+J",)
    assert page.keymap["edit.join"] == ()
    assert "Join clips" in page._note.text()
    assert window.parts.actions.action("edit.split").shortcut().toString() == "Ctrl+J"


def test_the_export_is_what_was_chosen(window: MainWindow) -> None:
    window.desk.selection.set_range(8000, 16000)
    dialog = window.parts.dialogs.export()
    dialog.container.show_value("mp3")
    dialog.part.show_value("selection")
    dialog.loudness.show_value("-16")
    dialog._show_what_fits()
    spec = dialog.spec
    assert (spec.container, spec.start, spec.stop, spec.loudness_lufs) == ("mp3", 8000, 16000, -16.0)
    assert not dialog.bits.isVisible()
    assert dialog.kbps.isVisible()
    dialog.close()


def test_a_sound_dragged_out_of_the_library_lands_where_it_is_dropped(window: MainWindow) -> None:
    canvas, sight = window.parts.timeline.canvas, window.parts.timeline.sight
    data = QMimeData()
    data.setData(MEDIA_MIME, QByteArray(b"tone"))
    at = QPointF(sight.viewport.x_of(12 * RATE), 40.0)
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton

    QApplication.sendEvent(canvas, QDragEnterEvent(at.toPoint(), Qt.DropAction.CopyAction, data, buttons, keys))
    QApplication.sendEvent(canvas, QDropEvent(at, Qt.DropAction.CopyAction, data, buttons, keys))

    track = window.desk.document.project.track(TrackId("vox"))
    assert [clip.start for clip in track.clips[:2]] == [RATE, 5 * RATE]
    assert track.clips[2].start == pytest.approx(12 * RATE, abs=sight.viewport.samples_per_px)


def test_the_window_fits_a_small_screen_at_150_percent(window: MainWindow) -> None:
    assert window.minimumSizeHint().width() <= 960
    assert window.minimumSizeHint().height() <= 600
