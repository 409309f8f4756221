"""The pictures of a project in the real window: seen, scrubbed, hidden, lost and found."""

from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.commands import BY_ID
from studio.commands import run as run_command
from studio.model.edits import AddMedia
from studio.model.pictures import Pictures
from studio.model.project import Clip, ClipId, MediaId, Project, Track, TrackId
from studio.protocol.video import VideoPrepared
from studio.session.desk import Desk
from studio.session.video import Video
from studio.ui.export_result import ExportResult
from studio.ui.messages import ExplanationView
from studio.ui.theme import DARK
from studio.ui.video.dock import VideoDock
from studio.ui.video.lane import PictureLane
from studio.ui.video.screen import VideoScreen
from studio.ui.window import MainWindow
from tests.helpers.session import Person
from tests.helpers.sessions import put_sound
from tests.helpers.sounds import noise
from tests.helpers.videos import number_of, write_video
from tests.ui.conftest import RATE, OpenDesk

WAIT_MS = 60_000
FPS = 25
SECONDS = 6


def seen(path: Path, seconds: float = SECONDS) -> Pictures:
    return Pictures(path=str(path), width=192, height=108, fps=FPS, begins_s=0, length_s=seconds)


class Screening:
    """A window on a project whose sound came from a video."""

    def __init__(self, window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
        self.window, self.desk, self._qtbot = window, desk, qtbot
        self.person = Person()

    @property
    def video(self) -> Video:
        return self.desk.video

    @property
    def screen(self) -> VideoScreen:
        (screen,) = self.window.findChildren(VideoScreen)
        return screen

    @property
    def lane(self) -> PictureLane:
        (lane,) = self.window.findChildren(PictureLane)
        return lane

    def number(self) -> int:
        """Which picture is painted, read from the pixels of the screen; -1 while the right one is to come."""
        if self.video.picture is None or self.video.last is None or not self.video.last.exact:
            return -1
        image = self.screen.grab(self.screen.place.toRect()).toImage().convertToFormat(QImage.Format.Format_RGB32)
        row = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[:, : image.width()]
        return number_of(row)

    def wait_for(self, number: int) -> None:
        self._qtbot.waitUntil(lambda: self.number() == number, timeout=WAIT_MS)

    def wait_for_playhead(self) -> int:
        """Wait for the picture that belongs to the playhead, and return its number."""
        number = int(self.desk.transport.position() / RATE * FPS)
        self.wait_for(number)
        return number

    def restart(self) -> None:
        """Open everything anew, as after the program was closed."""
        self.video.worker.restart()
        self.video.try_again()

    def at(self, time_s: float) -> QPoint:
        """Where the lane has a time."""
        viewport = self.window.parts.timeline.sight.viewport
        return QPoint(round(viewport.x_of(time_s * RATE)), self.lane.height() // 2)

    def press(self, name: str) -> None:
        """Press a button on the screen, once it is there."""

        def found() -> list[QPushButton]:
            return [one for one in self.screen.findChildren(QPushButton) if one.text() == name and one.isVisible()]

        self._qtbot.waitUntil(lambda: bool(found()), timeout=WAIT_MS)
        QTest.mouseClick(found()[0], Qt.MouseButton.LeftButton)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Six seconds whose pictures say which they are, with a sound of its own."""
    (tmp_path / "films").mkdir()
    return write_video(tmp_path / "films" / "Rehearsal.mp4", SECONDS, sound=noise(48000 * SECONDS))


@pytest.fixture
def screening(open_desk: OpenDesk, qtbot: QtBot, film: Path) -> Iterator[Screening]:
    """The window with the film in sight."""

    def make(folder: Path) -> Project:
        tone = put_sound(folder, "tone", np.zeros(SECONDS * RATE, np.float32), RATE)
        clip = Clip(id=ClipId("a"), media=MediaId("tone"), source_start=0, start=0, length=SECONDS * RATE)
        track = Track(id=TrackId("vox"), name="Vox", clips=(clip,))
        return Project(rate_hz=RATE, media=(replace(tone, pictures=seen(film)),), tracks=(track,))

    desk, window = open_desk(make), MainWindow(DARK)
    window.fill(desk)
    made = Screening(window, desk, qtbot)
    desk.asks = made.person
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    yield made
    window.close()
    window.deleteLater()
    qtbot.wait(0)
    desk.close_video()
    desk.background.close()


def test_the_picture_of_the_playhead_is_seen_wherever_one_scrubs(screening: Screening) -> None:
    screening.wait_for(0)

    QTest.mousePress(screening.lane, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, screening.at(4.1))
    pressed = screening.wait_for_playhead()
    QTest.mouseMove(screening.lane, screening.at(1.5))
    dragged = screening.wait_for_playhead()
    QTest.mouseRelease(screening.lane, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, screening.at(1.5))

    assert pressed == pytest.approx(4.1 * FPS, abs=1)
    assert dragged == pytest.approx(1.5 * FPS, abs=1)


def test_hiding_the_picture_leaves_the_lane_and_decodes_nothing(screening: Screening) -> None:
    screening.wait_for(0)

    screening.window.parts.timeline.toggle_video()
    screening.desk.transport.seek(3 * RATE)
    assert not screening.screen.isVisible()
    assert screening.lane.isVisible()
    asked = screening.video.last

    screening.window.parts.timeline.toggle_video()
    screening.wait_for(3 * FPS)
    assert asked is not None
    assert screening.video.last is not None
    assert screening.video.last.serial == asked.serial + 1


def test_a_moved_video_is_found_and_undo_forgets_where(screening: Screening, film: Path, qtbot: QtBot) -> None:
    screening.wait_for(0)
    moved = film.rename(film.with_name("Rehearsal, first take.mp4"))
    screening.restart()
    qtbot.waitUntil(lambda: screening.video.trouble is not None, timeout=WAIT_MS)
    assert screening.video.trouble is not None
    assert screening.video.trouble.title == "The pictures of Rehearsal.mp4 are not shown."

    screening.person.files = (moved,)
    screening.press("Find the file…")

    screening.wait_for(0)
    (medium,) = screening.desk.document.project.media
    assert medium.pictures == seen(moved)
    assert screening.desk.document.undo_label == "Find the video"
    screening.desk.document.undo()
    assert screening.desk.document.project.media[0].pictures == seen(film)


def test_another_video_is_taken_only_when_that_is_meant(
    screening: Screening, film: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = write_video(tmp_path / "Holiday.mp4", 3)
    person = screening.person
    person.files = (other,)
    film.unlink()
    screening.restart()
    qtbot.waitUntil(lambda: screening.video.trouble is not None, timeout=WAIT_MS)

    screening.press("Find the file…")
    qtbot.waitUntil(lambda: bool(person.shown), timeout=WAIT_MS)
    assert person.shown[0].title == "Holiday.mp4 is another video."
    assert person.shown[0].cause == "It has 3.0 s of 192 × 108; Rehearsal.mp4 had 6.0 s of 192 × 108."
    assert screening.desk.document.project.media[0].pictures == seen(film)

    person.agrees = True
    screening.press("Find the file…")
    screening.wait_for(0)
    assert screening.desk.document.project.media[0].pictures == seen(other, 3)


def test_what_is_no_video_changes_nothing(screening: Screening, film: Path, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "letter.mp4").write_text("Dear Ada")
    film.unlink()
    screening.restart()
    qtbot.waitUntil(lambda: screening.video.trouble is not None, timeout=WAIT_MS)
    screening.person.files = (tmp_path / "letter.mp4",)

    screening.press("Find the file…")

    qtbot.waitUntil(lambda: bool(screening.person.shown), timeout=WAIT_MS)
    assert screening.person.shown[0].code == "video.no_pictures"
    assert screening.desk.document.project.media[0].pictures == seen(film)


def test_other_lost_videos_beside_it_are_found_too(screening: Screening, film: Path, qtbot: QtBot) -> None:
    document = screening.desk.document
    folder = document.folder
    second = replace(
        put_sound(folder, "second", np.zeros(2 * RATE, np.float32), RATE), pictures=seen(film.parent / "b.mp4", 2)
    )
    third = replace(
        put_sound(folder, "third", np.zeros(2 * RATE, np.float32), RATE), pictures=seen(film.parent / "c.mp4", 2)
    )
    document.do(AddMedia(media=second))
    document.do(AddMedia(media=third))
    archive = film.parent.parent / "archive"
    archive.mkdir()
    moved = film.rename(archive / film.name)
    write_video(archive / "b.mp4", 2)
    write_video(archive / "c.mp4", 1)  # the right name, and another video
    screening.person.files = (moved,)

    assert run_command(BY_ID["file.relink_video"], screening.desk)

    def paths() -> list[str]:
        return [medium.pictures.path for medium in document.project.media if medium.pictures is not None]

    wanted = [str(moved), str(archive / "b.mp4"), str(film.parent / "c.mp4")]
    qtbot.waitUntil(lambda: paths() == wanted and not screening.video.is_looking, timeout=WAIT_MS)
    assert paths() == wanted


@pytest.fixture
def export(screening: Screening, tmp_path: Path, qtbot: QtBot) -> Iterator[Callable[[str, str, bool], Path]]:
    """Press "Export video" for these sound tracks, with or without the video's own, and wait for the file."""
    worker = screening.desk.jobs._worker
    with qtbot.waitSignal(worker.ready, timeout=WAIT_MS):  # on a busy machine that takes longer than the export
        worker.start()
    dialog = screening.window.parts.dialogs.export()

    def outcome() -> list[QWidget]:
        return [*dialog.findChildren(ExportResult), *dialog.findChildren(ExplanationView)]

    def press(name: str, sound: str, keep: bool) -> Path:
        dialog.begin()
        dialog.container.show_value("video")
        dialog.container.chosen.emit("video")
        dialog.video_sound.show_value(sound)
        dialog.keep_sound.setChecked(keep)
        screening.person.path = tmp_path / name
        assert dialog.go.text() == "Export video"
        dialog.go.click()
        qtbot.waitUntil(lambda: bool(outcome()), timeout=WAIT_MS)
        assert [type(one) for one in outcome()] == [ExportResult], [row.why for row in screening.desk.jobs.rows]
        return tmp_path / name

    yield press
    dialog.close()
    worker.finish()


def picture_packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def sound_titles(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.metadata.get("handler_name", "") for stream in container.streams.audio]


def test_the_sound_of_a_video_is_replaced_and_no_picture_encoded_again(
    screening: Screening, film: Path, export: Callable[[str, str, bool], Path]
) -> None:
    screening.wait_for(0)

    made = export("Sung.mp4", "mix", False)

    assert picture_packets(made) == picture_packets(film)
    assert sound_titles(made) == ["Mix"]


def test_sounds_are_added_beside_that_of_the_video_and_no_picture_encoded_again(
    screening: Screening, film: Path, export: Callable[[str, str, bool], Path]
) -> None:
    own = sound_titles(film)

    made = export("Sung too.mp4", "tracks", True)

    assert picture_packets(made) == picture_packets(film)
    assert sorted(sound_titles(made)) == sorted([*own, "Mix", "Vox"])
    assert sound_titles(film) == own


def test_how_far_a_video_is_prepared_is_said_until_it_is(screening: Screening, film: Path) -> None:
    screening.wait_for(0)
    (dock,) = screening.window.findChildren(VideoDock)

    def said(state: VideoPrepared) -> tuple[str, str]:
        screening.video._hear(state)
        return dock.state.text(), dock.state.property("tone")

    path = str(film)
    assert not dock.state.isVisible()
    assert said(VideoPrepared(path=path, share=0.424)) == ("Preparing, 42 %", "secondary")
    assert said(VideoPrepared(path=path, share=0.6, hindrance="damage")) == ("Preparing, 60 %", "secondary")
    damaged = VideoPrepared(path=path, share=0.9, hindrance="damage", is_over=True)
    assert said(damaged) == ("Partly prepared", "warning")
    assert said(VideoPrepared(path=path, share=0.5, hindrance="room")) == ("Partly prepared", "warning")
    assert dock.state.isVisible()
    assert "room" in dock.state.toolTip()
    screening.desk.settings.change("video", prepare=False)
    assert dock.state.text() == ""
    screening.desk.settings.change("video", prepare=True)
    assert said(VideoPrepared(path=path, share=1.0))[0] == ""
    assert not dock.state.isVisible()
