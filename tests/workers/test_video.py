"""The video worker and the session that asks it: the picture under the playhead, thumbnails, what cannot be shown."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.ipc.preview import Preview
from studio.media.thumbnails import Thumbnails
from studio.model.edits import AddMedia, AddTrack, SetPictures
from studio.model.pictures import Pictures
from studio.model.project import Clip, ClipId, Media, Track, TrackId
from studio.protocol.common import Refused
from studio.protocol.messages import Event
from studio.protocol.video import MakeThumbnails, PictureShown, ShowPicture, ThumbnailsMade, VideoPrepared
from tests.helpers.processes import WAIT_MS, MakeWorker
from tests.helpers.session import Session
from tests.helpers.sounds import noise, write_medium
from tests.helpers.videos import number_of, write_video

FPS = 25


def ask(path: Path, time_s: float, serial: int = 1, width: int = 192, height: int = 108) -> ShowPicture:
    return ShowPicture(serial=serial, path=str(path), time_s=time_s, width=width, height=height)


def answered(events: list[Event], serial: int) -> bool:
    return any(isinstance(event, PictureShown) and event.exact and event.serial == serial for event in events)


def is_done(made: list[ThumbnailsMade], times: int) -> bool:
    return sum(event.done for event in made) == times


def test_a_picture_comes_through_shared_memory(make_worker: MakeWorker, qtbot: QtBot, tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4")
    worker = make_worker("video")
    events: list[Event] = []
    worker.said.connect(events.append)

    for serial, time_s in enumerate((3.3, 0.5, 5.9)):
        worker.send(ask(path, time_s, serial))
        qtbot.waitUntil(partial(answered, events, serial), timeout=WAIT_MS)
        shown = [event for event in events if isinstance(event, PictureShown)][-1]
        preview = Preview.attach(shown.preview)
        newest = preview.newer_than(shown.number - 1)
        assert newest is not None
        assert number_of(newest.picture) == int(time_s * FPS)
        assert shown.time_s == pytest.approx(int(time_s * FPS) / FPS)
        preview.close()


def test_of_many_requests_the_newest_is_shown(make_worker: MakeWorker, qtbot: QtBot, tmp_path: Path) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=12)
    worker = make_worker("video")
    events: list[Event] = []
    worker.said.connect(events.append)

    for serial in range(60):
        worker.send(ask(path, serial * 7 % 12, serial))
    qtbot.waitUntil(lambda: any(isinstance(e, PictureShown) and e.serial == 59 for e in events), timeout=WAIT_MS)

    shown = [event.serial for event in events if isinstance(event, PictureShown)]
    assert shown == sorted(shown)
    assert len(set(shown)) < 60


def test_dragging_through_a_prepared_video_shows_the_right_picture_first_and_then_the_whole_one(
    make_worker: MakeWorker, qtbot: QtBot, tmp_path: Path
) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=12, gop=1000, size=(640, 360), options={"preset": "ultrafast"})
    worker = make_worker("video")
    events: list[Event] = []
    worker.said.connect(events.append)
    worker.send(ask(path, 0.0, 1, 640, 360))
    qtbot.waitUntil(
        lambda: any(isinstance(event, VideoPrepared) and event.share == 1 for event in events), timeout=WAIT_MS
    )

    for serial, time_s in enumerate((11.01, 2.03, 7.77), 2):
        events.clear()
        worker.send(ask(path, time_s, serial, 640, 360))
        qtbot.waitUntil(partial(answered, events, serial), timeout=WAIT_MS)
        first, *_, last = [event for event in events if isinstance(event, PictureShown)]
        assert (first.small, first.exact, last.small, last.exact) == (True, False, False, True)
        assert first.time_s == last.time_s == pytest.approx(int(time_s * FPS) / FPS)

    events.clear()
    for serial in range(100, 160):
        worker.send(ask(path, serial * 7 % 12, serial, 640, 360))
    qtbot.waitUntil(partial(answered, events, 159), timeout=WAIT_MS)
    shown = [event for event in events if isinstance(event, PictureShown)]
    assert all(event.small or event.exact for event in shown)
    preview = Preview.attach(shown[-1].preview)
    newest = preview.newer_than(shown[-1].number - 1)
    assert newest is not None
    assert number_of(newest.picture[:108, :192]) == 159 * 7 % 12 * FPS
    preview.close()


def test_what_cannot_be_shown_is_explained_and_the_worker_lives(
    make_worker: MakeWorker, qtbot: QtBot, tmp_path: Path
) -> None:
    worker = make_worker("video")
    events: list[Event] = []
    worker.said.connect(events.append)
    (tmp_path / "letter.mp4").write_text("Dear Ada")

    for name in ("gone.mp4", "letter.mp4"):
        events.clear()
        worker.send(ask(tmp_path / name, 0))
        worker.send(MakeThumbnails(path=str(tmp_path / name), begins_s=0, length_s=1))
        qtbot.waitUntil(lambda: sum(isinstance(e, Refused) for e in events) == 2, timeout=WAIT_MS)
        assert all(event.why.cause and event.why.remedy for event in events if isinstance(event, Refused))


def test_thumbnails_are_made_once_and_show_the_whole_video(
    make_worker: MakeWorker, qtbot: QtBot, tmp_path: Path
) -> None:
    path = write_video(tmp_path / "s.mp4", seconds=6, gop=10)
    worker = make_worker("video")
    made: list[ThumbnailsMade] = []
    worker.said.connect(lambda event: made.append(event) if isinstance(event, ThumbnailsMade) else None)

    for times in (1, 2):
        worker.send(MakeThumbnails(path=str(path), begins_s=0, length_s=6))
        qtbot.waitUntil(partial(is_done, made, times), timeout=WAIT_MS)

    first, again = (event.file for event in made if event.done)
    assert first == again
    strip = Thumbnails.open(Path(made[-1].file))
    assert (strip.count, strip.height) == (6, 108)
    numbers = [number_of(strip.picture(index)) for index in range(6)]
    assert numbers == [10, 30, 60, 80, 110, 130]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = Session()
    yield session
    session.desk.close_video()
    session.close()


def put_video(session: Session, path: Path, at: int = 0) -> Media:
    """A video of six seconds on a track, without an import."""
    folder = session.document.folder
    media = write_medium(folder, "m1", noise(48000 * 6))
    session.document.do(AddMedia(media=media))
    pictures = Pictures(path=str(path), width=192, height=108, fps=FPS, begins_s=0, length_s=6)
    session.document.do(SetPictures(media=media.id, pictures=pictures))
    clip = Clip(id=ClipId("c"), media=media.id, source_start=0, start=at, length=media.length)
    session.document.do(AddTrack(track=Track(id=TrackId("a"), name="A", clips=(clip,))))
    return media


def shows(session: Session, number: int) -> bool:
    video = session.desk.video
    return (
        video.picture is not None
        and video.last is not None
        and video.last.exact
        and (number_of(video.picture) == number)
    )


def test_the_picture_follows_the_playhead(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    put_video(session, write_video(tmp_path / "s.mp4"), at=48000)
    video = session.desk.video
    video.look(192, 108)

    for sample, number in ((48000, 0), (48000 * 4, 75), (round(48000 * 2.5), 37)):
        session.transport.seek(sample)
        qtbot.waitUntil(partial(shows, session, number), timeout=WAIT_MS)

    session.transport.seek(0)
    assert video.picture is None


def test_nothing_is_started_while_nobody_looks_or_there_is_nothing_to_see(session: Session, tmp_path: Path) -> None:
    assert "video" not in session.desk.__dict__
    put_video(session, write_video(tmp_path / "s.mp4"))
    session.transport.seek(48000)

    assert session.desk.video.is_there
    assert session.desk.video.worker.pid == 0


@pytest.mark.logs_errors
def test_after_the_worker_dies_the_picture_comes_again(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    put_video(session, write_video(tmp_path / "s.mp4"))
    video = session.desk.video
    video.look(192, 108)
    session.transport.seek(48000)
    qtbot.waitUntil(lambda: shows(session, 25), timeout=WAIT_MS)

    with qtbot.waitSignal(video.worker.ready, timeout=WAIT_MS):
        video.worker.restart()
    session.transport.seek(48000 * 3)

    qtbot.waitUntil(lambda: shows(session, 75), timeout=WAIT_MS)


def test_a_video_that_is_gone_is_explained_and_can_be_tried_again(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    put_video(session, tmp_path / "s.mp4")
    video = session.desk.video
    video.look(192, 108)
    qtbot.waitUntil(lambda: video.trouble is not None, timeout=WAIT_MS)
    assert video.trouble is not None
    assert "s.mp4" in video.trouble.sentence

    write_video(tmp_path / "s.mp4")
    video.try_again()

    qtbot.waitUntil(lambda: shows(session, 0), timeout=WAIT_MS)


def test_an_imported_video_brings_its_pictures(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.start(qtbot, session.compute)
    session.import_file(qtbot, write_video(tmp_path / "s.mp4", seconds=3, sound=noise(48000 * 3)))

    (media,) = session.document.project.media
    assert media.pictures is not None
    assert (media.pictures.path, media.pictures.fps) == (str(tmp_path / "s.mp4"), FPS)
    session.desk.video.look(192, 108)
    session.transport.seek(48000)
    qtbot.waitUntil(lambda: shows(session, 25), timeout=WAIT_MS)


def test_thumbnails_reject_what_is_none(tmp_path: Path) -> None:
    made = Thumbnails.create(tmp_path / "t", 4, 2, 3)
    made.put(1, np.full((2, 4, 4), 7, np.uint8))

    assert Thumbnails.open(tmp_path / "t").picture(1).max() == 7
    (tmp_path / "x").write_bytes(b"RIFF" + bytes(40))
    with pytest.raises(ValueError, match="no thumbnails"):
        Thumbnails.open(tmp_path / "x")
