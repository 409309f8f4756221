"""The Live workspace with its real worker on a real display: looking, recording, laying over, and what goes wrong."""

import http.client
import os
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import av
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from studio import desktop, paths
from studio.desktop import Studio
from studio.model.overlays import TEST_CAMERA
from studio.protocol.capture import CaptureFinished, Region
from studio.session import captured
from studio.session.captured import Source
from studio.session.capturing import Capturing
from studio.session.recovery import captures_left
from studio.ui.live.page import LivePage
from studio.ui.live.region_picker import RegionPicker
from studio.ui.messages import ExplanationView
from studio.ui.theme import DARK
from tests.ui.conftest import NewStudio

WAIT_MS = 60_000
SMALL = Region(left=0, top=0, width=320, height=200)

pytestmark = [
    pytest.mark.logs_errors,  # a worker that is killed on purpose is written to the log
    pytest.mark.skipif(not os.environ.get("DISPLAY"), reason="needs an X display"),
]

OpenLive = Callable[[], tuple[Studio, LivePage]]


@pytest.fixture
def open_live(new_studio: NewStudio, tmp_path: Path) -> OpenLive:
    """Open the Live workspace of a window, without microphones."""

    def make() -> tuple[Studio, LivePage]:
        films = str(tmp_path / "films")
        studio = new_studio(capture={"folder": films, "microphone": "-", "replay_s": 5.0, "fps": 24})
        studio.desk.capturing.choose(Source(region=SMALL))  # not the window, which would show itself in itself
        studio.begin()
        assert studio.window.parts.workspace("live") is None
        assert desktop.run(studio, "view.live")
        page = studio.window.parts.workspace("live")
        assert isinstance(page, LivePage)
        return studio, page

    return make


def see(qtbot: QtBot, page: LivePage) -> None:
    """Wait until there is a picture."""
    before = page.preview.pictures
    qtbot.waitUntil(lambda: page.preview.pictures > before, timeout=WAIT_MS)


def record(qtbot: QtBot, studio: Studio, seconds: float) -> Capturing:
    """Start with the button, and wait until so much is recorded."""
    capturing = studio.desk.capturing
    assert desktop.run(studio, "live.record")
    qtbot.waitUntil(
        lambda: (
            capturing.phase == "recording" and capturing.figures is not None and capturing.figures.duration_s >= seconds
        ),
        timeout=WAIT_MS,
    )
    return capturing


def stop(qtbot: QtBot, studio: Studio) -> CaptureFinished:
    with qtbot.waitSignal(studio.desk.capturing.finished, timeout=WAIT_MS) as finished:
        assert desktop.run(studio, "live.record")
    (event,) = finished.args
    assert isinstance(event, CaptureFinished)
    return event


def banners(studio: Studio) -> list[ExplanationView]:
    return studio.window.parts.banners.findChildren(ExplanationView)


def test_a_recording_is_watched_paused_marked_and_offered(qtbot: QtBot, open_live: OpenLive, tmp_path: Path) -> None:
    studio, page = open_live()
    mark = QWidget(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
    mark.setStyleSheet("background: #00FF00")
    mark.setGeometry(0, 0, 200, 200)
    mark.show()
    try:
        see(qtbot, page)
        assert page.preview.image is not None

        def is_green() -> bool:
            image: QImage | None = page.preview.image
            colour = None if image is None else image.pixelColor(image.width() // 4, image.height() // 4)
            return colour is not None and colour.green() > 220 and colour.red() < 40

        qtbot.waitUntil(is_green, timeout=WAIT_MS)
    finally:
        mark.close()
        mark.deleteLater()

    capturing = record(qtbot, studio, 0.8)
    assert page.record.record.text() == "Stop recording"
    assert page.record.state.text() == "● Recording"
    assert not page.source.source.isEnabled()
    assert page.figures.disk.text().endswith(("min", " h", "free"))
    assert desktop.run(studio, "live.chapter")
    assert desktop.run(studio, "live.pause")
    assert capturing.phase == "paused"
    assert desktop.run(studio, "live.pause")
    with qtbot.waitSignal(capturing.replay_saved, timeout=WAIT_MS) as saved:
        assert desktop.run(studio, "live.save_replay")
    finished = stop(qtbot, studio)

    assert Path(saved.args[0].path).name.startswith("Replay ")
    assert finished.why is None
    (part,) = finished.parts
    with av.open(part.path) as file:
        assert file.streams.video[0].frames > 1
        assert part.duration_s > 0.8
        assert [chapter["metadata"]["title"] for chapter in file.chapters()] == ["Chapter 1"]
    assert captures_left() == ()
    assert f"Recorded {part.duration_s:.1f} s" in " ".join(studio.window.parts.toasts.texts)
    see(qtbot, page)  # it goes on being shown
    assert page.record.record.text() == "Record screen"


def test_a_worker_that_is_killed_while_it_records_loses_nothing_but_the_moment(
    qtbot: QtBot, open_live: OpenLive
) -> None:
    studio, page = open_live()
    see(qtbot, page)
    capturing = record(qtbot, studio, 1.2)
    recorded_s, path = capturing.elapsed_s, capturing.path

    with qtbot.waitSignal(capturing.lost, timeout=WAIT_MS):
        os.kill(studio.capture.pid, signal.SIGKILL)

    (view,) = [view for view in banners(studio) if view.why.code == "capture.died"]
    assert view.why.title.startswith("Screen recording stopped after ")
    assert view.why.title.endswith(" s; the file plays.")
    with av.open(path) as file:
        times_s = [frame.time or 0.0 for frame in file.decode(video=0)]
    assert recorded_s - times_s[-1] <= 1.0
    (left,) = captures_left()
    assert (left.kind, Path(left.folder) / left.name) == ("capture", Path(path))
    see(qtbot, page)  # another worker looks at the screen

    (again,) = [button for button in view.findChildren(QWidget) if button.accessibleName() == "Record again"]
    again.click()  # type: ignore[attr-defined]  # a button
    qtbot.waitUntil(lambda: capturing.phase == "recording", timeout=WAIT_MS)
    assert capturing.path != path
    stop(qtbot, studio)


def test_overlays_are_laid_dragged_nudged_and_undone(qtbot: QtBot, open_live: OpenLive) -> None:
    studio, page = open_live()
    see(qtbot, page)
    document, hand, preview = studio.document, page.hand, page.preview
    hand.add("text")
    hand.write("Ada")
    hand.done()
    before = hand.overlays
    steps = document.position
    box = preview.box_of(QRectF(before[0].left, before[0].top, before[0].width, before[0].height))
    grab = box.center().toPoint()

    QTest.mousePress(preview, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, grab)
    for by in range(1, 6):
        QTest.mouseMove(preview, grab + QPoint(12 * by, 18 * by))
    QTest.mouseRelease(preview, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, grab + QPoint(60, 90))

    frame = preview.frame()
    (moved,) = hand.overlays
    assert moved.left - before[0].left == pytest.approx(60 / frame.width(), abs=0.01)
    assert moved.top - before[0].top == pytest.approx(90 / frame.height(), abs=0.015)
    assert document.position == steps + 1

    preview.setFocus()
    QTest.keyClick(preview, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    view = studio.desk.capturing.view
    assert view is not None
    assert view.region.width * (hand.overlays[0].left - moved.left) == pytest.approx(10)
    assert page.overlays.list.count() == 1
    assert page.overlays.list.item(0).text() == "Text: Ada"
    QTest.keyClick(preview, Qt.Key.Key_Delete)
    assert hand.overlays == ()
    assert page.overlays.empty.isVisibleTo(page.overlays)
    for _ in range(3):
        document.undo()
    assert hand.overlays == before


def test_lyrics_follow_the_playhead(qtbot: QtBot, open_live: OpenLive, tmp_path: Path) -> None:
    studio, page = open_live()
    capturing, rate_hz = studio.desk.capturing, studio.document.project.rate_hz
    song, empty = tmp_path / "song.lrc", tmp_path / "words.txt"
    song.write_text("[00:01.00]Every breath a wave\n[00:03.00]And again\n")
    empty.write_text("Every breath a wave\n")
    page.hand.add("lyrics", path=str(song))

    shown = []
    for at_s in (0.5, 1.5, 3.0):
        studio.desk.selection.set_cursor(round(at_s * rate_hz))
        shown.append(capturing.words[str(song)])
    assert shown == ["", "Every breath a wave", "And again"]
    assert captured.laid(page.hand.overlays, capturing.words)[0].text == "And again"
    assert page.overlays.file.text() == "song.lrc"

    page.hand.show_file(str(empty))
    assert any("words.txt" in banner.why.title for banner in banners(studio))
    page.hand.remove()
    assert capturing.words == {}


def test_a_camera_is_seen_mirrored_and_told_of_where_it_is_missing(qtbot: QtBot, open_live: OpenLive) -> None:
    studio, page = open_live()
    see(qtbot, page)
    document, hand, section = studio.document, page.hand, page.overlays
    capturing = studio.desk.capturing
    assert "camera" not in page.elsewhere.page_note.text()
    hand.add("camera")
    assert "Your camera is not on the page" in page.elsewhere.page_note.text()
    assert hand.overlays[0].device == ""
    qtbot.waitUntil(lambda: section.camera.findData(TEST_CAMERA) >= 0, timeout=WAIT_MS)

    section.camera.setCurrentIndex(section.camera.findData(TEST_CAMERA))
    section.camera.activated.emit(section.camera.currentIndex())
    assert hand.overlays[0].device == TEST_CAMERA
    hand.place(QRectF(0.0, 0.0, 1.0, 1.0))

    def first_bar() -> str:
        """The colour at the left edge, low, where nothing of the test picture moves: red, or mirrored cyan."""
        image: QImage | None = page.preview.image
        colour = QColor() if image is None else image.pixelColor(image.width() // 40, image.height() * 7 // 8)
        strong = colour.red() > 160, colour.green() > 160, colour.blue() > 160
        return {(True, False, False): "red", (False, True, True): "cyan"}.get(strong, "")

    qtbot.waitUntil(lambda: first_bar() == "red", timeout=WAIT_MS)
    section.mirror.click()
    assert hand.overlays[0].mirrored
    qtbot.waitUntil(lambda: first_bar() == "cyan", timeout=WAIT_MS)
    document.undo()
    qtbot.waitUntil(lambda: first_bar() == "red", timeout=WAIT_MS)
    assert not section.mirror.isChecked()

    hand.show_camera("Desk cam", mirrored=False)
    qtbot.waitUntil(lambda: capturing.dark_cameras == {"Desk cam"}, timeout=WAIT_MS)
    (view,) = [view for view in banners(studio) if view.why.code == "camera.missing"]
    assert view.why.title == "The camera Desk cam is not shown."
    assert section.camera.currentText() == "Desk cam (not there)"
    hand.remove()
    qtbot.waitUntil(lambda: not capturing.dark_cameras, timeout=WAIT_MS)
    assert "camera.missing" not in {view.why.code for view in banners(studio) if view.isVisibleTo(studio.window)}


def test_a_region_is_drawn_right_to_the_pixel(qtbot: QtBot) -> None:
    still = QImage(800, 600, QImage.Format.Format_RGB32)
    still.fill(Qt.GlobalColor.darkBlue)
    picker = RegionPicker(still, Region(left=0, top=0, width=800, height=600), DARK)
    picker.resize(400, 300)  # as where a desktop scales by two
    picker.show()
    qtbot.waitExposed(picker)
    picked: list[Region | None] = []
    picker.picked.connect(picked.append)

    QTest.mousePress(picker, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(50, 40))
    QTest.mouseMove(picker, QPoint(210, 130))
    QTest.mouseRelease(picker, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(210, 130))
    assert picker.pixel(QPointF(50, 40)) == QPoint(50 * 800 // picker.width(), 40 * 600 // picker.height())
    QTest.keyClick(picker, Qt.Key.Key_Right)
    QTest.keyClick(picker, Qt.Key.Key_Return)

    across, down = 800 / picker.width(), 600 / picker.height()
    (region,) = picked
    assert region == Region(
        left=round(50 * across) + 1,
        top=round(40 * down),
        width=round(210 * across) - round(50 * across),
        height=round(130 * down) - round(40 * down),
    )


def test_a_desktop_that_shows_nothing_is_told_of(
    qtbot: QtBot, open_live: OpenLive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert QGuiApplication.platformName() == "xcb"
    studio, page = open_live()
    capturing = studio.desk.capturing
    qtbot.waitUntil(lambda: capturing.why_blind is not None, timeout=WAIT_MS)

    def is_said() -> bool:
        return any("Wayland" in label.text() for label in page.findChildren(QLabel) if label.isVisible())

    qtbot.waitUntil(is_said, timeout=WAIT_MS)
    assert any(button.isVisible() for button in page.findChildren(QWidget) if button.accessibleName() == "Look again")


def test_a_folder_that_cannot_be_written_to_is_replaced_and_told_of(
    qtbot: QtBot, open_live: OpenLive, tmp_path: Path
) -> None:
    studio, page = open_live()
    see(qtbot, page)
    blocked = tmp_path / "blocked"
    blocked.write_text("no folder")
    studio.settings.change("capture", folder=str(blocked / "films"))
    record(qtbot, studio, 0.3)
    codes = [view.why.code for view in banners(studio)]

    finished = stop(qtbot, studio)

    assert "capture.elsewhere" in codes
    assert Path(finished.parts[0].path).parent == paths.data() / "recordings"


def test_the_page_for_another_program_is_off_until_it_is_switched_on(qtbot: QtBot, open_live: OpenLive) -> None:
    studio, page = open_live()
    section, served = page.elsewhere, studio.desk.overlay_page
    page.hand.add("text")
    assert not section.page.isChecked()
    assert not section.address.isVisible()
    assert served.address == ""

    section.page.click()
    qtbot.waitUntil(lambda: bool(served.address), timeout=WAIT_MS)

    assert section.address.text() == served.address
    section.copy.click()
    assert QGuiApplication.clipboard().text() == served.address
    assert status_of(served.address) == 200
    kept = paths.config() / "overlay-page.json"
    assert kept.stat().st_mode & 0o077 == 0

    before = served.address
    section.renew.click()
    qtbot.waitUntil(lambda: served.address not in ("", before), timeout=WAIT_MS)
    assert status_of(served.address) == 200
    assert status_of(before) in (0, 403)

    address = served.address
    section.page.click()
    assert served.address == ""
    qtbot.waitUntil(lambda: status_of(address) == 0, timeout=WAIT_MS)


def status_of(address: str) -> int:
    """What a browser is answered there; 0 where nobody answers."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status
    except ConnectionError:
        return 0
    finally:
        connection.close()
